"""How the crawl chooses what to open next."""
