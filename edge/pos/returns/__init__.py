"""Goods come back, money goes back. See docs/returns.md."""
