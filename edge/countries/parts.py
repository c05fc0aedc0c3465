"""Builds a `Profile` out of a TOML table, part by part; what is wrong is remembered by the reader (pure)."""

from edge.countries.reader import Reader
from edge.countries.rules import (
    Buyer,
    BuyerForm,
    CashRounding,
    FiscalRules,
    Profile,
    Regime,
    ReturnDocument,
    ReturnRules,
    Step,
    TaxRate,
    TaxRounding,
    Threshold,
    Wording,
)
from edge.units import BasisPoints, Minor


def profile_in(top: Reader) -> Profile:
    """The profile a file says; what is wrong with it is in `top.errors`."""
    tax, cash = top.table("tax"), top.table("cash")
    retention, buyer = top.table("retention"), top.table_or_none("buyer")
    return Profile(
        country=top.text("country", "[A-Z]{2}"),
        name=top.text("name"),
        currency=top.text("currency", "[A-Z]{3}"),
        decimals=top.integer("decimals", 0, 3),
        source=top.text("source"),
        checked_on=top.day("checked_on"),
        notes=top.text("notes", default=""),
        tax_rounding=TaxRounding(tax.choice("rounding", [*TaxRounding])),
        tax_source=tax.text("source"),
        rates=tuple(_rate(each) for each in tax.tables("rate")),
        cash_rounding=tuple(_cash_rounding(each) for each in cash.tables("rounding")),
        cash_rounding_source=cash.text("rounding_source"),
        notes_in_use=tuple(Minor(value) for value in cash.integers("notes")),
        coins=tuple(Minor(value) for value in cash.integers("coins")),
        cash_ceiling=_minor(cash.integer_or_none("ceiling", 1)),
        cash_ceiling_source=cash.text("ceiling_source"),
        retention_years=retention.integer("years", 1, 30),
        retention_source=retention.text("source"),
        fiscal=_fiscal(top.table("fiscal")),
        wording=_wording(top.table("receipt")),
        returns=_returns(top.table("returns")),
        buyer=None if buyer is None else _buyer(buyer),
        thresholds=tuple(_threshold(each) for each in top.tables("threshold")),
    )


def _minor(value: int | None) -> Minor | None:
    return None if value is None else Minor(value)


def _rate(each: Reader) -> TaxRate:
    return TaxRate(
        label=each.text("label", ".{1,16}"),
        tax_class=each.text("class", "[a-z0-9-]{1,16}"),
        name=each.text("name"),
        rate=BasisPoints(each.integer("rate", 0, 10_000)),
        valid_from=each.day("from"),
        valid_until=each.day_or_none("until"),
    )


def _cash_rounding(each: Reader) -> CashRounding:
    return CashRounding(
        valid_from=each.day("from"),
        unit=each.integer("unit", 2, 100_000),
        sale=tuple(Step(upto, to) for upto, to in each.pairs("sale")),
        change=tuple(Step(upto, to) for upto, to in each.pairs("change")),
    )


def _fiscal(each: Reader) -> FiscalRules:
    return FiscalRules(
        regime=Regime(each.choice("regime", [*Regime])),
        device_tax_table=each.flag("device_tax_table"),
        device_prints=each.flag("device_prints"),
        device_kicks_drawer=each.flag("device_kicks_drawer"),
        sell_without=each.flag("sell_without"),
        daily_report=each.flag("daily_report"),
        copy_by_device=each.flag("copy_by_device"),
        deadline_days=each.integer("deadline_days", 0, 366),
        anonymous=each.text("anonymous", default=""),
        source=each.text("source"),
    )


def _wording(each: Reader) -> Wording:
    return Wording(
        required=each.texts("required"),
        tax_name=each.text("tax_name"),
        copy=each.text("copy"),
        training=each.text("training"),
        source=each.text("source"),
    )


def _returns(each: Reader) -> ReturnRules:
    return ReturnRules(
        document=ReturnDocument(each.choice("document", [*ReturnDocument])),
        own_numbers=each.flag("own_numbers"),
        without_receipt=each.flag("without_receipt"),
        signatures=each.texts("signatures"),
        title=each.text("title", default=""),
        source=each.text("source"),
    )


def _buyer(each: Reader) -> Buyer:
    return Buyer(
        kind=each.text("kind", "[a-z-]+"),
        required_from=_minor(each.integer_or_none("required_from", 0)),
        cash_only=each.flag("cash_only"),
        forms=tuple(_form(form) for form in each.tables("form")),
        source=each.text("source"),
    )


def _form(each: Reader) -> BuyerForm:
    return BuyerForm(
        name=each.text("name", "[a-z-]+"),
        pattern=each.pattern("pattern"),
        check=each.choice("check", ["none", "nip", "cui", "pib", "brn"]),
        personal=each.flag("personal"),
        example=each.text("example"),
    )


def _threshold(each: Reader) -> Threshold:
    return Threshold(
        name=each.text("name", "[a-z-]+"),
        amount=Minor(each.integer("amount", 1)),
        text=each.text("text"),
        source=each.text("source"),
    )
