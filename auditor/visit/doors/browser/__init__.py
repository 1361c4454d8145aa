"""The browser's door: a real Chromium whose only way out is our own loopback proxy, which asks the visit's HTTP door."""
