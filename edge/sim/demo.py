"""`edge demo`: a whole chain of shops on this machine, with pretend devices that speak the real bytes."""

import asyncio
import signal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from edge.sim.stage.theatre import Theatre

if TYPE_CHECKING:
    from edge.sim.stage.pages import Stage
    from edge.web.listen import Listener


def demo(port: int, country: str, *, check: bool, baskets: Path | None) -> int:
    """Run until Ctrl-C; with `check` prove everything and end, 0 when all of it holds."""
    if check:
        from edge.sim.stage.check import check_all, check_baskets  # noqa: PLC0415  # only where it is needed

        return asyncio.run(check_all() if baskets is None else check_baskets(baskets))
    asyncio.run(_until_told(port, country))
    return 0


async def _until_told(port: int, country: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    theatre = Theatre(f"http://127.0.0.1:{port}/")
    opening = asyncio.create_task(theatre.open(country))
    told_to_stop = asyncio.create_task(stop.wait())
    try:
        await _open(theatre, port, opening, told_to_stop)
    finally:
        for task in (opening, told_to_stop):
            task.cancel()
        await asyncio.gather(opening, told_to_stop, return_exceptions=True)
        await theatre.close()


async def _open(theatre: Theatre, port: int, opening: "asyncio.Task[None]", told_to_stop: "asyncio.Task[bool]") -> None:
    await asyncio.to_thread(import_module, "edge.sim.stage.pages")  # takes a while, in which the shops start
    from edge.sim.stage.pages import Stage  # noqa: PLC0415
    from edge.web.listen import Listener  # noqa: PLC0415

    stage = Stage(theatre)
    door = Listener(stage.app(), f"127.0.0.1:{port}")
    try:
        await door.start()
        await asyncio.wait([opening, told_to_stop], return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            opening.result()
            await _show(stage, door, told_to_stop)
    finally:
        await stage.live.close()
        await door.stop()


async def _show(stage: "Stage", door: "Listener", until: "asyncio.Task[bool]") -> None:
    _say(f"The shop is open: {door.url}/   (Ctrl-C closes it)")
    showing = asyncio.create_task(stage.run(), name="stage")
    await asyncio.wait([until, showing], return_when=asyncio.FIRST_COMPLETED)
    showing.cancel()
    await asyncio.gather(showing, return_exceptions=True)


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  # the one line a visitor needs
