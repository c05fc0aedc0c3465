"""A QR code as an SVG: for the phone to read off a screen."""

import io

import segno


def svg(text: str) -> bytes:
    """`text` (at most 512 characters) as an SVG of dark modules on white with the four-module quiet zone.

    Raises ValueError when it is empty or too long.
    """
    if not 0 < len(text) <= 512:
        raise ValueError("a QR code takes 1 to 512 characters")
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#13211b", light="#ffffff", omitsize=True, xmldecl=False, nl=False
    )
    return out.getvalue()
