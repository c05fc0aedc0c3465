"""Cash rounding as the country's table says it, on the cash part only (pure).

The payable is rounded once, by the *sale* column; change is then `tendered - payable` and needs no rounding. The
*change* column serves only pay-outs without a payable: a cash refund of goods.
"""

from datetime import date

from edge.countries.profile import Profile, Step
from edge.units import Minor


def round_sale(amount: Minor, profile: Profile, day: date) -> Minor:
    """What a customer who owes `amount` in cash pays."""
    rule = profile.rounding(day)
    return amount if rule is None else _look_up(amount, rule.unit, rule.sale)


def round_payout(amount: Minor, profile: Profile, day: date) -> Minor:
    """What a customer who is owed `amount` in cash gets."""
    rule = profile.rounding(day)
    return amount if rule is None else _look_up(amount, rule.unit, rule.change)


def _look_up(amount: Minor, unit: int, steps: tuple[Step, ...]) -> Minor:
    if amount < 0:
        raise ValueError(f"cash rounding of {amount}: sign it by its direction, not by its amount")
    whole, rest = divmod(amount, unit)
    return Minor(whole * unit + next(step.to for step in steps if rest <= step.upto))
