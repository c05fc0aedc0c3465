"""`edge doctor` names what is wrong or missing, each with what to do; `edge run` says once what it can tell unasked."""

import asyncio
from datetime import date
from pathlib import Path
from random import Random

import pytest

from edge.app import doctor
from edge.app.offline import Person, first_people
from edge.app.rooms import World
from edge.app.store import run
from edge.cli import main
from edge.clock import system_clock
from edge.config import StoreConfig, load
from edge.ids import seeded_ids
from edge.sim.printer import SimPrinter
from edge.sim.stage.ports import free_ports
from tests.waiting import until
from tests.web.floor_world import config_in

EXAMPLE = Path(__file__).parents[2] / "firmware-config" / "store.example.toml"
TODAY = date(2026, 11, 1)
PEOPLE = (Person("bo", "Bo", "manager", "2222"),)


def world() -> World:
    return World(system_clock(), seeded_ids(7), Random(7))


def well(folder: Path, **more: object) -> StoreConfig:
    """Nothing to complain about but what `more` says."""
    plain: dict[str, object] = {
        "till": [{"id": "1", "name": "Till 1", "printer": "p1"}],
        "printer": [{"id": "p1", "url": "tcp://127.0.0.1:9", "model": "tm-t20"}],
        "hq": {"url": "mqtt://127.0.0.1:9"},
        "wall": [],
        "sensor": [],
        "plate": [],
    }
    return config_in(folder, **(plain | more))


def told(config: StoreConfig) -> list[str]:
    return doctor.hints(config, TODAY)


def test_a_box_that_is_well_gets_no_hint(tmp_path: Path) -> None:
    assert told(well(tmp_path)) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"till": [{"id": "1", "name": "Till 1"}]}, "till 1 has no printer"),
        ({"till": [{"id": "1", "name": "Till 1"}]}, "printer p1 belongs to no till"),
        ({"printer": [{"id": "p1", "url": "tcp://127.0.0.1:9", "model": "tm-t2000"}]}, "printer p1: "),
        ({"printer": [{"id": "p1", "url": "usb:no", "model": "tm-t20"}]}, "printer p1: "),
        ({"hq": {"url": "none:"}}, "hq.url is none"),
        ({"hq": {"url": "mqtt://hq.example"}}, "is not encrypted"),
        ({"hq": {"url": "mqtts://hq.example"}}, "hq.ca, hq.certificate or hq.key is empty"),
        ({"hq": {"url": "mqtts://hq.example", "ca": "/no/ca.pem"}}, "hq.ca: /no/ca.pem is not there"),
        ({"scanner": [{"id": "s1", "url": "serial:///dev/no-such"}]}, "scanner s1: /dev/no-such is not there"),
        ({"web": {"staff": "0.0.0.0:1", "screen_token": "x"}}, "web.staff 0.0.0.0:1 is open to the network"),
        ({"web": {"floor": "192.168.1.5:1"}}, "web.screen_token is empty"),
        ({"wall": [{"id": "w", "name": "W"}]}, "wall w has no reader"),
        ({"wall": [{"id": "w", "name": "W"}]}, "Phones cannot open the lists"),
        ({"paths": {"journal": "/proc/no/j.db", "media": "/proc/no"}}, "Less than 2 GiB"),
    ],
)
def test_each_pitfall_is_named_with_what_to_do(tmp_path: Path, more: dict[str, object], words: str) -> None:
    found = [hint for hint in told(well(tmp_path, **more)) if words in hint]
    assert len(found) == 1, told(well(tmp_path, **more))
    assert ": " in found[0], "a hint says what to do"


def test_a_till_that_may_not_sell_and_an_old_profile_are_named(tmp_path: Path) -> None:
    config = well(tmp_path)
    store = {"id": "krk", "node": "box", "name": "F", "address": "A", "tax_number": "5260250995", "country": "pl",
             "time_zone": "Europe/Warsaw", "language": "pl", "region": "PL"}  # fmt: skip
    assert any("nothing may be sold without a fiscal device" in hint for hint in told(well(tmp_path, store=store)))
    assert any("ask for a newer one" in hint for hint in doctor.hints(config, date(2031, 1, 1)))


async def test_whoever_takes_no_connection_is_named(tmp_path: Path) -> None:
    sim = SimPrinter()
    await sim.start()
    (free,) = free_ports(1)
    till = [{"id": "1", "name": "Till 1", "printer": "p1"}, {"id": "2", "name": "Till 2", "printer": "p2"}]
    printers = [{"id": "p1", "url": sim.url}, {"id": "p2", "url": f"tcp://127.0.0.1:{free}"}]
    config = well(tmp_path, till=till, printer=printers, hq={"url": f"mqtt://127.0.0.1:{free}", "media": "none:"})
    await first_people(config, world(), PEOPLE)
    found = await asyncio.to_thread(doctor.look, config, TODAY)
    assert sorted(hint.partition(":")[0] for hint in found) == ["headquarters (broker)", "printer p2"]
    await sim.stop()


def test_the_example_is_only_told_what_this_machine_lacks() -> None:
    config = load(EXAMPLE)
    fine = ("is not there", "cannot be written", "may not be used", "Less than 2 GiB", "apt-get install")
    assert [hint for hint in told(config) if not any(words in hint for words in fine)] == []


def test_the_verb_says_what_is_missing_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store.toml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("/var/lib/store-edge", str(tmp_path))
    text = text.replace("192.168.1.", "127.0.0.").replace("hq.example", "127.0.0.1")
    path.write_text(text, encoding="utf-8")
    assert main(["doctor", "--config", str(path)]) == 1
    said = capsys.readouterr().out
    assert "run `edge init`" in said
    assert "printer p1: 127.0.0.50:9100 takes no connection" in said


async def test_a_shop_says_its_hints_once_when_it_opens(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    doors = dict(zip(("staff", "floor", "public"), ("127.0.0.1:0",) * 3, strict=True))
    config = well(tmp_path, till=[{"id": "1", "name": "Till 1"}], printer=[], hq={"url": "none:"}, web=doors)
    stop = asyncio.Event()
    running = asyncio.create_task(run(config, world(), stop))
    await until(lambda: "has no printer" in caplog.text)
    stop.set()
    await running
    assert caplog.text.count("has no printer") == caplog.text.count("hq.url is none") == 1
