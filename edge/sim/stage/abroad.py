"""What `edge demo --check` proves in other countries: the law's device, service and question."""

import asyncio
from typing import cast

from edge.sim.stage.assortment import piece
from edge.sim.stage.cashier import Json, Problem
from edge.sim.stage.proofs import FLOAT, must
from edge.sim.stage.visitor import Visitor, calmly

SOCK = piece("ro", "grey", "40-43")
BOOT = piece("fjeld", "brown", "43")


async def poland(visitor: Visitor) -> str:
    """Without its fiscal device the till refuses in words; with it the device prints and the sale closes."""
    await visitor.theatre.switch("pl")
    till, device = await calmly(visitor.cashier), visitor.world.fiscal[0]
    await visitor.soon("the catalogue", lambda: till.find(SOCK.sku), 20)
    await calmly(lambda: till.do("open-shift", float_minor=FLOAT))
    await calmly(till.ring, [SOCK.code])
    await device.stop()
    await visitor.soon("the device is away", lambda: _fiscal(till.state()) == "down", 10)
    try:
        await calmly(till.pay)
        raise AssertionError("sold without the fiscal device")
    except Problem as problem:
        must(problem.code == "fiscal-down" and problem.hint, f"refused as {problem.code} without a hint")
        hint = problem.hint
    await device.start()
    await visitor.soon("the device is back", lambda: _fiscal(till.state()) == "up", 10)
    await calmly(till.pay)
    await visitor.soon("the sale closes", lambda: _closed(till.state()), 10)
    must(len(device.device.receipts) == 1, f"the device made {len(device.device.receipts)} receipts")
    till.close()
    return f'"{hint}"; plugged in again: one receipt'


async def serbia(visitor: Visitor) -> str:
    """The service's text and QR are printed unchanged."""
    await visitor.theatre.switch("rs")
    till, service, printer = await calmly(visitor.cashier), visitor.world.fiscal[0], visitor.world.printers[0]
    await visitor.soon("the catalogue", lambda: till.find(SOCK.sku), 20)
    await calmly(lambda: till.do("open-shift", float_minor=FLOAT))
    await visitor.soon("the service", lambda: _fiscal(till.state()) == "up", 10)
    await calmly(till.ring, [SOCK.code])
    await calmly(till.pay)
    await visitor.soon("the paper", lambda: len(printer.papers) == 1, 15)
    evidence, paper = service.device.receipts[0].evidence, printer.papers[0]
    lines = [line.rstrip() for line in paper.text.splitlines()]
    drawn = len(paper.rasters)
    missing = [line for line in evidence.text if line.strip() and line.rstrip() not in lines]
    must(len(missing) <= drawn, f"{len(missing)} of the service's lines are not on the paper: {missing[:1]}")
    must(evidence.qr in paper.symbols or drawn, "the service's QR is not on the paper")
    till.close()
    return f"{len(evidence.text)} lines and the QR of receipt {evidence.number} on the paper"


async def korea(visitor: Visitor) -> str:
    """From ₩100,000 in cash the till asks for the cash receipt; the fact keeps a mask."""
    await visitor.theatre.switch("kr")
    till = await calmly(visitor.cashier)
    await visitor.soon("the catalogue", lambda: till.find(BOOT.sku), 20)
    await calmly(lambda: till.do("open-shift", float_minor=FLOAT))
    await visitor.soon("the service", lambda: _fiscal(till.state()) == "up", 10)
    await calmly(till.ring, [BOOT.code])
    try:
        await calmly(till.pay)
        raise AssertionError("the till did not ask")
    except Problem as problem:
        must(problem.code == "buyer-needed", f"refused as {problem.code}")
    paid = await calmly(lambda: till.pay(buyer="010-1234-5678"))
    await visitor.soon("the sale closes", lambda: _closed(till.state()), 10)
    journal = await asyncio.to_thread((visitor.world.folder / "harbour" / "journal.db").read_bytes)
    must(b"01012345678" not in journal and b"1234-5678" not in journal, "the phone number is still on the box")
    till.close()
    return f"asked at ₩{cast('int', paid['payable_minor']):,}; only a mask is kept"


def _fiscal(state: Json) -> object:
    return cast("Json", state["fiscal"])["state"]


def _closed(state: Json) -> bool:
    last = cast("Json | None", state["last_sale"])
    return last is not None and bool(last["closed"])
