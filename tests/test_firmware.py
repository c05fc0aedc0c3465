"""What is copied onto hardware: the shelf node's YAML and its line, the names udev gives."""

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from edge.shelf.frame import COMMANDS, RAW_MAX, RAW_MIN, Echo, Flag, Frame, Reading, Splitter

HERE = Path(__file__).parents[1] / "firmware-config"
NODE = HERE / "esphome/shelf-node.yaml"
RULES = HERE / "70-store-edge.rules"
MAIN = """
#include "shelf_line.h"
#include <iostream>
int main() {
  shelf::Lines lines;
  lines.start("shelf-1", 0xC0FFEE);
  std::string what;
  while (std::cin >> what)
    if (what == "W") {
      uint32_t ms; unsigned channel; int32_t raw;
      std::cin >> ms >> channel >> raw;
      std::cout << lines.reading(ms, channel, raw);
    } else
      for (char byte : what + "\\r\\n") std::cout << lines.hear(byte);
}
"""


class Link(msgspec.Struct):
    """What keeps a node in touch."""

    reboot_timeout: str


class Logger(msgspec.Struct):
    baud_rate: int


class Sensor(msgspec.Struct):
    platform: str
    id: str = ""
    update_interval: str = ""
    on_value: list[dict[str, str]] = []


class Node(msgspec.Struct):
    """The parts of shelf-node.yaml that we have an opinion on."""

    wifi: Link
    logger: Logger
    sensor: list[Sensor]
    substitutions: dict[str, str]


@pytest.fixture(scope="module")
def node() -> Node:
    plain = re.sub(r"(!secret \w+)", r"'\1'", NODE.read_text(encoding="utf-8"))  # ESPHome's own tag
    return msgspec.convert(yaml.safe_load(plain), Node)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("g++")
    assert compiler, "g++ is not on this machine: .ci/packages test says how to get it"
    folder = tmp_path_factory.mktemp("node")
    (folder / "main.cpp").write_text(MAIN)
    flags = ["-std=c++11", "-Wall", "-Wextra", "-Werror", f"-I{HERE / 'esphome'}"]
    subprocess.run([compiler, *flags, "-o", str(folder / "node"), str(folder / "main.cpp")], check=True, timeout=60)
    return folder / "node"


def ask(program: Path, *words: str) -> list[Frame]:
    done = subprocess.run([str(program)], input=" ".join(words).encode(), capture_output=True, check=True, timeout=20)
    splitter = Splitter()
    frames = splitter.feed(done.stdout)
    assert splitter.bad == 0, done.stdout
    return frames


@given(samples=st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 99), st.integers(RAW_MIN, RAW_MAX))))
def test_the_edge_reads_what_the_node_writes(program: Path, samples: list[tuple[int, int, int]]) -> None:
    frames = ask(program, *(f"W {ms} {channel} {raw}" for ms, channel, raw in samples))
    ends = {RAW_MIN, RAW_MAX}
    assert frames == [
        Reading("shelf-1", "00c0ffee", seq, ms, channel, raw, Flag.SATURATED if raw in ends else Flag(0))
        for seq, (ms, channel, raw) in enumerate(samples)
    ]


def test_the_node_answers_every_command_and_nothing_else(program: Path) -> None:
    frames = ask(program, *COMMANDS, "nonsense", "x" * 500, "?V")
    assert [frame.command for frame in frames if isinstance(frame, Echo)] == [*COMMANDS, "?V"]


def test_a_node_waits_for_nobody_and_mixes_nothing_into_its_line(node: Node) -> None:
    assert node.wifi.reboot_timeout == "0s"
    assert node.logger.baud_rate == 0, "the log would be mixed into the line"


def test_a_node_samples_as_fast_as_its_converters_and_no_faster(node: Node) -> None:
    plates = [sensor for sensor in node.sensor if sensor.platform == "hx711"]
    assert plates
    channels = set()
    for plate in plates:
        pace = re.fullmatch(r"(\d+)ms", plate.update_interval)
        assert pace, f"{plate.id}: say update_interval in ms"
        assert 100 <= int(pace[1]) <= 200, f"{plate.id}: an HX711 gives ten samples a second"
        channels |= set(re.findall(r"reading\(millis\(\), (\d+),", str(plate.on_value)))
    assert len(channels) == len(plates), "every plate has a channel of its own"


def test_a_node_holds_no_secret() -> None:
    said = re.findall(r"^ *(?:password|ssid|key|broker): *(.*)$", NODE.read_text(encoding="utf-8"), re.MULTILINE)
    assert said
    assert all(value.startswith("!secret ") for value in said)


def rules() -> list[str]:
    lines = (line.strip() for line in RULES.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("rule", rules())
def test_a_rule_is_written_as_udev_reads_it(rule: str) -> None:
    key = r"(?:ACTION|SUBSYSTEMS?|KERNEL|ATTRS?\{\w+\}|ENV\{\w+\}|GROUP|MODE|SYMLINK|GOTO|LABEL|IMPORT\{builtin\})"
    assert re.fullmatch(rf'{key}(?:==|!=|\+=|=)"[^"]*"(?:, {key}(?:==|!=|\+=|=)"[^"]*")*', rule)
    assert re.search(r'\bMODE="(?!0660")', rule) is None, "nobody but its group may open a device"


def test_every_jump_of_the_rules_lands() -> None:
    text = "\n".join(rules())
    assert set(re.findall(r'GOTO="(\w+)"', text)) == set(re.findall(r'LABEL="(\w+)"', text))


@pytest.mark.parametrize("what", ["reader", "scanner", "scale", "shelf-", "printer"])
def test_every_kind_of_device_has_a_stable_name(what: str) -> None:
    assert any(f'SYMLINK+="store-edge/{what}' in rule for rule in rules())
