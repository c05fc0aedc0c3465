"""What `make` leans on: it installs or says exactly what to install, and no registry address slips in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(script: str, *words: str, cwd: Path = ROOT, **more: str) -> "subprocess.CompletedProcess[str]":
    command, environment = [str(ROOT / ".ci" / script), *words], {**os.environ, **more}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=50, check=False)


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of programs that stands before all others: an `id` that is nobody, an `apt-get` that notes its words."""
    stand_in(tmp_path, "id", "echo 1000")
    stand_in(tmp_path, "apt-get", f'echo "$@" >> {tmp_path}/said')
    return tmp_path


def test_whoever_is_not_root_is_told_what_to_install(shelf: Path) -> None:
    done = run("install", "mosquitto", "strace", PATH=f"{shelf}:{os.environ['PATH']}")
    assert done.returncode == 1
    assert "apt-get install mosquitto strace" in done.stderr
    assert not (shelf / "said").exists()


def test_root_has_it_installed(shelf: Path) -> None:
    stand_in(shelf, "id", "echo 0")
    done = run("install", "mosquitto", "strace", PATH=f"{shelf}:{os.environ['PATH']}")
    assert done.returncode == 0
    assert (shelf / "said").read_text().startswith("install -y")
    assert "mosquitto strace" in (shelf / "said").read_text()


def test_old_package_lists_are_fetched_anew(shelf: Path) -> None:
    stand_in(shelf, "id", "echo 0")
    stand_in(shelf, "apt-get", f'echo "$@" >> {shelf}/said; [ "$1" = update ] || grep -q ^update {shelf}/said')
    assert run("install", "strace", PATH=f"{shelf}:{os.environ['PATH']}").returncode == 0
    assert [line.split()[0] for line in (shelf / "said").read_text().splitlines()] == ["install", "update", "install"]


def test_a_python_without_its_venv_names_the_debian_package(shelf: Path, tmp_path: Path) -> None:
    real = shutil.which("python3")
    stand_in(shelf, "bare", f'case "$2" in *ensurepip*) exit 1;; *) exec {real} "$@";; esac')
    done = run("venv", str(tmp_path / "venv"), PATH=f"{shelf}:{os.environ['PATH']}", PYTHON="bare")
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_named(shelf: Path, tmp_path: Path) -> None:
    stand_in(shelf, "old", "exit 1")
    done = run("venv", str(tmp_path / "venv"), PATH=f"{shelf}:{os.environ['PATH']}", PYTHON="old")
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "see https://pypi" + ".org/project/x",
        "--index" + "-url https://example.test/",
        "x @ https://example.test/x-1-py3-none-any" + ".whl",
        "https://example.test/pool/x" + ".tar.gz",
    ],
)
def test_a_registry_address_in_a_tracked_file_is_found(line: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "fine.txt").write_text("https://example.test/a/page\n")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    assert run("addresses", cwd=tmp_path).returncode == 0
    (tmp_path / "bad.txt").write_text(line + "\n")
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    found = run("addresses", cwd=tmp_path)
    assert found.returncode == 1
    assert "bad.txt:1:" in found.stdout
