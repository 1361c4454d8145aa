"""What the crawl and the portal probe share: labels, targets, and a page's own content."""
