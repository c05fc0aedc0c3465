"""The slip a pretend terminal prints (pure)."""

from edge.sim.zvt.truth import Transaction

_TITLES = {"charge": "CARD PAYMENT", "reversal": "REVERSAL", "declined": "NOT APPROVED"}


def slip(transaction: Transaction, decimals: int = 2) -> tuple[str, ...]:
    """Its lines."""
    whole, part = divmod(transaction.amount, 10**decimals)
    amount = f"{whole}.{part:0{decimals}}" if decimals else str(whole)
    return (
        _TITLES[transaction.kind],
        f"Slip {transaction.receipt:04}  Trace {transaction.trace:06}",
        f"{transaction.at[:10]} {transaction.at[11:19]}",
        f"Amount {amount}",
    )
