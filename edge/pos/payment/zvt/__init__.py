"""ZVT: the open protocol between a till and a German payment terminal, over TCP. See docs/payments.md."""
