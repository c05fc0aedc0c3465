"""Every article of the pretend shop has its picture, in every colour."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops, ImageStat

from edge.sim.stage import assortment

STAGE = Path(assortment.__file__).parent
NAMES = [f"{kind.id}-{colour}.png" for kind in assortment.KINDS for colour in kind.colours]


def picture(name: str) -> Image.Image:
    with Image.open(STAGE / "pictures" / name) as opened:
        return opened.convert("RGB")


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_opens_is_square_small_and_shows_something(name: str) -> None:
    path = STAGE / "pictures" / name
    with Image.open(path) as opened:
        opened.verify()
        assert (opened.format, opened.size) == ("PNG", (640, 640))
    assert path.stat().st_size <= 40_000
    shown = picture(name)
    ground = Image.new("RGB", shown.size, shown.getpixel((0, 0)))
    box = ImageChops.difference(shown, ground).getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert min(right - left, bottom - top) > 320, "an article fills its picture"
    assert len(shown.getcolors(256) or []) > 20


def test_no_picture_is_missing_and_none_is_of_something_not_sold() -> None:
    assert sorted(each.name for each in (STAGE / "pictures").iterdir()) == sorted(NAMES)
    assert {each.stem for each in (STAGE / "drawings").iterdir()} == {kind.id for kind in assortment.KINDS}


@pytest.mark.parametrize("kind", [each for each in assortment.KINDS if len(each.colours) > 1], ids=lambda each: each.id)
def test_one_can_tell_the_colours_of_an_article_apart(kind: assortment.Kind) -> None:
    first, second = (picture(f"{kind.id}-{colour}.png") for colour in kind.colours)
    assert max(ImageStat.Stat(ImageChops.difference(first, second)).mean) > 5


@pytest.mark.parametrize("path", sorted((STAGE / "drawings").iterdir()), ids=lambda each: each.stem)
def test_a_drawing_is_ours_alone_and_fetches_nothing(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.get("viewBox") == "0 0 640 640"
    for each in root.iter():
        assert each.tag.rpartition("}")[2] not in {"image", "script", "foreignObject", "style"}
        assert all(value.startswith("#") for key, value in each.attrib.items() if key.endswith("href"))
        assert all("url(#" in value for value in each.attrib.values() if "url(" in value)
