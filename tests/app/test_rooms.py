"""What `store.toml` says reaches the rooms."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from edge.app.rooms import World, handlers, shop_of
from edge.clock import system_clock
from edge.config import Nfc, Store, StoreConfig, Till
from edge.errors import Halt
from edge.ids import seeded_ids
from edge.units import NodeId, StoreId, TillId

STORE = Store(StoreId("s1"), NodeId("box"), "Shop", "Street 1", "12345678", "dk", "Europe/Copenhagen", "da", "DK")


def test_the_file_of_the_tags_keys_is_read_or_the_box_does_not_start(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    config = StoreConfig(STORE, nfc=Nfc(keys=str(keys)), till=(Till(TillId("1"), "Till 1"),))
    world = World(system_clock(), seeded_ids(1), Random(1))
    with pytest.raises(Halt, match="keys"):
        handlers(config, shop_of(config), world)
    keys.write_text(f"meta {'00' * 16}\nmaster {'11' * 16}\n")
    assert handlers(config, shop_of(config), world)


@pytest.mark.parametrize("region", ["", " ", "Denmark"])
def test_without_a_region_for_its_barcodes_no_box_starts(region: str) -> None:
    config = StoreConfig(replace(STORE, region=region), till=(Till(TillId("1"), "Till 1"),))
    with pytest.raises(Halt, match="region") as halt:
        shop_of(config)
    assert "store.region" in halt.value.hint
