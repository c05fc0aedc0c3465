"""Reads from the code every hint a person may see, with what happened: the page `hints.md`."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
_ENDS = {"Refused": "refused", "DeviceLost": "lost, tried again", "Halt": "stopped"}


@dataclass(frozen=True, order=True)
class Hint:
    """`room` is a folder (`edge/pos`), `what` and `hint` are texts with `…` where something is filled in."""

    room: str
    what: str
    hint: str
    end: str


def hints() -> list[Hint]:
    """Every hint in the code, once, by room."""
    found: set[Hint] = set()
    for top in ("edge", "hq"):
        for path in sorted((ROOT / top).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            parts = path.relative_to(ROOT).parts
            room = "/".join(parts[:-1][:2]) if len(parts) > 2 else f"{parts[0]}/{parts[-1]}"
            found |= set(_of(tree, room))
    return sorted(found)


def page() -> Iterator[str]:
    """The lines of `hints.md`."""
    yield "# What it says and what to do"
    yield ""
    yield "Generated from the code by `make fix`: every message a person may see. *Refused*: nothing was"
    yield "recorded and nothing happened. *Lost, tried again*: it mends itself when the cause is gone; `/healthz` and"
    yield "the screens show it until then. *Stopped*: it waits for a person. `…` stands for what is filled in."
    room = ""
    for hint in hints():
        if hint.room != room:
            room = hint.room
            yield from ("", f"## `{room}`", "", "| it says | what to do | |", "|---|---|---|")
        yield f"| {_cell(hint.what)} | {_cell(hint.hint)} | {hint.end} |"


def _of(tree: ast.Module, room: str) -> Iterator[Hint]:
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = next((word.value for word in node.keywords if word.arg == "hint"), None)
        if name in _ENDS and given is not None:
            yield Hint(room, _text(node.args[0], constants), _text(given, constants), _ENDS[name])
        elif name == "down" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant | ast.JoinedStr):
            yield Hint(room, f"{_text(node.args[0], constants)} is down", _text(node.args[1], constants), "down")


def _text(node: ast.expr, constants: Mapping[str, ast.expr]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left, constants) + _text(node.right, constants)
    if isinstance(node, ast.Name) and node.id in constants:
        return _text(constants[node.id], {})
    return "…"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
