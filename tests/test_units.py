"""The systemd units: right, hardened, watched; and they start what the programs have."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNITS = sorted((ROOT / "systemd").glob("*.service"))
EXPOSURE = {"store-edge.service": 1.6, "store-edge-hq.service": 1.2, "store-edge-kiosk.service": 3.0}
"""Out of ten; what systemd-analyze 252 says of each may not grow."""


def service(unit: Path) -> dict[str, str]:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    return dict(parser["Service"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_finds_no_fault_and_little_exposed() -> None:
    done = subprocess.run([ROOT / ".ci/units"], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(re.findall(r"exposure level for (\S+): ([\d.]+)", done.stdout))
    assert said.keys() == EXPOSURE.keys() == {unit.name for unit in UNITS}
    grown = {unit: level for unit, level in said.items() if float(level) > EXPOSURE[unit]}
    assert not grown, f"more exposed than before: {grown}"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_always_started_again(unit: Path) -> None:
    assert service(unit)["Restart"] == "always"
    assert "StartLimitIntervalSec=0" in unit.read_text(encoding="utf-8"), "five quick tries must not close a shop"


@pytest.mark.parametrize(("name", "command"), [("store-edge", "edge run"), ("store-edge-hq", "hq run")])
def test_a_box_says_when_it_is_ready_and_that_it_lives(name: str, command: str) -> None:
    unit = service(ROOT / f"systemd/{name}.service")
    assert unit["Type"] == "notify"
    assert 10 <= int(unit["WatchdogSec"]) <= 60
    assert f"/bin/{command} --config /etc/store-edge/" in unit["ExecStart"]
    assert unit["StateDirectory"] == name
