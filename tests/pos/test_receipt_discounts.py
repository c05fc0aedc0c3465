"""What was taken off stands on the paper: each promotion by its name, the rest as a discount."""

from dataclasses import replace

from edge.facts import Given
from edge.pos.receipt.document import Pair
from edge.pos.receipt.sale import receipt
from edge.units import Minor
from tests.pos.sold import CHAIN, SHOP, sale


def test_every_promotion_is_named_and_what_was_given_by_hand_is_apart() -> None:
    sold = sale("Sok", "Støvle", "Hue")
    by_promotion = replace(
        sold.lines[0],
        discount=Minor(5_000),
        gross=Minor(118_450),
        promotions=(Given("ten", "Ti kroner af", Minor(5_000)),),
    )
    both = replace(sold.lines[1], discount=Minor(7_500), gross=Minor(115_950), promotions=by_promotion.promotions)
    paper = receipt(replace(sold, lines=(by_promotion, both, sold.lines[2])), CHAIN, SHOP)
    assert paper.texts("promotion") == [SHOP.money(Minor(-5_000))] * 2
    assert paper.texts("discount") == [SHOP.money(Minor(-2_500))]
    assert [each.left for each in paper.blocks if isinstance(each, Pair) and each.role == "promotion"] == [
        "Ti kroner af",
        "Ti kroner af",
    ]
