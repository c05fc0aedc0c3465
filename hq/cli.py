"""`hq run | init | import | verify | rebuild | unfence`: headquarters from the command line."""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edge.clock import stamp, system_clock
from edge.errors import StoreEdgeError
from edge.ids import system_ids
from edge.units import Identity
from hq.answers import unfence
from hq.config import HqConfig, load
from hq.feed import Author
from hq.imports import run as import_sheet
from hq.quarantine import refold
from hq.rebuild import rebuild
from hq.report import Options, Report
from hq.store import connect, read_only
from hq.verify import verify

EXAMPLE = """[company]
name = "{name}"
country = "{country}"
currency = "{currency}"
time_zone = "{time_zone}"

[paths]
database = "{database}"

[broker]
url = "mqtt://127.0.0.1:1883"
embedded = true

[shop]
staff_token = "{token}"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when it worked, 1 when something was refused, with what to do on stderr."""
    chosen = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        return _VERBS[chosen.verb](chosen)
    except StoreEdgeError as error:
        print(error.message, file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hq", description="The headquarters of a chain of shops.")
    verbs = parser.add_subparsers(dest="verb", required=True)

    verbs.add_parser("run", help="receive from the shops, serve the headquarters page and the online shop")
    init = verbs.add_parser("init", help="write a configuration and an empty database")
    init.add_argument("--name", default="My shops", help="the company's name")
    init.add_argument("--country", default="DK")
    init.add_argument("--currency", default="DKK")
    init.add_argument("--time-zone", default="Europe/Copenhagen")
    init.add_argument("--database", default="hq.db")
    files = verbs.add_parser("import", help="read spreadsheets: articles, variants, codes, prices, reviews, stock")
    files.add_argument("files", nargs="+", type=Path, metavar="FILE.csv")
    files.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    files.add_argument("--all-or-nothing", action="store_true", help="write nothing when any row is refused")
    verbs.add_parser("verify", help="check every hash chain headquarters holds")
    verbs.add_parser("rebuild", help="count everything again from the entries held; try what was set aside")
    fence = verbs.add_parser("unfence", help="let a box back on the cable after two used its name")
    fence.add_argument("identity", help="store_node, as the alarm names it")
    for one in verbs.choices.values():
        one.add_argument("--config", type=Path, default=Path("hq.toml"), help="the configuration (hq.toml)")
    return parser


def _run(chosen: argparse.Namespace) -> int:
    from hq.app import run

    config = load(chosen.config)

    async def until_told() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, stopping.set)
        await run(config, stopping)

    asyncio.run(until_told())
    return 0


def _init(chosen: argparse.Namespace) -> int:
    path: Path = chosen.config
    if path.exists():
        print(f"{path} is already there; nothing was changed.", file=sys.stderr)
        return 1
    path.parent.mkdir(parents=True, exist_ok=True)
    text = EXAMPLE.format(
        name=_quoted(chosen.name),
        country=_quoted(chosen.country),
        currency=_quoted(chosen.currency),
        time_zone=_quoted(chosen.time_zone),
        database=_quoted(chosen.database),
        token=system_ids().secret(),
    )
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    try:
        config = load(path)
    except StoreEdgeError:
        path.unlink()
        raise
    connect(Path(config.paths.database)).close()
    print(f"{path} and {config.paths.database} are ready. Next: hq import FILE.csv, then hq run.")
    return 0


def _import(chosen: argparse.Namespace) -> int:
    config = load(chosen.config)
    reports = [_import_one(config, file, chosen) for file in chosen.files]
    return 1 if any(report.refused for report in reports) else 0


def _import_one(config: HqConfig, file: Path, chosen: argparse.Namespace) -> Report:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise StoreEdgeError(f"{file} cannot be read: {error.strerror}", hint="Check its name.") from None
    options = Options(
        config.shop.price_list,
        config.company.currency,
        file.parent,
        dry_run=chosen.dry_run,
        all_or_nothing=chosen.all_or_nothing,
        document=file.stem,
    )
    author = Author("hq", f"import:{file.name}", stamp(system_clock().now()), system_ids().new())
    with contextlib.closing(connect(Path(config.paths.database))) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            report = import_sheet(db, data, options, author)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
    for line in report.lines():
        print(f"{file.name}: {line}")
    return report


def _verify(chosen: argparse.Namespace) -> int:
    config = load(chosen.config)
    good = True
    with contextlib.closing(read_only(Path(config.paths.database))) as db:
        for finding in verify(db):
            print(finding.words())
            good = good and not finding.wrong
    return 0 if good else 1


def _rebuild(chosen: argparse.Namespace) -> int:
    config = load(chosen.config)
    at = stamp(system_clock().now())
    with contextlib.closing(connect(Path(config.paths.database))) as db:
        db.execute("BEGIN IMMEDIATE")
        count = rebuild(db, at)
        aside = refold(db, at, set())
        db.execute("COMMIT")
    print(f"{count} entries were counted again; {aside} remain set aside.")
    return 0


def _unfence(chosen: argparse.Namespace) -> int:
    config = load(chosen.config)
    with contextlib.closing(connect(Path(config.paths.database))) as db:
        done = unfence(db, Identity(chosen.identity))
    print(f"{chosen.identity} may use the cable again." if done else f"{chosen.identity} was not fenced off.")
    return 0 if done else 1


def _quoted(text: str) -> str:
    """Safe between the quotes of a TOML string."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


_VERBS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "init": _init,
    "import": _import,
    "verify": _verify,
    "rebuild": _rebuild,
    "unfence": _unfence,
}

if __name__ == "__main__":
    sys.exit(main())
