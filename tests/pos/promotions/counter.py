"""Goods and promotions to try the engine with, and a slow second opinion of what is best: every way is looked at."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from math import floor

from hypothesis import strategies as st

from edge.facts.offers import Terms
from edge.pos.promotions.model import Fits, Kind, Ware
from edge.units import BasisPoints, LineId, Minor, Sku

PLAIN = Terms("p@1", "Promotion", "percent", "goods", 0, BasisPoints(0), Minor(0), None, (1,), Minor(0), 0, False, ())


def terms(key: str, kind: Kind, needs: tuple[int, ...] = (1,), **more: object) -> Terms:
    return replace(PLAIN, key=key, name=key, kind=kind, needs=needs, **more)  # type: ignore[arg-type]


def ware(line: int, price: int, *fits: str | tuple[str, int], count: int = 1, sku: str = "", tax: str = "A") -> Ware:
    """A line that fits these promotions, as their part 0 unless it says which."""
    pairs: Fits = tuple(sorted((fit, 0) if isinstance(fit, str) else fit for fit in fits))
    return Ware(LineId(line), Sku(sku or f"sku{line}"), tax, Minor(price), count, pairs)


def _half_up(amount: int, rate: int) -> int:
    return floor(Fraction(amount * rate, 10_000) + Fraction(1, 2))


def _off(each: Terms, whole: int) -> int:
    if each.price is not None:
        return max(0, whole - each.price)
    return _half_up(whole, each.rate) if each.rate else min(each.amount, whole)


Unit = tuple[int, Fits]
"""(price, fits)."""


def _gives(each: Terms, units: Sequence[Unit]) -> int:
    """What one set of exactly these units gives; 0 when it is no set."""
    parts = [frozenset(part for key, part in fits if key == each.key) for _, fits in units]
    prices = sorted((price for price, _ in units), reverse=True)
    if each.kind == Kind.THRESHOLD:
        return _threshold(each, units, parts)
    if each.kind == Kind.BUNDLE:
        wanted = [part for part, need in enumerate(each.needs) for _ in range(need)]
        fits = any(all(part in parts[at] for part, at in zip(wanted, order, strict=True))
                   for order in permutations(range(len(units)))) if len(wanted) == len(units) else False  # fmt: skip
        return _off(each, sum(prices)) if fits else 0
    size = sum(each.needs) if each.kind in (Kind.BUY_GET, Kind.MIX) else 1
    if len(units) != size or not all(0 in part for part in parts):
        return 0
    if each.kind == Kind.BUY_GET:
        return sum(_off(each, price) for price in prices[each.needs[0] :])
    return _off(each, sum(prices))


def _threshold(each: Terms, units: Sequence[Unit], parts: Sequence[frozenset[int]]) -> int:
    if len(each.needs) == 1:
        whole = sum(price for price, _ in units)
        return _off(each, whole) if all(0 in part for part in parts) and whole >= max(1, each.floor) else 0
    best = 0
    for gift in range(len(units)):
        others = [at for at in range(len(units)) if at != gift]
        whole = sum(units[at][0] for at in others) if all(0 in parts[at] for at in others) else 0
        if 1 in parts[gift] and whole >= max(1, each.floor):
            best = max(best, _off(each, units[gift][0]))
    return best


def best_of_all(wares: Sequence[Ware], offered: Sequence[Terms]) -> int:
    """The most that these goods can be given in one exclusion group."""
    units: list[Unit] = [(each.price, each.fits) for each in wares for _ in range(each.count)]

    @cache
    def most(left: frozenset[int], used: tuple[int, ...], threshold: bool) -> int:
        if not left:
            return 0
        first = min(left)
        rest = left - {first}
        best = most(rest, used, threshold)
        for at, each in enumerate(offered):
            if (each.times and used[at] >= each.times) or (each.kind == Kind.THRESHOLD and threshold):
                continue
            for size in range(len(rest) + 1):
                for others in combinations(sorted(rest), size):
                    gives = _gives(each, [units[n] for n in (first, *others)])
                    if gives:
                        then = tuple(n + (place == at) for place, n in enumerate(used))
                        over = threshold or each.kind == Kind.THRESHOLD
                        best = max(best, gives + most(rest - set(others), then, over))
        return best

    return most(frozenset(range(len(units))), (0,) * len(offered), False)


KEYS = ("a@1", "b@1", "c@1")


@st.composite
def any_terms(draw: st.DrawFn, key: str, *, exclusion: str = "goods") -> Terms:
    """A promotion of any kind."""
    kind = draw(st.sampled_from(list(Kind)))
    needs = {
        Kind.BUY_GET: st.sampled_from([(1, 1), (2, 1), (1, 2)]),
        Kind.MIX: st.sampled_from([(1,), (2,), (3,)]),
        Kind.BUNDLE: st.sampled_from([(1, 1), (2, 1), (1, 1, 1)]),
        Kind.THRESHOLD: st.sampled_from([(1,), (1, 1)]),
    }.get(kind, st.just((1,)))
    gives = draw(st.sampled_from(["rate", "amount", "price"]))
    return terms(
        key,
        kind,
        draw(needs),
        exclusion=exclusion,
        priority=draw(st.integers(0, 2)),
        rate=draw(st.integers(1, 10_000)) if gives == "rate" else 0,
        amount=draw(st.integers(1, 400)) if gives == "amount" else 0,
        price=draw(st.integers(0, 400)) if gives == "price" else None,
        floor=draw(st.integers(0, 600)) if kind == Kind.THRESHOLD else 0,
        times=draw(st.sampled_from([0, 0, 1, 2])) if kind != Kind.THRESHOLD else 0,
    )


@st.composite
def any_wares(draw: st.DrawFn, keys: Sequence[str], *, units: int) -> list[Ware]:
    """A few lines with `units` units at most."""
    wares: list[Ware] = []
    left = draw(st.integers(0, units))
    while left:
        count = draw(st.integers(1, min(3, left)))
        fits = draw(st.lists(st.tuples(st.sampled_from(keys), st.integers(0, 2)), max_size=4, unique=True))
        price, tax = draw(st.sampled_from([0, 1, 99, 100, 250, 333])), draw(st.sampled_from("AB"))
        wares.append(ware(len(wares) + 1, price, *fits, count=count, sku=f"s{draw(st.integers(0, 3))}", tax=tax))
        left -= count
    return wares
