"""PURE values, one module a noun: nothing here reads a clock, a file or a socket."""
