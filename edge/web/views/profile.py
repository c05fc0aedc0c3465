"""What the pages must know of the country."""

from edge.countries.profile import Profile


def profile_view(profile: Profile, time_zone: str) -> dict[str, object]:
    """`Profile`, as docs/screens.md writes it."""
    buyer = profile.buyer
    return {
        "country": profile.country,
        "currency": profile.currency,
        "decimals": profile.decimals,
        "time_zone": time_zone,
        "denominations": list(profile.denominations),
        "fiscal": profile.fiscal.regime,
        "buyer": None
        if buyer is None
        else {
            "kind": buyer.kind,
            "required_from_minor": buyer.required_from,
            "pattern": "|".join(f"(?:{form.pattern})" for form in buyer.forms),
            "example": buyer.forms[0].example if buyer.forms else "",
            "ways": [form.name for form in buyer.forms] if len(buyer.forms) > 1 else [],
        },
    }
