"""Store Edge: the shop's side."""

VERSION = "0.1.0"
"""This release; `pyproject.toml` reads it here."""
