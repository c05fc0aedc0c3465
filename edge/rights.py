"""Pure: what somebody may be allowed to do at a shop, and up to where. A role names some of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

RIGHTS: Mapping[str, str] = MappingProxyType(
    {
        "sell": "open a shift, fill and pay baskets, park and resume them",
        "void": "give up a line or a basket",
        "discount": "take something off a line or basket, up to the role's ceiling",
        "discount-over": "approve more than that, up to their own ceiling",
        "price-override": "sell at another price",
        "refund": "take goods back",
        "approve-refund": "approve what a cashier may not give back alone",
        "no-sale": "open the drawer without a sale",
        "cash-move": "pay in and out, drop and carry cash, up to a cashier's ceiling",
        "cash-office": "the same above the ceiling, to the bank, and what was found",
        "cash-up": "count the cash and close the day",
        "print": "settle a paper nobody is sure of",
        "training": "practise at a till",
        "variance": "see what is missing",
        "office": "read the day's reports and take the books out",
        "settle": "settle what a manager must see to",
        "stock": "count goods, receive them, write them off",
        "unlock": "let somebody sign in again after too many wrong PINs",
        "staff": "name people who may sign in",
    }
)
"""Right -> what it allows."""
CEILINGS: Mapping[str, str] = MappingProxyType(
    {
        "discount_line": "hundredths of a percent that may be taken off a line",
        "discount_basket": "hundredths of a percent that may be taken off a basket",
    }
)
"""Ceiling -> its unit. A role that does not name one may go to nothing of it."""


@dataclass(frozen=True, slots=True)
class Role:
    """A name with rights and ceilings."""

    id: str
    rights: frozenset[str] = frozenset()
    ceilings: Mapping[str, int] = field(default_factory=dict)

    def most(self, ceiling: str) -> int:
        """How far the role may go; 0 where it says nothing."""
        return self.ceilings.get(ceiling, 0)


_CASHIER = frozenset(
    {"sell", "void", "discount", "refund", "no-sale", "cash-move", "cash-up", "print", "training"},
)
_WHOLE = 10_000
CASHIER = Role("cashier", _CASHIER, MappingProxyType({"discount_line": 1_000, "discount_basket": 500}))
MANAGER = Role(
    "manager",
    frozenset(RIGHTS),
    MappingProxyType({"discount_line": _WHOLE, "discount_basket": _WHOLE}),
)
BUILT_IN: Mapping[str, Role] = MappingProxyType({role.id: role for role in (CASHIER, MANAGER)})
"""What a role means as long as headquarters' feed does not say otherwise."""
