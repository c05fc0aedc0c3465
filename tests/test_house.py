"""The house rules that a linter cannot know. A message says what to change; a list at the top names each exception.

Who may import whom is in pyproject.toml (`lint-imports`); here is what import contracts cannot say.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

MONEY = ("edge/units.py", "edge/facts/*", "edge/feed*.py", "edge/countries/*", "edge/catalog/*", "edge/pos/*")
MONEY_AT_HQ = ("hq/folds.py", "hq/ingest.py", "hq/intake.py")
NO_MONEY = re.compile(r"edge/pos/(\w*(printer|drawer|scale|scanner|raster|font|paper|spool|fiscal_driver)\w*)(/|\.py$)")
"""Drivers and drawings in edge/pos: seconds, pixels, volts."""
PURE = re.compile(
    r"edge/(units|errors|feed\w+|facts/.*|countries/.*|journal/chain|sync/wire/.*|nfc/(tag|sun)|shelf/(frame|level)"
    r"|pos/(basket|pricing|tax|rounding|tenders|returns|zreport|codes|fiscal/(document|port|wire)))\.py|hq/ingest\.py"
)
"""Pure whatever their first line says; any other module becomes so by saying it: `(pure)`."""
BANNED_NAMES = {"utils", "util", "core", "common", "models", "services", "manager", "helper", "helpers", "misc"}
MAY_CATCH_ALL = {"edge/supervise.py", "hq/quarantine.py"}
MAY_KEEP_STATE = {"edge/facts/registry.py", "hq/folds.py", "hq/tables.py"}
"""Modules whose registry is filled while they are imported, and never after."""
MAY_PRETEND = {"edge/cli.py"}
SHARED_VENDORS = {"fastapi", "jinja2", "msgspec", "starlette"}
"""Not drivers but the language a room is written in; the other libraries are met in one module per room."""
HQ_MAY_IMPORT = (
    *(
        "edge.facts",
        "edge.feedwords",
        "edge.feedoffers",
        "edge.feedrecalls",
        "edge.feedshapes",
        "edge.pins",
        "edge.rights",
        "edge.units",
        "edge.letters",
        "edge.errors",
        "edge.clock",
        "edge.ids",
        "edge.countries",
    ),
    *("edge.health", "edge.alive", "edge.supervise", "edge.config", "edge.toml", "edge.terminals", "edge.journal"),
    *("edge.sync.wire", "edge.sync.link"),
    *("edge.web.page", "edge.web.live", "edge.web.listen"),
)
OWED = {
    "short": set[str](),
    "finished": set[str](),
    "vendors": set[str](),
}
"""What does not keep a rule yet, by rule; a module that does is taken off."""


@dataclass(frozen=True)
class Module:
    """One Python file: `path` from the root with slashes, `room` its folder (`edge/pos`, `hq`, or `edge`)."""

    path: str
    text: str

    @property
    def room(self) -> str:
        parts = self.path.split("/")
        return "/".join(parts[:2]) if parts[0] == "edge" and len(parts) > 2 else parts[0]

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, `from a import b` as `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules(*rooms: str) -> Sequence[Module]:
    paths = sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


Finding = tuple[int, str]
Rule = Callable[[Module], Iterator[Finding]]


def obey(rule: Rule, found: Sequence[Module]) -> None:
    """Every module keeps the rule, or the failure says where and what to do."""
    assert found, "no module to look at: has a folder moved?"
    owed = OWED.get(rule.__name__, set())
    broken = {module.path: [f"{module.path}:{line}: {words}" for line, words in rule(module)] for module in found}
    told = [line for path, lines in broken.items() if path not in owed for line in lines]
    assert not told, "\n" + "\n".join(told)
    paid = {path for path in owed if not broken.get(path)}
    assert not paid, f"{sorted(paid)} keep this rule now: take them off OWED[{rule.__name__!r}]"


def on_money_paths() -> list[Module]:
    def counts(module: Module) -> bool:
        path = Path(module.path)
        money = any(path.match(pattern) or pattern in f"{path.parent.as_posix()}/*" for pattern in MONEY)
        return (money and NO_MONEY.match(module.path) is None) or module.path in MONEY_AT_HQ

    return [module for module in modules("edge", "hq") if counts(module)]


def float_free(module: Module) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value} is a float; money is integer minor units, weights integer grams"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "`float` on a money path; use Minor, Grams, BasisPoints or Fraction"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _is_path(node):
            yield node.lineno, "`/` makes a float; use `//`, divmod or Fraction, and say how it rounds"


def _is_path(node: ast.BinOp | ast.AugAssign) -> bool:
    right = node.right if isinstance(node, ast.BinOp) else node.value
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))


def short(module: Module) -> Iterator[Finding]:
    if module.lines > 300:
        yield module.lines, "more than 300 lines: find the second thing in it and give it a file"


def well_named(module: Module) -> Iterator[Finding]:
    for part in module.path.removesuffix(".py").split("/"):
        if part in BANNED_NAMES:
            yield 1, f"{part!r} says nothing: name it after the thing in the shop"


def catching_by_name(module: Module) -> Iterator[Finding]:
    if module.path in MAY_CATCH_ALL:
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        names = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"everything"}
        if names & {"everything", "Exception"} or ("BaseException" in names and not _hands_on(node)):
            yield node.lineno, "catches everything: name the errors it can answer, and let the others rise"


def _hands_on(handler: ast.ExceptHandler) -> bool:
    """It ends by raising, or gives the error to a future whose owner will see it."""
    calls = (node.func for node in ast.walk(handler) if isinstance(node, ast.Call))
    return isinstance(handler.body[-1], ast.Raise) or any(
        isinstance(call, ast.Attribute) and call.attr == "set_exception" for call in calls
    )


def finished(module: Module) -> Iterator[Finding]:
    for number, line in enumerate(module.text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|mark\.skip\b|mark\.skip\(", line):
            yield number, f"unfinished: {line.strip()}"


def without_globals(module: Module) -> Iterator[Finding]:
    """No module keeps state, and none does anything when it is imported."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            yield node.lineno, "`global`: keep it in an object that app.py makes and hands over"
    for node in [] if module.path in MAY_KEEP_STATE else module.tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.lineno, "does something when imported: move it into a function"
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_state(node.value):
            yield node.lineno, "module-level state: make it in app.py and hand it over"


