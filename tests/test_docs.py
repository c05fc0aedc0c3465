"""The pages of docs/ say what the code does: names, keys, topics, verbs and hints are all there, and links lead on."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generate import pages
from docs.hints import hints
from edge.facts import FACTS
from edge.sync.wire.topics import Channel

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("bench/*.md"), *ROOT.glob("firmware-config/*.md")])


def test_every_fact_is_explained() -> None:
    silent = [name for name, kind in FACTS.items() if (kind.__doc__ or "").startswith(f"{kind.__name__}(")]
    assert not silent, f"give these a docstring in edge/facts: {', '.join(silent)}"


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_up_to_date(name: str) -> None:
    page = DOCS / name
    written = page.read_text(encoding="utf-8") if page.exists() else ""
    assert written == pages()[name], f"docs/{name} is behind the code: run `make fix` and commit what it changes"


def test_every_hint_says_something() -> None:
    empty = [hint for hint in hints() if not hint.hint.strip()]
    assert not empty, f"a hint tells a shop assistant what to do: {empty}"


@pytest.mark.parametrize("channel", Channel)
def test_every_topic_is_in_the_protocol(channel: Channel) -> None:
    protocol = (DOCS / "protocol.md").read_text(encoding="utf-8")
    assert f"`{channel}" in protocol or f"/{channel}" in protocol, f"say in docs/protocol.md what travels on {channel}"


def verbs() -> Iterator[str]:
    """`edge verify`, `hq run`, …: every sub-command the two programs add to their parsers."""
    for program in ("edge", "hq"):
        for path in sorted((ROOT / program).glob("cli*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                    continue
                if ast.unparse(node.func) == "verb" or ast.unparse(node.func).endswith(".add_parser"):
                    yield f"{program} {ast.literal_eval(node.args[0])}"


def test_every_verb_of_the_programs_is_in_operations() -> None:
    operations = (DOCS / "operations.md").read_text(encoding="utf-8")
    silent = [verb for verb in verbs() if f"`{verb}" not in operations]
    assert not silent, f"say in docs/operations.md what these do: {', '.join(silent)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    dead = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not dead, f"{page.relative_to(ROOT)} leads nowhere: {dead}"


def test_the_map_of_rooms_has_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {f"edge/{path.parent.name}" for path in ROOT.glob("edge/*/__init__.py")} - {"edge/facts"}
    missing = [room for room in sorted(rooms | {"hq", "bench", "systemd"}) if f"`{room}`" not in readme]
    assert not missing, f"README's map lacks {missing}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_commands_of_the_first_pages_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in sorted(set(re.findall(r"\bmake ([a-z][a-z-]*)\b", text))):
        dry = subprocess.run(
            ["make", "-n", "VENV=/nowhere", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert dry.returncode == 0, f"{page} says make {target}: {dry.stderr}"
