"""Country profiles are true to their sources, and a wrong file tells all its errors at once."""

from datetime import date
from importlib import resources

import pytest

from edge.countries.profile import Profile, Regime, countries, load_profile, read_profile, stale
from edge.errors import Halt, Refused

IN_2026 = date(2026, 6, 1)
FIVE = ("dk", "kr", "pl", "ro", "rs")


def dk() -> str:
    return resources.files("edge.countries").joinpath("dk.toml").read_text("utf-8")


def rates(country: str, day: date = IN_2026) -> dict[str, int]:
    return {rate.label: rate.rate for rate in load_profile(country).tax_table(day)}


def test_the_five_countries_are_there() -> None:
    assert set(FIVE) < set(countries())


@pytest.mark.parametrize("country", countries())
def test_every_profile_is_complete_and_says_where_it_comes_from(country: str) -> None:
    profile = load_profile(country)
    assert profile.country == country.upper()
    assert profile.source
    assert profile.tax_source
    assert profile.fiscal.source
    assert profile.wording.required
    assert len(profile.tax_table(IN_2026)) >= 2
    assert profile.rate("standard", IN_2026).rate > 0
    assert stale(profile, date(2026, 11, 22)) is ("not yet compared with the law" in profile.notes)
    assert stale(profile, date(2027, 1, 1))


def test_the_rates_of_2026() -> None:
    assert rates("dk") == {"25": 2500, "0": 0}
    assert rates("pl") == {"A": 2300, "B": 800, "C": 500, "D": 0, "E": 0}
    assert rates("ro") == {"A": 2100, "B": 1100, "D": 0}
    assert rates("rs") == {"Ђ": 2000, "Е": 1000, "Г": 0, "А": 0}
    assert rates("kr") == {"과세": 1000, "면세": 0}


def test_romania_changes_its_rates_at_midnight() -> None:
    assert rates("ro", date(2025, 7, 31)) == {"A": 1900, "B": 900, "D": 0}
    assert rates("ro", date(2025, 8, 1))["A"] == 2100


def test_who_makes_the_receipt() -> None:
    regimes = {country: load_profile(country).fiscal.regime for country in FIVE}
    assert regimes == {
        "dk": Regime.NONE,
        "pl": Regime.DEVICE,
        "ro": Regime.DEVICE,
        "rs": Regime.SERVICE,
        "kr": Regime.DEFERRED,
    }


def test_a_rate_is_found_by_class_and_by_label_and_an_unknown_one_names_the_known() -> None:
    poland = load_profile("PL")
    assert poland.rate("standard", IN_2026) == poland.rate("A", IN_2026)
    with pytest.raises(Refused) as refused:
        poland.rate("luxury", IN_2026)
    assert "standard (A)" in refused.value.hint


def test_korea_has_no_decimals_and_denominations_fall() -> None:
    korea = load_profile("kr")
    assert (korea.decimals, korea.denominations[0]) == (0, 50_000)
    serbia = load_profile("rs")
    assert list(serbia.denominations) == sorted(set(serbia.denominations), reverse=True)


def test_an_unknown_country_halts_with_the_known_ones() -> None:
    with pytest.raises(Halt) as halt:
        load_profile("xx")
    assert "dk" in halt.value.hint


def test_all_errors_are_told_at_once_with_a_suggestion() -> None:
    text = dk().replace("decimals = 2", 'decimals = "two"').replace("tax_name", "tax_nam").replace("years = 5", "")
    with pytest.raises(Halt) as halt:
        read_profile(text, "dk.toml")
    for word in ("decimals: wants an integer", "receipt.tax_nam: unknown, did you mean tax_name?", "retention.years"):
        assert word in halt.value.message


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('label = "0"', 'label = "25"', "two rates in force"),
        ("[99, 100]]\nchange", "[98, 100]]\nchange", "must rise to 99"),
        ("[99, 100]]\nchange", "[99, 101]]\nchange", "outside 0..100"),
        ("notes = [50000, 20000", "notes = [20000, 50000", "largest first"),
        ('regime = "none"', 'regime = "device"', "the device prints"),
        ("ceiling = 1499950", "ceiling = 14999.50", "cash.ceiling: wants an integer"),
        ("decimals = 2", "decimals = true", "decimals: wants an integer"),
        ("checked_on = 2025-12-31", 'checked_on = "lately"', "wants a day"),
        ('country = "DK"', 'country = "Denmark"', "country: wants a text like"),
        ("from = 2008-10-01", "from = 2008-10-01T00:00:00", "wants a day"),
        ("sale = [[24, 0]", "sale = [[24]", "pairs"),
        ('required = ["store-name"', "required = [1", "list of texts"),
        ("[retention]", "[[retention]]", "retention: wants a table"),
        ("sell_without = true", 'sell_without = "yes"', "true or false"),
        ('name = "Denmark"', 'name = "Denmark', "dk.toml:"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(old: str, new: str, word: str) -> None:
    assert old in dk()
    with pytest.raises(Halt) as halt:
        read_profile(dk().replace(old, new), "dk.toml")
    assert word in halt.value.message
    assert halt.value.hint


def test_the_same_text_reads_as_the_same_profile() -> None:
    one: Profile = read_profile(dk())
    assert one == load_profile("dk")
