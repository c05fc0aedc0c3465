"""The disk fails under a running store: no answer is a lie, and a restart finds all that was answered."""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from random import Random

import pytest

from edge.journal.store import Journal
from edge.journal.verify import verify
from edge.units import Key, Seq
from tests.journal.bad_disk import setup

COMMANDS = 30
ROOT = Path(__file__).parents[2]
FAULTS = {
    "no answer from the disk, syncing": "fsync,fdatasync:error=EIO:when={n}",
    "no answer from the disk, writing": "pwrite64:error=EIO:when={n}",
    "no answer from the disk, from now on": "pwrite64,fsync,fdatasync:error=EIO:when={n}+",
    "full, once": "pwrite64:error=ENOSPC:when={n}",
    "full, from now on": "pwrite64:error=ENOSPC:when={n}+",
    "killed while writing": "pwrite64:signal=KILL:when={n}",
    "killed while syncing": "fsync,fdatasync:signal=KILL:when={n}",
}


@cache
def _strace() -> str:
    """Why faults cannot be injected here; empty when they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here"


async def _run(folder: Path, *before: str, **more: object) -> list[list[str]]:
    folder.mkdir()
    journal = await Journal.open(setup(folder))
    await journal.close()
    child = await asyncio.create_subprocess_exec(
        *before, sys.executable, "-m", "tests.journal.bad_disk", str(folder), str(COMMANDS),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    out, _ = await child.communicate()
    return [line.split() for line in out.decode().splitlines()]


async def _the_answers_were_true(folder: Path, said: list[list[str]]) -> None:
    assert verify(folder / "j.db").ok, verify(folder / "j.db").words()
    journal = await Journal.open(setup(folder))
    try:
        held = {str(entry.cause) for entry in await journal.entries(Seq(0))}
        done = {f"c{line[1]}" for line in said if line[0] == "done"}
        assert done <= held, f"answered and gone: {done - held}"
        refused = {f"c{line[1]}" for line in said if line[0] == "refused"}
        assert not refused & held, f"refused and recorded: {refused & held}"
        words = [line[0] for line in said]
        if "halted" in words:
            first = words.index("halted")
            assert set(words[first:]) == {"halted"}, "after a Halt nothing is recorded any more"
            assert len({f"c{line[1]}" for line in said[first:]} & held) <= 1, "only the one nobody knew of"
        await journal.transact(lambda tx: None, cause=Key("goes on"))
        before, after = await journal.rebuild()
        assert before == after
    finally:
        await journal.close()


async def _fails(folder: Path, fault: str, n: int) -> list[list[str]]:
    inject = FAULTS[fault].format(n=n)
    calls = inject.partition(":")[0]
    said = await _run(folder, "strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={inject}")
    await _the_answers_were_true(folder, said)
    return said


@pytest.mark.skipif(bool(_strace()), reason=_strace() or "faults can be injected")
async def test_a_disk_that_fails_once_makes_no_answer_a_lie(tmp_path: Path, chance: Random) -> None:
    names = chance.sample(sorted(FAULTS), 3)
    said = [await _fails(tmp_path / str(place), name, chance.randint(3, 20)) for place, name in enumerate(names)]
    assert all(sum(line[0] == "done" for line in run) < COMMANDS for run in said), "the faults must be felt"


@pytest.mark.long
@pytest.mark.seconds(600)
@pytest.mark.skipif(bool(_strace()), reason=_strace() or "faults can be injected")
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_disk_that_fails_at_any_call_makes_no_answer_a_lie(tmp_path: Path, fault: str) -> None:
    hurt = 0
    for n in range(1, 30, 2):
        said = await _fails(tmp_path / str(n), fault, n)
        hurt += sum(line[0] == "done" for line in said) < COMMANDS
    assert hurt > 3, "the faults must be felt"


async def test_a_file_that_may_grow_no_further_halts_and_loses_nothing(tmp_path: Path) -> None:
    """As a quota would: a write is cut short, the next one fails."""

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))

    said = await _run(tmp_path / "x", preexec_fn=little)
    words = [line[0] for line in said]
    assert words[:2] == ["open", "done"]
    assert {"halted", "refused"} & set(words)
    await _the_answers_were_true(tmp_path / "x", said)
