"""Receipt printers: text to bytes that lose no glyph, bytes to paper that comes out once. See docs/printer.md."""
