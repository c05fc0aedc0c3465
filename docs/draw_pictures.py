"""Draw the pictures of the pretend shop's goods: every drawing in every colour, as a small PNG.

Run from the root of the tree, where a `chromium` is: `PYTHONPATH=. python docs/draw_pictures.py [SHEET.png]`.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from edge.sim.stage.assortment import KINDS

STAGE = Path(__file__).parents[1] / "edge/sim/stage"
SIDE = 640
SHADES = 96
"""Colours in a finished picture."""
LIMIT = 25_000
PALETTES: dict[str, tuple[str, str, str, str, str]] = {
    # colour: main, in the light, in the shade, deep, and the accent that goes with it
    "brown": ("#96603a", "#b37d52", "#7b4b2b", "#4f2f1d", "#e2ab4c"),
    "black": ("#403d40", "#615c5f", "#322f33", "#221f23", "#dd6b45"),
    "orange": ("#e5763a", "#f29a5f", "#c85d28", "#8f3d1c", "#2f6f73"),
    "grey": ("#9b9992", "#bab7ae", "#7e7c78", "#55534f", "#d9873f"),
    "sand": ("#d3b283", "#e6cda5", "#b8935f", "#846540", "#a85c3a"),
    "navy": ("#34496e", "#4f6a95", "#273856", "#19263d", "#eab14b"),
    "yellow": ("#f0b934", "#f9d36b", "#d79a1c", "#9a6a12", "#35506e"),
    "green": ("#5b7a58", "#7d9a76", "#466145", "#2f4432", "#e6a95a"),
    "plum": ("#7d4560", "#9c637d", "#63344c", "#432234", "#e9b47c"),
    "red": ("#c5453a", "#dc6a5a", "#a33329", "#701f1b", "#f0d9b0"),
    "blue": ("#3f74a3", "#6697c0", "#2f5b85", "#1e3e5e", "#f0d9b0"),
    "rust": ("#b5562f", "#cf7a50", "#964322", "#652b15", "#f0dfbf"),
}
STYLE = """
body { margin: 0; background: #f5f0e7 }
svg { display: block; width: 640px; height: 640px }
.m { fill: var(--main) } .l { fill: var(--light) } .s { fill: var(--shade) } .d { fill: var(--deep) }
.e { fill: var(--accent) } .ms { stroke: var(--main) } .shadow { fill: #5b4630; opacity: .3; filter: blur(9px) }
.ground { position: absolute; width: 560px; height: 560px; margin: 40px; border-radius: 50%; background: #eae2d4 }
figure { position: relative; margin: 0; height: 640px; overflow: hidden } figure svg { position: absolute }
"""


def main(sheet: str | None) -> None:
    """Write every picture; also, when asked, one sheet of them all to look at."""
    names = [(kind.id, colour) for kind in KINDS for colour in kind.colours]
    strip = photograph("".join(figure(*name) for name in names), len(names))
    pictures = [strip.crop((0, SIDE * place, SIDE, SIDE * (place + 1))) for place in range(len(names))]
    folder = STAGE / "pictures"
    folder.mkdir(exist_ok=True)
    for (kind, colour), picture in zip(names, pictures, strict=True):
        (folder / f"{kind}-{colour}.png").write_bytes(small(picture))
    if sheet is not None:
        contact(pictures).save(sheet)


def figure(kind: str, colour: str) -> str:
    """One drawing on its ground, in one colour."""
    names = ("main", "light", "shade", "deep", "accent")
    style = ";".join(f"--{name}:{value}" for name, value in zip(names, PALETTES[colour], strict=True))
    drawing = (STAGE / "drawings" / f"{kind}.svg").read_text("utf-8").replace(f"{kind}-", f"{kind}-{colour}-")
    return f'<figure style="{style}"><div class="ground"></div>{drawing}</figure>'


def photograph(body: str, count: int) -> Image.Image:
    """What Chromium makes of `count` figures below one another, twice as fine and then averaged."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "page.html").write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}", "utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             "--hide-scrollbars", f"--user-data-dir={folder / 'profile'}", f"--window-size={SIDE},{SIDE * count}",
             f"--screenshot={folder / 'page.png'}", (folder / "page.html").as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return Image.open(io.BytesIO((folder / "page.png").read_bytes())).convert("RGB")


def small(picture: Image.Image) -> bytes:
    """A PNG of few colours; ValueError when it is still too large."""
    data = io.BytesIO()
    picture.quantize(SHADES, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    if data.tell() > LIMIT:
        raise ValueError(f"{data.tell()} bytes: draw it simpler")
    return data.getvalue()


def contact(pictures: list[Image.Image]) -> Image.Image:
    """All pictures, four in a row."""
    half = SIDE // 2
    sheet = Image.new("RGB", (4 * half, -(-len(pictures) // 4) * half), "white")
    for place, picture in enumerate(pictures):
        sheet.paste(picture.resize((half, half), Image.Resampling.LANCZOS), (place % 4 * half, place // 4 * half))
    return sheet


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
