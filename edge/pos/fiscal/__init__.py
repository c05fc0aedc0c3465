"""The fiscal port: every sale runs *paid -> fiscal port -> closed -> paper*. See docs/fiscal.md."""
