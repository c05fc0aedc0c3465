"""A till's staff door: one verb, one command, one answer. See docs/screens.md."""
