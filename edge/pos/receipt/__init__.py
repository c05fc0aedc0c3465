"""Receipts: a typed document built from a stored fact, and pure renderers (ESC/POS, text, HTML, SVG, JSON)."""
