"""How a front page's answer is read: its headers, cookies and subresources, each by its own standard. Pure."""
