"""What promotions gave comes back with the goods: all parts together are exactly what was given."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import load_profile
from edge.facts import Given, RefundDecided
from edge.pos.returns.due import Back, due, earlier_of
from edge.units import Minor
from tests.pos.returned import DAY, decided, sale_of

ZZ = load_profile("zz")


@given(
    st.lists(st.integers(1, 999), max_size=3), st.integers(0, 500), st.lists(st.integers(1, 3), min_size=1, max_size=5)
)
def test_the_parts_of_a_return_give_back_each_promotion_to_the_last_unit(
    amounts: list[int], by_hand: int, parts: list[int]
) -> None:
    sold = sale_of([(sum(parts), 9_000, sum(amounts) + by_hand, "standard")], ZZ)
    promotions = tuple(Given(f"p{n}", "P", Minor(amount)) for n, amount in enumerate(amounts))
    sold = replace(sold, lines=(replace(sold.lines[0], promotions=promotions),))
    back: dict[str, int] = {}
    refunds: list[RefundDecided] = []
    for part in parts:
        found = due(sold, earlier_of(refunds), [Back(sold.lines[0].line, part)], ZZ, DAY)
        (line,) = found.lines
        assert all(each.amount > 0 for each in line.promotions)
        assert sum(each.amount for each in line.promotions) <= line.discount
        for each in line.promotions:
            back[each.promotion] = back.get(each.promotion, 0) + each.amount
        refunds.append(decided(found, len(refunds)))
    assert back == {each.promotion: each.amount for each in promotions}
