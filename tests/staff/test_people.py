"""People and roles as headquarters' feed brings them: rights without a restart, PINs for one time, leaving, locking."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from edge.errors import Refused
from edge.facts import PinChanged, StaffSignedOut, StaffUnlocked
from edge.feedwords import RoleValue, StaffValue
from edge.pins import hash_pin
from edge.pos.verbs import OpenShift, VoidBasket
from edge.staff.desk import Desk
from edge.staff.rights import LOCK_AFTER, LONGEST_WAIT, role_of
from edge.staff.tables import locked
from edge.stock.handlers import Count
from edge.units import Key, Minor, Seq, Sku, TillId, UserId
from tests.web.floor_world import Shopfloor, shopfloor

ANNA, BO, CLEO, TILL = UserId("anna"), UserId("bo"), UserId("cleo"), TillId("1")


@pytest.fixture(scope="session")
def hashes() -> Mapping[str, str]:
    return {pin: hash_pin(pin) for pin in ("1234", "9876", "1111", "2222")}


@pytest.fixture
async def shop(tmp_path: Path, hashes: Mapping[str, str]) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(
            StaffValue("anna", "Anna", "cashier", hashes["1234"]),
            StaffValue("bo", "Bo", "manager", hashes["9876"]),
            StaffValue("cleo", "Cleo", "cashier", hashes["1111"], one_time=True),
        )
        yield shop


@pytest.fixture
def desk(shop: Shopfloor) -> Desk:
    return shop.house.desk


async def refused(desk: Desk, user: UserId, pin: str, key: str, new_pin: str = "") -> str:
    with pytest.raises(Refused) as refusal:
        await desk.sign_in(user, pin, TILL, Key(key), new_pin)
    assert refusal.value.hint
    return refusal.value.code


async def facts(shop: Shopfloor, kind: type[object]) -> list[object]:
    return [fact for entry in await shop.journal.entries(Seq(0)) if isinstance(fact := entry.fact(), kind)]


async def test_a_role_of_the_feed_says_what_its_people_may_and_counts_at_once(shop: Shopfloor, desk: Desk) -> None:
    await desk.sign_in(ANNA, "1234", TILL, Key("k"))
    with pytest.raises(Refused) as refusal:
        await shop.do(Count(Sku("boot"), 3), ANNA)
    assert refusal.value.code == "not-allowed"
    await shop.feed(RoleValue("cashier", ("sell", "stock"), {"discount_line": 700}))
    await shop.do(Count(Sku("boot"), 3), ANNA)
    with pytest.raises(Refused):
        await shop.do(VoidBasket(TILL, "no"), ANNA)
    assert shop.journal.look(lambda db: role_of(db, ANNA)).most("discount_line") == 700
    assert (await desk.here(TILL) or pytest.fail("nobody")).rights == {"sell", "stock"}
    await shop.feed(gone=["role/cashier"])
    with pytest.raises(Refused):
        await shop.do(Count(Sku("boot"), 3), ANNA)
    assert shop.journal.look(lambda db: role_of(db, ANNA)).most("discount_line") == 1000, "as built in again"


async def test_somebody_moves_to_another_role_and_a_role_nobody_knows_may_nothing(
    shop: Shopfloor, hashes: Mapping[str, str]
) -> None:
    await shop.feed(StaffValue("anna", "Anna", "manager", hashes["1234"]))
    await shop.do(Count(Sku("boot"), 3), ANNA)
    await shop.feed(StaffValue("anna", "Anna", "astronaut", hashes["1234"]))
    with pytest.raises(Refused) as refusal:
        await shop.do(OpenShift(TILL, Minor(0)), ANNA)
    assert refusal.value.code == "not-allowed"


async def test_whoever_leaves_is_out_at_once_and_stays_out_when_they_come_back(
    shop: Shopfloor, desk: Desk, hashes: Mapping[str, str]
) -> None:
    token, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k"))
    await shop.feed(gone=["staff/anna"])
    for _ in range(2):
        with pytest.raises(Refused):
            await desk.session(token, TILL)
        assert await desk.here(TILL) is None
        await shop.feed(StaffValue("anna", "Anna", "cashier", hashes["1234"]))
    await shop.journal.rebuild()
    with pytest.raises(Refused):
        await desk.session(token, TILL)
    await desk.sign_in(ANNA, "1234", TILL, Key("k2"))


async def test_a_pin_for_one_time_is_changed_at_the_first_sign_in(shop: Shopfloor, desk: Desk) -> None:
    assert await refused(desk, CLEO, "1111", "k1") == "new-pin-needed"
    assert await refused(desk, CLEO, "1111", "k2", "1111") == "bad-pin"
    assert await refused(desk, CLEO, "1111", "k3", "12") == "bad-pin"
    assert await desk.here(TILL) is None
    first, _ = await desk.sign_in(CLEO, "1111", TILL, Key("k4"), "4711")
    again, _ = await desk.sign_in(CLEO, "1111", TILL, Key("k4"), "4711")
    assert first == again, "the answer was lost, the page sends it again"
    assert await refused(desk, CLEO, "1111", "k5") == "wrong-pin"
    await desk.sign_in(CLEO, "4711", TILL, Key("k6"))
    assert len(await facts(shop, PinChanged)) == 1
    await shop.journal.rebuild()
    await desk.sign_in(CLEO, "4711", TILL, Key("k7"))


async def test_the_old_pin_with_a_guess_at_the_new_one_opens_nothing(desk: Desk) -> None:
    await desk.sign_in(CLEO, "1111", TILL, Key("k1"), "4711")
    assert await refused(desk, CLEO, "0000", "k2", "4711") == "wrong-pin", "only the very press that changed it"


async def test_a_pin_of_one_s_own_lasts_until_the_office_gives_another(
    shop: Shopfloor, desk: Desk, hashes: Mapping[str, str]
) -> None:
    token, session = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    await desk.change_pin(session, "1234", "4711", Key("k2"))
    await desk.change_pin(session, "1234", "4711", Key("k2"))
    assert (await desk.session(token, TILL)).user == ANNA
    assert await refused(desk, ANNA, "1234", "k3") == "wrong-pin"
    await shop.feed(StaffValue("anna", "Anna Lund", "cashier", hashes["1234"]))
    await desk.sign_in(ANNA, "4711", TILL, Key("k4"))
    await shop.feed(StaffValue("anna", "Anna Lund", "cashier", hashes["2222"]))
    assert await refused(desk, ANNA, "4711", "k5") == "wrong-pin"
    with pytest.raises(Refused):
        await desk.session(token, TILL)
    await desk.sign_in(ANNA, "2222", TILL, Key("k6"))
    assert b"argon2" not in b"".join(entry.data for entry in await shop.journal.entries(Seq(0)))


async def locked_out(shop: Shopfloor, user: UserId) -> None:
    for number in range(LOCK_AFTER):
        assert await refused(shop.house.desk, user, "0000", f"{user} wrong {number}") == "wrong-pin"
        shop.time.pass_(seconds=LONGEST_WAIT)


async def test_after_ten_wrong_pins_only_a_manager_lets_them_in_again(shop: Shopfloor, desk: Desk) -> None:
    await locked_out(shop, ANNA)
    assert await refused(desk, ANNA, "1234", "right") == "locked"
    await shop.journal.rebuild()
    assert await refused(desk, ANNA, "1234", "right") == "locked"
    with pytest.raises(Refused) as refusal:
        await desk.unlock(CLEO, "1111", ANNA, TILL, Key("cleo"))
    assert refusal.value.code in ("not-allowed", "new-pin-needed", "approval-needed")
    await desk.unlock(BO, "9876", ANNA, TILL, Key("bo"))
    assert await facts(shop, StaffUnlocked) == [StaffUnlocked(ANNA, TILL, BO)]
    await desk.sign_in(ANNA, "1234", TILL, Key("right"))


async def test_the_last_one_who_could_unlock_is_never_locked_out_but_waits(shop: Shopfloor, desk: Desk) -> None:
    await locked_out(shop, BO)
    assert not shop.journal.look(lambda db: locked(db, BO))
    await desk.sign_in(BO, "9876", TILL, Key("right"))


async def test_another_pin_from_the_office_unlocks_too(shop: Shopfloor, desk: Desk, hashes: Mapping[str, str]) -> None:
    await locked_out(shop, ANNA)
    await shop.feed(StaffValue("anna", "Anna", "cashier", hashes["2222"]))
    await shop.journal.rebuild()
    await desk.sign_in(ANNA, "2222", TILL, Key("right"))


async def test_a_till_nobody_touches_locks_itself_and_keeps_what_is_rung_up(shop: Shopfloor, desk: Desk) -> None:
    token, session = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    shop.time.pass_(seconds=590)
    await desk.lock_now(600)
    await desk.session(token, TILL)
    shop.time.pass_(seconds=590)
    await desk.lock_now(600)
    assert await desk.here(TILL) == session, "it was used in between"
    shop.time.pass_(seconds=600)
    await desk.lock_now(600)
    assert await desk.here(TILL) is None
    await desk.lock_now(600)
    assert await facts(shop, StaffSignedOut) == [StaffSignedOut(ANNA, desk.digest(token), "idle")]
