"""Payment terminals and wallets, as `store.toml` names them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Terminal:
    """A payment terminal. `url` is `manual:` for one without a wire (the cashier keys the amount and types the slip's
    number), `zvt://host:port` for one that speaks ZVT over TCP.
    """

    id: str
    url: str = "manual:"
    password: str = "000000"  # noqa: S105  # what terminals are delivered with
    """The merchant's password, six digits, where the terminal wants one."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """Another name to pay by (MobilePay, BLIK, KakaoPay), at every till; `terminal` is where it is confirmed."""

    id: str
    name: str
    terminal: str = ""
    """Empty: the till's own terminal."""


def wrong_ways(terminals: Sequence[Terminal], wallets: Sequence[Wallet]) -> list[str]:
    """What the shapes cannot say of them."""
    errors = []
    for each in terminals:
        if urlsplit(each.url).scheme not in ("manual", "zvt"):
            errors.append(f"terminal.{each.id}.url: {each.url!r} is neither manual: nor zvt://host:port")
        if not re.fullmatch(r"[0-9]{6}", each.password):
            errors.append(f"terminal.{each.id}.password: it is made of six digits")
    named = [("terminal", each.id) for each in terminals] + [("wallet", each.id) for each in wallets]
    return errors + [
        f"{kind}.{name}: {name!r} is no name; it is made of a-z, 0-9 and '-', at most 32 long"
        for kind, name in named
        if not re.fullmatch(r"[a-z0-9-]{1,32}", name) or (kind == "wallet" and name in ("cash", "card"))
    ]
