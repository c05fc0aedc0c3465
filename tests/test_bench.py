"""Every measurement runs, on a size too small to mean anything; what it measures is never asserted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SMALL = {
    "box": ["--sales", "4", "--starts", "1"],
    "commit": ["--sales", "4", "--crowds", "3"],
    "ingest": ["--facts", "300"],
    "nfc": ["--taps", "2"],
    "rules": ["--products", "400", "--promotions", "20", "--baskets", "1", "--lines", "12", "--starts", "1"],
    "scan": ["--scans", "10"],
    "tap": ["--taps", "2"],
    "tills": ["--sales", "2", "--tills", "1", "2"],
    "z": ["--sales", "3"],
}
NEEDS = {"ingest": "mosquitto"}


def test_there_is_a_small_size_of_every_measurement_and_a_row_in_the_guide() -> None:
    folder = ROOT / "bench"
    names = {path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")}
    assert names == set(SMALL)
    guide = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"python -m bench.{name}`" not in guide] == []


@pytest.mark.parametrize("name", sorted(SMALL))
def test_it_runs_and_says_a_ratio(name: str) -> None:
    needed = NEEDS.get(name, "")
    if needed and shutil.which(needed, path="/usr/sbin:/usr/bin:/usr/local/bin") is None:
        pytest.skip(f"{needed} is not installed")
    ran = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *SMALL[name]], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert any(word in ran.stdout for word in ("ratio", "of the bare link")), ran.stdout
