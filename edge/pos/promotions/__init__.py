"""Promotions: what a basket's goods are given together, worked out anew from its facts every time."""
