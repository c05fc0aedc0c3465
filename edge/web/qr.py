"""A QR code as an SVG: for the phone to read off a screen."""

import io

import segno

from edge.errors import Refused


def svg(text: str) -> bytes:
    """`text` (at most 512 characters) as an SVG of dark modules on white with the four-module quiet zone.

    Refused when it is empty or too long.
    """
    if not 0 < len(text) <= 512:
        raise Refused("a QR code takes 1 to 512 characters", hint="Reload the page.", code="bad-request", status=422)
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=4, dark="#13211b", light="#ffffff", omitsize=True, xmldecl=False, nl=False
    )
    return out.getvalue()
