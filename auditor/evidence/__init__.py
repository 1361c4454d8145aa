"""5 · Keep: bytes named by their SHA-256, in standard WARC, chained run by run."""
