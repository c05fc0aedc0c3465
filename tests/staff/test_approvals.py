"""Somebody who may says yes to one exact action: at this till, once, within a minute, also without headquarters."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from edge.facts import ApprovalGranted, ApprovalUsed, BasketVoided, Fact, LineVoided
from edge.feedwords import RoleValue, StaffValue
from edge.journal.rebuild import derived_digest
from edge.pins import hash_pin
from edge.staff import approving
from edge.units import Seq
from tests.web.floor_world import Shopfloor, shopfloor
from tests.web.range_of_goods import goods

BO = {"user": "bo", "pin": "9876"}


@pytest.fixture(scope="session")
def hashes() -> Mapping[str, str]:
    return {pin: hash_pin(pin) for pin in ("1234", "9876")}


@pytest.fixture
async def shop(tmp_path: Path, hashes: Mapping[str, str]) -> AsyncIterator[Shopfloor]:
    """Anna rings at both tills, and may not void: that is Bo's."""
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.feed(
            RoleValue("learner", ("sell",)),
            StaffValue("anna", "Anna", "learner", hashes["1234"]),
            StaffValue("bo", "Bo", "manager", hashes["9876"]),
        )
        yield shop


class Anna:
    """Anna at one till."""

    def __init__(self, shop: Shopfloor, till: str) -> None:
        self.shop, self.till, self.headers = shop, till, dict[str, str]()

    async def press(self, verb: str, **body: object) -> httpx.Response:
        return await self.again(verb, self.shop.press()["Idempotency-Key"], body)

    async def again(self, verb: str, key: str, body: Mapping[str, object]) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": key}
        return await self.shop.staff.post(f"/api/v1/tills/{self.till}/{verb}", json=body, headers=headers)

    async def begin(self, *skus: str) -> "Anna":
        signed = await self.press("sign-in", user="anna", pin="1234")
        self.headers = {"Authorization": f"Bearer {signed.json()['result']['session']}"}
        await self.press("open-shift", float_minor=0)
        for sku in skus:
            assert (await self.press("add", sku=sku, quantity=1)).status_code == 200
        return self

    async def asked(self, verb: str, **body: object) -> Mapping[str, object]:
        """What the till says somebody must approve."""
        answer = await self.press(verb, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "approval-needed")
        return {name: answer.json()["approval-needed"][name] for name in ("right", "action")}

    async def approve(self, asked: Mapping[str, object], **more: object) -> int:
        return (await self.press("approve", **{"manager": BO, **asked, **more})).status_code


BOOT, OTHER = "boot-brown-43", "boot-brown-44"


async def recorded(shop: Shopfloor) -> list[Fact]:
    return [fact for entry in await shop.journal.entries(Seq(0)) if (fact := entry.fact()) is not None]


async def test_what_a_cashier_may_not_do_is_done_once_when_a_manager_says_yes_to_it(shop: Shopfloor) -> None:
    anna = await Anna(shop, "1").begin(BOOT, OTHER)
    asked = await anna.asked("void-line", line=1)
    assert await anna.approve(asked) == 200
    done = await anna.again("void-line", "the press", {"line": 1})
    again = await anna.again("void-line", "the press", {"line": 1})
    assert (done.status_code, again.json()["result"]) == (200, done.json()["result"])
    found = await recorded(shop)
    (granted,) = [fact for fact in found if isinstance(fact, ApprovalGranted)]
    (used,) = [fact for fact in found if isinstance(fact, ApprovalUsed)]
    assert (granted.by, granted.till, granted.right, granted.action) == ("bo", "1", "void", asked["action"])
    assert (used.approval, used.by, used.user) == (granted.approval, "bo", "anna")
    assert used.what == 'VoidLine {"line":1,"till":"1"}'
    assert sum(isinstance(fact, LineVoided) for fact in found) == 1
    assert (await anna.press("void-line", line=1)).json()["code"] == "approval-needed", "it was good for one use"


@pytest.mark.parametrize(("verb", "body"), [("void-line", {"line": 2}), ("void-basket", {"reason": "no"})])
async def test_it_is_good_for_no_other_action(shop: Shopfloor, verb: str, body: Mapping[str, object]) -> None:
    anna = await Anna(shop, "1").begin(BOOT, OTHER)
    assert await anna.approve(await anna.asked("void-line", line=1)) == 200
    assert (await anna.press(verb, **body)).json()["code"] == "approval-needed"


async def test_it_is_good_at_no_other_till_and_not_after_a_minute(shop: Shopfloor) -> None:
    here, there = await Anna(shop, "1").begin(BOOT), await Anna(shop, "2").begin(BOOT)
    asked = await here.asked("void-basket", reason="no")
    assert await there.approve(asked) == 200
    assert (await here.press("void-basket", reason="no")).json()["code"] == "approval-needed"
    assert await here.approve(asked) == 200
    shop.time.pass_(seconds=61)
    assert (await here.press("void-basket", reason="no")).json()["code"] == "approval-needed"
    shop.time.pass_(seconds=-3600)
    assert (await here.press("void-basket", reason="no")).json()["code"] == "approval-needed", "nor by a clock set back"
    assert not [fact for fact in await recorded(shop) if isinstance(fact, BasketVoided | ApprovalUsed)]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"manager": {"user": "bo", "pin": "0000"}}, 401),
        ({"manager": {"user": "anna", "pin": "1234"}}, 403),
        ({"right": "variance"}, 200),
        ({"action": "0" * 64}, 200),
        ({"action": "nonsense"}, 422),
    ],
)
async def test_a_wrong_pin_a_colleague_or_another_right_approve_nothing(
    shop: Shopfloor, more: Mapping[str, object], status: int
) -> None:
    anna = await Anna(shop, "1").begin(BOOT)
    assert await anna.approve(await anna.asked("void-line", line=1), **more) == status
    assert (await anna.press("void-line", line=1)).json()["code"] == "approval-needed"


async def test_a_yes_to_what_is_then_refused_is_not_used_up(shop: Shopfloor) -> None:
    anna = await Anna(shop, "1").begin(BOOT)
    assert await anna.approve(await anna.asked("void-line", line=7)) == 200
    assert (await anna.press("void-line", line=7)).json()["code"] == "unknown-line"
    assert (await anna.press("void-line", line=7)).json()["code"] == "unknown-line", (
        "still approved, still no such line"
    )


async def test_who_could_say_yes_is_told_and_a_role_that_changes_counts_at_once(
    shop: Shopfloor, hashes: Mapping[str, str]
) -> None:
    anna = await Anna(shop, "1").begin(BOOT)
    answer = (await anna.press("void-line", line=1)).json()
    assert answer["approval-needed"]["approvers"] == ["bo"]
    assert await anna.approve({name: answer["approval-needed"][name] for name in ("right", "action")}) == 200
    await shop.feed(StaffValue("bo", "Bo", "learner", hashes["9876"]))
    assert (await anna.press("void-line", line=1)).json()["code"] == "approval-needed", "Bo may not any more"


async def test_approvals_outlive_a_rebuild_and_come_out_the_same(shop: Shopfloor) -> None:
    anna = await Anna(shop, "1").begin(BOOT, OTHER)
    assert await anna.approve(await anna.asked("void-line", line=1)) == 200
    for status in (200, 403):
        before = shop.journal.look(lambda db: derived_digest(db, [approving.ROOM]))
        await shop.journal.rebuild()
        assert shop.journal.look(lambda db: derived_digest(db, [approving.ROOM])) == before
        await shop.feed(RoleValue("learner", ("sell",)))  # the cable is not here to replay it
        assert (await anna.press("void-line", line=1)).status_code == status
