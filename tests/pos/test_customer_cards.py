"""A customer's card is scanned like anything else, and is never mistaken for goods nor goods for it."""

from pathlib import Path

import pytest

from edge.errors import Refused
from edge.facts import BasketOpened, CustomerAttached, LineAdded, NothingChanged
from edge.feedoffers import MemberValue
from edge.pos.verbs import Scan
from edge.web.till.offers import offered
from tests.pos.test_till import one
from tests.pos.till_world import SOCK_CODE, TILL, till_world

CARD = "9908000123457"


@pytest.mark.parametrize("card", [CARD, "c7", "2302148210860"])
async def test_a_card_may_come_before_the_first_item_and_twice(tmp_path: Path, card: str) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(MemberValue(card, ("club",)))
        facts = await world.do(Scan(TILL, f" {card}\r"))
        one(facts, BasketOpened)
        assert (one(facts, CustomerAttached).customer, one(facts, CustomerAttached).groups) == (card, ("club",))
        assert offered(facts) == {"kind": "customer"}
        again = await world.do(Scan(TILL, card))
        assert (again, offered(again)) == ((NothingChanged("Scan"),), {"kind": "customer"})


@pytest.mark.parametrize("number", [SOCK_CODE, SOCK_CODE.zfill(14)])
async def test_a_number_that_names_goods_is_goods(tmp_path: Path, number: str) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(MemberValue(number, ("club",)))
        facts = await world.do(Scan(TILL, number))
        one(facts, LineAdded)
        assert offered(facts) is None


async def test_a_card_nobody_told_us_of_is_refused(tmp_path: Path) -> None:
    async with till_world(tmp_path) as world:
        await world.feed(MemberValue("c8", ()))
        for number in ("c8", "c9"):
            with pytest.raises(Refused) as refusal:
                await world.do(Scan(TILL, number))
            assert refusal.value.code == "unknown-code"
