"""`hq` from the command line, and headquarters killed at any moment."""

import asyncio
import random
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from edge.errors import Halt
from edge.sync.wire import Channel
from hq.cli import main
from hq.config import load
from hq.store import connect, read_only
from tests.brokers import Mosquitto, free_port
from tests.hq.boxes import AALBORG, Box, packed, sale, send
from tests.hq.lines import Ear, ear

ROOT = Path(__file__).parents[2]


def init(folder: Path) -> Path:
    path = folder / "hq.toml"
    database = folder / "hq.db"
    assert main(["init", "--config", str(path), "--database", str(database), "--name", 'Fjeld "&" Fjord']) == 0
    return path


def test_init_then_import_then_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = init(tmp_path)
    assert load(path).company.name == 'Fjeld "&" Fjord'
    sheet = tmp_path / "catalogue.csv"
    sheet.write_text("article,name,sku,size,price,tax_label\nboot,Boot,B-1,41,99,A\nboot,,B-2,42,cheap,A\n")
    assert main(["import", "--config", str(path), str(sheet), "--dry-run"]) == 1
    assert "row 3: 'cheap' is no price" in (told := capsys.readouterr().out)
    assert "Nothing was written." in told
    assert main(["import", "--config", str(path), str(sheet)]) == 1
    assert "1 articles, 2 variants, 1 prices" in capsys.readouterr().out
    assert main(["verify", "--config", str(path)]) == 0
    assert "feed all" in capsys.readouterr().out


def test_init_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = init(tmp_path)
    before = path.read_text()
    assert main(["init", "--config", str(path)]) == 1
    assert path.read_text() == before
    assert "already there" in capsys.readouterr().err


def test_verify_finds_what_was_changed_behind_our_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = init(tmp_path)
    box = Box()
    box.record(*sale("s1"), *sale("s2"))
    send(tmp_path / "hq.db", AALBORG, box.batch(1, 10))
    assert main(["verify", "--config", str(path)]) == 0
    db = sqlite3.connect(tmp_path / "hq.db")
    db.executescript("DROP TRIGGER entries_are_never_changed; UPDATE entries SET actor = 'nobody' WHERE seq = 4;")
    db.close()
    capsys.readouterr()
    assert main(["verify", "--config", str(path)]) == 1
    assert "4 was changed at headquarters" in capsys.readouterr().out
    db = sqlite3.connect(tmp_path / "hq.db")
    db.executescript("DROP TRIGGER entries_are_never_removed; DELETE FROM entries WHERE seq = 10;")
    db.close()
    assert main(["verify", "--config", str(path)]) == 1
    assert "it ends at 9, the cursor says 10" in capsys.readouterr().out


def test_rebuild_counts_everything_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = init(tmp_path)
    box = Box()
    box.record(*sale("s1"))
    send(tmp_path / "hq.db", AALBORG, box.batch(1, 5))
    assert main(["rebuild", "--config", str(path)]) == 0
    assert "5 entries were counted again; 0 remain" in capsys.readouterr().out


def test_a_wrong_configuration_names_every_error_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hq.toml"
    path.write_text(
        '[company]\nname = "X"\ncountry = "DK"\ncurrency = "DKK"\ntime_zone = "Europe/Copenhagn"\n'
        '[broker]\nurl = "127.0.0.1"\n[web]\npage = "8090"\n[[store]]\nid = "Aalborg!"\nname = "A"\n'
        '[shop]\nstaff_token = "short"\n'
    )
    with pytest.raises(Halt) as halted:
        load(path)
    for place in ("company.time_zone", "broker.url", "web.page", "store.Aalborg!", "shop.staff_token"):
        assert place in halted.value.message
    path.write_text('[company]\nnmae = "X"\n')
    with pytest.raises(Halt, match="did you mean 'name'"):
        load(path)


def test_the_example_configuration_is_right() -> None:
    config = load(ROOT / "firmware-config" / "hq.example.toml")
    assert [store.id for store in config.store] == ["aalborg", "odense"]


async def spawn(path: Path) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hq.cli", "run", "--config", str(path), cwd=ROOT, stdout=quiet, stderr=quiet
    )


async def send_from(line: Ear, box: Box, nonce: str) -> int:
    """Say hello until headquarters answers, then everything it lacks; gives where it was."""
    for attempt in range(200):
        try:
            async with asyncio.timeout(0.5):
                at = (await line.hello(box, f"{nonce}-{attempt}")).seq
        except TimeoutError:
            continue
        for payload in packed(box, at):
            await line.say(Channel.JOURNAL, payload)
        return at
    raise AssertionError("headquarters never answered")


async def test_killed_at_any_moment_headquarters_holds_every_entry_once(
    mosquitto: Mosquitto, tmp_path: Path, chance: random.Random
) -> None:
    path = tmp_path / "hq.toml"
    path.write_text(
        f'[company]\nname = "X"\ncountry = "DK"\ncurrency = "DKK"\ntime_zone = "Europe/Copenhagen"\n'
        f'[paths]\ndatabase = "{tmp_path / "hq.db"}"\n[broker]\nurl = "{mosquitto.address}"\n'
        f'[web]\npage = "127.0.0.1:{free_port()}"\nshop = "127.0.0.1:{free_port()}"\n'
    )
    box = Box()
    for number in range(4_000):
        box.record(*sale(f"s{number}"))
    head = len(box.entries)
    async with ear(mosquitto.address) as line:
        for life in range(3):
            process = await spawn(path)
            await send_from(line, box, f"life-{life}")
            if life == 2:
                async with asyncio.timeout(20):
                    await line.ack(lambda ack: ack.seq == head)
                process.send_signal(signal.SIGTERM)
                assert await process.wait() == 0
            else:
                await asyncio.sleep(chance.uniform(0, 0.3))
                process.kill()
                await process.wait()
    db = read_only(tmp_path / "hq.db")
    held = [tuple(row) for row in db.execute("SELECT seq, data, hash FROM entries ORDER BY seq")]
    assert held == [(entry.seq, entry.data, entry.hash) for entry in box.entries]
    assert db.execute("SELECT sum(sales), sum(gross_sales) FROM takings_by_hour").fetchone()[:] == (4_000, 80_000_000)
    assert db.execute("SELECT count(*) FROM alarms").fetchone()[0] == 0
    db.close()
    connect(tmp_path / "hq.db").close()
