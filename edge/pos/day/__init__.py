"""The till's day: float, count, X and Z. See docs/cash.md."""
