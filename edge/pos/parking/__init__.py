"""Baskets put aside and taken up again. See docs/people.md."""
