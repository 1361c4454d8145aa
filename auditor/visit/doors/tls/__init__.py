"""The TLS door: our own greetings, and sslyze in a child process."""