def _is_state(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    if not isinstance(value, ast.Call):
        return False
    name = ast.unparse(value.func).rpartition(".")[2]
    empty = name in {"dict", "list", "set", "defaultdict", "deque", "Counter", "OrderedDict"} and not value.args
    return empty or name in {
        *("APIRouter", "Board", "Condition", "Event", "FastAPI", "Health", "Journal", "Lock", "Queue", "Random"),
        *("RLock", "Semaphore", "Supervisor", "ThreadPoolExecutor", "connect", "open"),
    }


def typed(module: Module) -> Iterator[Finding]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        said = [node.returns, *(argument.annotation for argument in arguments if argument)]
        if any(isinstance(name, ast.Name) and name.id == "Any" for hint in said if hint for name in ast.walk(hint)):
            yield node.lineno, f"`Any` in the signature of {node.name}: use object, a TypeVar or a Protocol"


def explained(module: Module) -> Iterator[Finding]:
    if module.tree.body and ast.get_docstring(module.tree) is None:
        yield 1, "no docstring: one sentence that says what this file is for"


def not_pretending(module: Module) -> Iterator[Finding]:
    if module.path in MAY_PRETEND or module.room == "edge/sim":
        return
    for line, name in module.imports():
        if name.startswith("edge.sim"):
            yield line, f"imports {name}: only app.py, cli.py and tests know the pretend shop"


def minding_hq(module: Module) -> Iterator[Finding]:
    for line, name in module.imports():
        if name.startswith("edge.") and not any(f"{name}.".startswith(f"{may}.") for may in HQ_MAY_IMPORT):
            yield line, f"imports {name}: hq knows the words, the cable, the journal and the page kit only"


RULES: dict[Rule, tuple[str, ...]] = {
    short: ("edge", "hq"),
    well_named: ("edge", "hq", "tests", "bench"),
    catching_by_name: ("edge", "hq"),
    finished: ("edge", "hq", "bench"),
    without_globals: ("edge", "hq"),
    typed: ("edge", "hq"),
    explained: ("edge", "hq", "bench"),
    not_pretending: ("edge", "hq"),
    minding_hq: ("hq",),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_is(rule: Rule) -> None:
    obey(rule, modules(*RULES[rule]))


def test_no_float_stands_on_a_money_path() -> None:
    obey(float_free, on_money_paths())


def test_each_vendor_library_is_met_in_one_module_of_a_room() -> None:
    ours = {"edge", "hq", "tests", "bench", "docs"} | SHARED_VENDORS
    met: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module in modules("edge", "hq"):
        for _, name in module.imports():
            if (library := name.partition(".")[0]) in vendors() - ours:
                met[module.room, library].add(module.path)
    crowded = {f"{room} meets {library}": sorted(paths) for (room, library), paths in met.items() if len(paths) > 1}
    told = [
        f"{who} in {', '.join(paths)}: keep it in one" for who, paths in crowded.items() if who not in OWED["vendors"]
    ]
    assert not told, "\n".join(told)
    assert OWED["vendors"] <= crowded.keys(), "take what is kept now off OWED['vendors']"


def vendors() -> set[str]:
    """Import names of the libraries that pyproject.toml names."""
    renamed = {"argon2_cffi": "argon2", "nfcpy": "nfc", "paho_mqtt": "paho", "pillow": "PIL", "pyserial": "serial"}
    renamed |= {"python_escpos": "escpos", "python_multipart": "multipart"}
    names = [re.split(r"[\[<>=; ]", line)[0].replace("-", "_") for line in PYPROJECT["project"]["dependencies"]]
    return {renamed.get(name, name) for name in names}


def untouched_by_the_world(module: Module) -> Iterator[Finding]:
    contract = next(item for item in PYPROJECT["tool"]["importlinter"]["contracts"] if item["name"].startswith("Pure"))
    for line, name in module.imports():
        if name.partition(".")[0] in contract["forbidden_modules"]:
            yield line, f"imports {name}, but is pure: have the time, chance or answer handed in"


def test_what_is_pure_or_says_so_in_its_first_line_touches_no_clock_chance_loop_or_wire() -> None:
    def is_pure(module: Module) -> bool:
        headline = (ast.get_docstring(module.tree) or "").partition("\n")[0]
        return PURE.fullmatch(module.path) is not None or re.search(r"\bpure\b", headline, re.IGNORECASE) is not None

    obey(untouched_by_the_world, [module for module in modules("edge", "hq") if is_pure(module)])


def test_every_dependency_is_pinned_with_hashes_and_no_address() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    project = PYPROJECT["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"] + PYPROJECT["build-system"]["requires"]
    for line in wanted:
        name = re.split(r"[\[<>=; ]", line)[0]
        pinned = re.search(rf"^{re.escape(name)}(\[[\w,-]+\])?==\S+ \\\n    --hash=sha256:", pins, re.M | re.I)
        assert pinned, f"{name} is not pinned in constraints.txt: run `make pins`"
    assert "//" not in pins


def test_tests_mirror_the_rooms() -> None:
    rooms = {path.name for path in (ROOT / "edge").iterdir() if path.is_dir()} | {"hq", "stories", "recorded"}
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
    }
    assert folders <= rooms, f"{folders - rooms}: tests/ has the folders of edge/, hq, stories and recorded"
