"""The DNS door: the only importer of dnspython."""
