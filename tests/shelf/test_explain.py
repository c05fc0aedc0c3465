"""Which whole units explain the steps of neighbouring plates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.shelf.explain import NOTHING, Step, explain, fit
from edge.shelf.plate import Milligrams
from edge.units import PlateId, Sku

UNIT = 200_000


def step(plate: str, share: int, *, sku: str = "boot", unit: int = UNIT, count: int = 5) -> Step:
    """A step of `share` thousandths of a unit."""
    return Step(PlateId(plate), Sku(sku), Milligrams(unit), Milligrams(unit * share // 1000), count)


@given(st.integers(-50, 50), st.integers(-299, 299))
def test_the_nearest_whole_number_and_its_residual(units: int, off: int) -> None:
    assert fit(units * UNIT + off * UNIT // 1000, UNIT) == (units, abs(off))


@pytest.mark.parametrize(
    ("shares", "units"),
    [
        ([1000], {"a": 1}),
        ([-1299], {"a": -1}),
        ([-1300], {}),
        ([500], {}),
        ([500, 500], {"a": 1, "b": 0}),
        ([-400, -600], {"a": 0, "b": -1}),
        ([-330, -340, -330], {"a": 0, "b": -1, "c": 0}),
        ([1000, -1000], {"a": 1, "b": -1}),
        ([500, -500], {"a": 0, "b": 0}),
        ([1270, 1270], {}),
        ([-2000, -1000], {"a": -2, "b": -1}),
        ([-1020, 470], {"a": -1}),
        ([2400, 600], {"a": 2, "b": 1}),
        ([1400, 600], {"a": 1, "b": 1}),
    ],
)
def test_one_article_alone_or_across_its_plates(shares: list[int], units: dict[str, int]) -> None:
    assert explain([step(plate, share) for plate, share in zip("abc", shares, strict=False)]).units == units


def test_a_plate_gives_no_more_than_it_held_while_another_can() -> None:
    steps = [step("a", -600, count=0), step("b", -400, count=3)]
    assert explain(steps).units == {"a": 0, "b": -1}
    assert explain([step("a", -2600, count=1), step("b", -400, count=5)]).units == {"a": -1, "b": -2}
    assert sum(explain([step("a", -600, count=0), step("b", -400, count=0)]).units.values()) == -1


def test_different_articles_speak_for_themselves_or_one_of_them_explains_the_sum() -> None:
    sock = {"sku": "sock", "unit": 90_000}
    assert explain([step("a", -1000), step("b", 1000, **sock)]).units == {"a": -1, "b": 1}  # type: ignore[arg-type]
    half_a_boot = Step(PlateId("b"), Sku("sock"), Milligrams(150_000), Milligrams(100_000), 5)
    assert explain([step("a", 500), half_a_boot]).units == {"a": 1, "b": 0}


def test_what_two_articles_would_both_explain_stays_unknown() -> None:
    twin = Step(PlateId("b"), Sku("other boot"), Milligrams(UNIT), Milligrams(UNIT // 2), 5)
    assert explain([step("a", 500), twin]) == NOTHING
    assert explain([]) == NOTHING


@given(st.lists(st.tuples(st.integers(-4000, 4000), st.integers(0, 9)), min_size=1, max_size=3))
def test_whatever_is_understood_makes_up_the_weight(parts: list[tuple[int, int]]) -> None:
    steps = [step(plate, share, count=count) for plate, (share, count) in zip("abc", parts, strict=False)]
    found = explain(steps)
    if len(found.units) == len(steps):
        assert abs(sum(found.units.values()) * UNIT - sum(step.weight for step in steps)) < 3 * 0.3 * UNIT
    assert found.residual < 300
