"""The doors: one a dependency, each bounded, guarded and recorded."""
