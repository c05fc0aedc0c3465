"""Cash that moves without a sale. See docs/cash.md."""
