"""edge run · init · verify · rebuild · explain · export · doctor · demo"""

import argparse
import asyncio
import csv
import getpass
import os
import signal
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import uvloop

from edge.config import StoreConfig, load
from edge.errors import Refused, StoreEdgeError
from edge.journald import log_to_journald

if TYPE_CHECKING:
    from edge.app.offline import Person

HAND_OVER = 0.0005
"""Seconds a thread may keep another waiting: every SQL statement of the writer asks for its turn again."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when it went well, 1 when not (with a hint)."""
    arguments = _parser().parse_args(argv)
    log_to_journald(verbose=arguments.verbose, journald="JOURNAL_STREAM" in os.environ)
    try:
        return int(arguments.verb(arguments) or 0)
    except StoreEdgeError as error:
        print(f"{error.message}\n{error.hint}".strip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge", description="The boxes in a shop.")
    parser.add_argument("--verbose", action="store_true", help="log everything")
    verbs = parser.add_subparsers(required=True, metavar="verb")

    def verb(name: str, run: object, help: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help, description=help)
        sub.set_defaults(verb=run)
        sub.add_argument("--config", type=Path, default=Path("store.toml"), help="the store's configuration")
        return sub

    verb("run", _run, "Open the shop: run everything that store.toml names.")
    init = verb("init", _init, "Make the journal and the first manager.")
    init.add_argument("--user", help="user name of the first manager, for example anna")
    init.add_argument("--name", help="name shown on screens")
    init.add_argument("--pin-stdin", action="store_true", help="read the PIN from standard input")
    init.add_argument("--people", type=Path, help="a CSV file instead: user,name,role,pin")
    verb("verify", _verify, "Check the journal: find edited, removed, re-ordered or cut-off entries.")
    verb("rebuild", _rebuild, "Drop the derived tables and replay the journal: the result must be identical.")
    explain = verb("explain", _explain, "Print a journal entry, and everything its command caused.")
    explain.add_argument("seq", type=int)
    verb("doctor", _doctor, "Look for what is wrong or missing on this box.")
    export = verb("export", _export, "Write the books of some business dates into files (docs/export.md).")
    export.add_argument("--from", dest="first", required=True, help="first business date, 2026-06-01")
    export.add_argument("--to", dest="last", required=True, help="last business date")
    export.add_argument("--format", default="csv", help=_FORMATS)
    export.add_argument("--out", type=Path, help="a new or empty folder (default: books-FIRST-LAST-FORMAT)")
    demo = verb("demo", _demo, "Open a whole pretend shop on this machine; one page to open.")
    demo.add_argument("--check", action="store_true", help="do everything by itself and print what was proved")
    demo.add_argument("--baskets", type=Path, help="with --check: ring the baskets of this file")
    demo.add_argument("--port", type=int, default=8000, help="the start page's port; 0 takes any")
    demo.add_argument("--country", default="dk", help="dk, pl, ro, rs or kr")
    return parser


def _run(arguments: argparse.Namespace) -> None:
    config = load(arguments.config)
    sys.setswitchinterval(HAND_OVER)
    uvloop.run(_until_told(config))


async def _until_told(config: StoreConfig) -> None:
    from edge.app.rooms import World
    from edge.app.store import run

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    await run(config, World.real(), stop)


def _init(arguments: argparse.Namespace) -> None:
    people = _people(arguments)
    asyncio.run(_initialise(load(arguments.config), people))
    names = ", ".join(each.user for each in people)
    print(f"{names} may sign in. Start the shop with: edge run --config {arguments.config}")


def _people(arguments: argparse.Namespace) -> "list[Person]":
    from edge.app.offline import Person

    if arguments.people is not None:
        with arguments.people.open(encoding="utf-8", newline="") as file:
            return [Person(row["user"], row["name"], row["role"], row["pin"]) for row in csv.DictReader(file)]
    if not (arguments.user and arguments.name):
        raise Refused("nobody was named", hint="Give --user and --name of the first manager, or --people FILE.")
    pin = sys.stdin.readline().strip() if arguments.pin_stdin else getpass.getpass("PIN (4 to 12 digits): ")
    return [Person(arguments.user, arguments.name, "manager", pin)]


async def _initialise(config: StoreConfig, people: "list[Person]") -> None:
    from edge.app.offline import first_people
    from edge.app.rooms import World

    await first_people(config, World.real(), people)


def _verify(arguments: argparse.Namespace) -> int:
    from edge.journal.verify import verify

    found = verify(Path(load(arguments.config).paths.journal))
    print(found.words())
    return 0 if found.ok else 1


def _rebuild(arguments: argparse.Namespace) -> int:
    from edge.app.offline import rebuilt
    from edge.app.rooms import World

    before, after = asyncio.run(rebuilt(load(arguments.config), World.real()))
    same = before == after
    print("Identical." if same else "The tables were not what the journal says; they are now.")
    return 0 if same else 1


def _explain(arguments: argparse.Namespace) -> None:
    from edge.journal.verify import explain

    for entry in explain(Path(load(arguments.config).paths.journal), arguments.seq):
        data = msgspec.json.format(entry.data, indent=2).decode()
        print(f"{entry.seq} {entry.type} {entry.time} by {entry.actor}, because of {entry.cause}\n{data}\n")


def _doctor(arguments: argparse.Namespace) -> int:
    from edge.app.doctor import look

    found = look(load(arguments.config), date.today())  # noqa: DTZ011  # a local date is what is meant
    print("\n".join(found) or "Nothing is missing.")
    return 1 if found else 0


_FORMATS = "csv (the default), or saft-no: SAF-T Cash Register 1.0, not run through the authority's schema or script"


def _export(arguments: argparse.Namespace) -> None:
    from edge.app.export import Wanted, export

    out = arguments.out or Path(f"books-{arguments.first}-{arguments.last}-{arguments.format}")
    wanted = Wanted(arguments.first, arguments.last, arguments.format, out)
    for path in export(load(arguments.config), wanted):
        print(path)


def _demo(arguments: argparse.Namespace) -> int:
    from edge.sim.demo import demo

    return demo(arguments.port, arguments.country, check=arguments.check, baskets=arguments.baskets)


if __name__ == "__main__":
    sys.exit(main())
