"""`edge demo --check`: does all of it by itself, prints what it proved, in a shopkeeper's words."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.errors import StoreEdgeError
from edge.sim.stage import abroad, cards, comeback, proofs
from edge.sim.stage.cashier import Problem
from edge.sim.stage.replay import line, read_baskets, replay
from edge.sim.stage.theatre import Theatre
from edge.sim.stage.visitor import Late, Step, Visitor

STEPS: Sequence[tuple[str, Step]] = (
    ("A boot is sold: display, drawer and paper agree", proofs.sells_a_boot),
    ("The roll ends, three customers, a new roll: three papers", proofs.survives_an_empty_roll),
    ("A boot at the wall: sizes everywhere, the bad review too", proofs.shows_a_boot_at_the_wall),
    ("A pair leaves the shelf, then is sold: each number falls once", proofs.counts_the_shelf),
    ("A review comes and goes, a price is cut: every screen follows", proofs.follows_the_online_shop),
    ("A boot comes back: money, stock, paper and headquarters agree", comeback.takes_a_boot_back),
    ("Line cut, plug pulled in mid-payment: nothing lost, nothing twice", proofs.loses_nothing),
    ("A wallet and a card share a sale: the drawer stays shut", cards.pays_by_card),
    ("Plug pulled while the PIN is typed: charged once, paid once", cards.settles_the_unknown),
    ("Counted blind, fifty short, Z: the same at headquarters", proofs.closes_the_day),
    ("Poland: no fiscal device, no sale, and the till says why", abroad.poland),
    ("Serbia: the service's own text and QR on the paper", abroad.serbia),
    ("Korea: the cash receipt is asked for", abroad.korea),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the table."""

    words: str
    good: bool
    proof: str
    seconds: float


async def check_all() -> int:
    """Prove everything; 0 when all of it holds."""
    began, theatre, claims = time.monotonic(), Theatre(""), list[Claim]()
    try:
        await theatre.open("dk")
        claims.append(Claim("The shop opens", good=True, proof="", seconds=time.monotonic() - began))
        _say(claims[-1])
        visitor = Visitor(theatre)
        for words, step in STEPS:
            claims.append(await _prove(words, step, visitor))
            _say(claims[-1])
    finally:
        closing = time.monotonic()
        await theatre.close()
    left = theatre.left_behind()
    words = "The shop closes and leaves nothing behind"
    claims.append(Claim(words, not left, ", ".join(left), time.monotonic() - closing))
    _say(claims[-1])
    good = all(claim.good for claim in claims)
    proved = sum(claim.good for claim in claims)
    _print(f"{'Proved' if good else 'NOT PROVED'}: {proved} of {len(claims)} in {time.monotonic() - began:.0f} s")
    return 0 if good else 1


async def _prove(words: str, step: Step, visitor: Visitor) -> Claim:
    began = time.monotonic()
    try:
        proof, good = await step(visitor), True
    except Problem as problem:
        proof, good = f"the till said: {problem} {problem.hint} [{problem.code}]", False
    except StoreEdgeError as error:
        proof, good = f"{error.message} {error.hint}", False
    except (AssertionError, Late, OSError, KeyError, TypeError, ValueError) as error:
        proof, good = f"{type(error).__name__}: {error}", False
    return Claim(words, good, proof, time.monotonic() - began)


async def check_baskets(path: Path) -> int:
    """Ring a file of baskets; the last line printed is one JSON object. 0 when both ledgers agree."""
    result = await replay(read_baskets(path))
    _print(line(result))
    return 0 if result.good else 1


def _say(claim: Claim) -> None:
    _print(f"{'yes' if claim.good else 'NO '}  {claim.seconds:5.1f} s  {claim.words:<66}  {claim.proof}".rstrip())


def _print(words: str) -> None:
    print(words, flush=True)  # noqa: T201  # the table a visitor asked for
