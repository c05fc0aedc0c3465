"""Pure: which role may do what, and when too many wrong PINs mean a wait."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge.units import BasisPoints

CASHIER = frozenset({"sell", "void", "cash-up", "print", "discount", "cash-move", "no-sale", "refund"})
MANAGER = CASHIER | {"stock", "variance", "settle", "staff", "discount-over", "cash-office", "office", "approve-refund"}
ROLES: Mapping[str, frozenset[str]] = {"cashier": CASHIER, "manager": MANAGER}
"""Role -> rights: `sell` opens a shift, fills and pays a basket; `void` gives up a line or basket; `cash-up` counts and
closes; `print` settles a paper nobody is sure of; `variance` sees what is missing; `discount` takes something off a
line or basket, up to the role's ceiling; `discount-over` approves more, up to the approver's; `cash-move` pays in and
out, drops and carries cash up to a cashier's ceiling, `cash-office` above it, to the bank, and what was found;
`no-sale` opens the drawer; `office` reads the day's reports and takes the books out; `refund`
takes goods back, `approve-refund` says yes to what a cashier may not give back alone.
"""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The largest share of its price that a role may take off a line, and off a basket."""

    line: BasisPoints
    basket: BasisPoints


CEILINGS: Mapping[str, Ceiling] = {
    "cashier": Ceiling(BasisPoints(1_000), BasisPoints(500)),
    "manager": Ceiling(BasisPoints(10_000), BasisPoints(10_000)),
}
NOTHING = Ceiling(BasisPoints(0), BasisPoints(0))

FREE_TRIES = 4
"""Wrong PINs in a row that cost nothing."""
LONGEST_WAIT = 300


def ceiling(role: str) -> Ceiling:
    """How much `role` may take off; nothing for a role nobody knows."""
    return CEILINGS.get(role, NOTHING)


def wait_seconds(failures: int) -> int:
    """How long after the last wrong PIN the next try may come: 0 at first, then 5 s doubling to five minutes."""
    return 0 if failures < FREE_TRIES else min(LONGEST_WAIT, 5 * 2 ** (failures - FREE_TRIES))
