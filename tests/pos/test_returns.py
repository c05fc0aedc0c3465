"""What goes back: all parts of a sale together give exactly what was paid, in every ledger, whatever their order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.countries.profile import TaxRounding, load_profile
from edge.errors import Refused
from edge.facts import RefundDecided
from edge.pos.returns.due import Back, due, earlier_of, instead, left, share
from edge.units import LineId, TenderKind
from tests.pos.returned import DAY, decided, sale_of

DK, ZZ = load_profile("dk"), load_profile("zz")
CASH, CARD = TenderKind.CASH, TenderKind.CARD


rows = st.lists(
    st.tuples(
        st.integers(1, 7), st.integers(0, 50_000), st.integers(0, 20_000), st.sampled_from(["standard", "reduced"])
    ),
    min_size=1,
    max_size=6,
)


@given(rows, st.integers(0, 60_000), st.sampled_from([*TaxRounding]), st.data())
def test_all_partial_returns_together_are_the_sale_backwards(
    sold: list[tuple[int, int, int, str]], card: int, rounding: TaxRounding, data: st.DataObject
) -> None:
    profile = replace(ZZ, tax_rounding=rounding, cash_rounding=DK.cash_rounding)
    sale = sale_of(sold, profile, card)
    pieces = [line.line for line in sale.lines for _ in range(line.quantity)]
    order = data.draw(st.permutations(pieces))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=5)) | {len(order)})
    refunds: list[RefundDecided] = []
    for begin, end in zip([0, *cuts], cuts, strict=False):
        part = order[begin:end]
        wanted = [Back(line, part.count(line)) for line in sorted(set(part))]
        found = due(sale, earlier_of(refunds), wanted, profile, DAY)
        assert found.total == sum(line.gross for line in found.lines) == sum(row.gross for row in found.taxes)
        assert found.amount == found.total + found.rounding
        assert all(line.gross == line.quantity * line.unit_price - line.discount for line in found.lines)
        assert all(line.gross >= 0 and line.discount >= 0 for line in found.lines)
        assert all(row.net + row.tax == row.gross for row in found.taxes)
        assert all(part.amount >= 0 and part.goods >= 0 for part in found.parts)
        refunds.append(decided(found, len(refunds)))
    for line in sale.lines:
        own = [back for refund in refunds for back in refund.lines if back.line == line.line]
        assert sum(back.quantity for back in own) == line.quantity
        assert sum(back.gross for back in own) == line.gross
        assert sum(back.discount for back in own) == line.discount
    for row in sale.taxes:
        taxed = [
            back for refund in refunds for back in refund.taxes if (back.label, back.rate) == (row.label, row.rate)
        ]
        assert sum(back.tax for back in taxed) == row.tax
        assert sum(back.net for back in taxed) == row.net
    assert sum(refund.rounding for refund in refunds) == sale.rounding
    for kind in TenderKind:
        given_back = sum(part.amount for refund in refunds for part in refund.parts if part.given is kind)
        assert given_back == sum(each.amount for each in sale.tenders if each.kind is kind)
    with pytest.raises(Refused) as refused:
        due(sale, earlier_of(refunds), [Back(sale.lines[0].line, 1)], profile, DAY)
    assert refused.value.code == "too-much-back"


@given(st.integers(0, 10**6), st.integers(1, 200))
def test_a_discount_is_shared_so_that_no_two_pieces_differ_by_more_than_one(discount: int, pieces: int) -> None:
    steps = [share(discount, pieces, n + 1) - share(discount, pieces, n) for n in range(pieces)]
    assert sum(steps) == discount
    assert max(steps) - min(steps) <= 1


def test_a_tenth_off_three_pairs_comes_back_pair_by_pair() -> None:
    sale = sale_of([(3, 9995, 3000, "standard"), (1, 5, 0, "standard")], DK)
    first = due(sale, earlier_of([]), [Back(LineId(1), 1)], DK, DAY)
    assert (first.total, first.amount) == (8995, 9000)
    assert [line.discount for line in first.lines] == [1000]
    assert left(sale.lines[0], earlier_of([decided(first, 1)])) == 2


def test_what_was_paid_by_card_goes_back_to_the_card_first_and_cash_only_with_another_word() -> None:
    sale = sale_of([(2, 10_025, 0, "standard")], DK, card=15_000)
    assert (sale.tenders[1].amount, sale.rounding) == (5_050, 0)
    first = due(sale, earlier_of([]), [Back(LineId(1), 1)], DK, DAY)
    assert [(part.paid, part.given, part.amount, part.reference) for part in first.parts] == [
        (CARD, CARD, 10_025, "slip 7")
    ]
    other = instead(first, CASH, DK, DAY)
    assert [(part.paid, part.given, part.goods, part.amount) for part in other.parts] == [(CARD, CASH, 10_025, 10_000)]
    rest = due(sale, earlier_of([decided(other, 1)]), [Back(LineId(1), 1)], DK, DAY)
    assert [(part.given, part.amount) for part in rest.parts] == [(CARD, 4_975), (CASH, 5_050)]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([], "nothing-back"),
        ([Back(LineId(1), 0)], "bad-quantity"),
        ([Back(LineId(1), -1)], "bad-quantity"),
        ([Back(LineId(1), 3)], "too-much-back"),
        ([Back(LineId(9), 1)], "unknown-line"),
        ([Back(LineId(1), 1), Back(LineId(1), 1)], "nothing-back"),
    ],
)
def test_what_cannot_come_back_is_refused_in_words(wanted: list[Back], code: str) -> None:
    with pytest.raises(Refused) as refused:
        due(sale_of([(2, 10_000, 0, "standard")], DK), earlier_of([]), wanted, DK, DAY)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_training_sale_gives_nothing_back() -> None:
    sale = replace(sale_of([(1, 100, 0, "standard")], DK), training=True)
    with pytest.raises(Refused) as refused:
        due(sale, earlier_of([]), [Back(LineId(1), 1)], DK, DAY)
    assert refused.value.code == "training"
