"""Pure: which role may do what, and when too many wrong PINs mean a wait."""

from collections.abc import Mapping

CASHIER = frozenset({"sell", "void", "cash-up", "print"})
MANAGER = CASHIER | {"stock", "variance", "settle", "staff"}
ROLES: Mapping[str, frozenset[str]] = {"cashier": CASHIER, "manager": MANAGER}
"""Role -> rights: `sell` opens a shift, fills and pays a basket; `void` gives up a line or basket; `cash-up` counts and
closes; `print` settles a paper nobody is sure of; `variance` sees what is missing.
"""

FREE_TRIES = 4
"""Wrong PINs in a row that cost nothing."""
LONGEST_WAIT = 300


def wait_seconds(failures: int) -> int:
    """How long after the last wrong PIN the next try may come: 0 at first, then 5 s doubling to five minutes."""
    return 0 if failures < FREE_TRIES else min(LONGEST_WAIT, 5 * 2 ** (failures - FREE_TRIES))
