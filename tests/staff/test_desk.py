"""Signing in: the right PIN, the wrong one, too many wrong ones, and whose turn it is at the till."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Refused
from edge.feedwords import StaffValue
from edge.journal.store import Journal
from edge.pins import hash_pin
from edge.rights import BUILT_IN, CASHIER, MANAGER
from edge.staff.desk import Desk, digest_of
from edge.staff.handlers import AddStaff, SignOut
from edge.staff.rights import FREE_TRIES, LONGEST_WAIT, wait_seconds
from edge.stock.handlers import Count
from edge.units import Key, Seq, Sku, TillId, UserId
from tests.web.floor_world import Shopfloor, shopfloor

ANNA, BO, TILL, OTHER = UserId("anna"), UserId("bo"), TillId("1"), TillId("2")


@pytest.fixture(scope="session")
def hashes() -> Mapping[str, str]:
    return {pin: hash_pin(pin) for pin in ("1234", "9876")}


@pytest.fixture
async def shop(tmp_path: Path, hashes: Mapping[str, str]) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(
            StaffValue("anna", "Anna", "cashier", hashes["1234"]), StaffValue("bo", "Bo", "manager", hashes["9876"])
        )
        yield shop


@pytest.fixture
def desk(shop: Shopfloor) -> Desk:
    return shop.house.desk


async def refusal(desk: Desk, user: UserId, pin: str, key: str) -> Refused:
    with pytest.raises(Refused) as refused:
        await desk.sign_in(user, pin, TILL, Key(key))
    assert refused.value.hint
    return refused.value


async def written(journal: Journal) -> bytes:
    return b"".join(entry.data for entry in await journal.entries(Seq(0)))


async def test_the_right_pin_opens_a_session_at_this_till_only(desk: Desk) -> None:
    token, session = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    assert (session.user, session.name, session.role, session.rights) == (ANNA, "Anna", "cashier", CASHIER.rights)
    assert await desk.session(token, TILL) == session
    with pytest.raises(Refused) as refused:
        await desk.session(token, OTHER)
    assert (refused.value.code, refused.value.status) == ("no-session", 401)


@pytest.mark.parametrize(
    ("user", "pin"),
    [(ANNA, "1235"), (ANNA, ""), (ANNA, "9876"), (ANNA, "1234 "), (UserId("nobody"), "1234"), (BO, "1234")],
)
async def test_a_wrong_pin_and_a_wrong_name_sound_the_same(desk: Desk, user: UserId, pin: str) -> None:
    refused = await refusal(desk, user, pin, "k1")
    assert (refused.code, refused.status, refused.message) == ("wrong-pin", 401, "wrong name or PIN")
    assert await desk.here(TILL) is None


async def test_the_same_sign_in_sent_twice_is_one_session_with_one_token(shop: Shopfloor, desk: Desk) -> None:
    first, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    head = shop.journal.head
    again, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    assert again == first
    assert shop.journal.head == head
    other, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k2"))
    assert other != first, "a new press is a new session"


async def test_the_same_key_does_not_let_in_without_the_pin(desk: Desk) -> None:
    await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    assert (await refusal(desk, ANNA, "0000", "k1")).code == "wrong-pin"


async def test_whoever_signs_in_next_ends_the_session_before(desk: Desk) -> None:
    annas, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    elsewhere, _ = await desk.sign_in(ANNA, "1234", OTHER, Key("k2"))
    bos, session = await desk.sign_in(BO, "9876", TILL, Key("k3"))
    with pytest.raises(Refused):
        await desk.session(annas, TILL)
    assert await desk.here(TILL) == session
    assert (await desk.session(elsewhere, OTHER)).user == ANNA, "another till is another matter"
    assert (await desk.session(bos)).user == BO


async def test_signing_out_ends_the_session(shop: Shopfloor, desk: Desk) -> None:
    token, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    await shop.do(SignOut(ANNA, desk.digest(token)), ANNA)
    with pytest.raises(Refused):
        await desk.session(token, TILL)
    assert await desk.here(TILL) is None


async def test_somebody_who_works_here_no_more_is_out_at_once(
    shop: Shopfloor, desk: Desk, hashes: Mapping[str, str]
) -> None:
    token, _ = await desk.sign_in(ANNA, "1234", TILL, Key("k1"))
    await shop.feed(StaffValue("anna", "Anna", "cashier", hashes["1234"], active=False))
    with pytest.raises(Refused):
        await desk.session(token, TILL)
    assert (await refusal(desk, ANNA, "1234", "k2")).code == "wrong-pin"
    await shop.feed(gone=["staff/bo"])
    assert (await refusal(desk, BO, "9876", "k3")).code == "wrong-pin"


async def test_after_four_wrong_pins_even_the_right_one_waits_and_each_more_doubles_it(
    shop: Shopfloor, desk: Desk
) -> None:
    for number in range(FREE_TRIES):
        assert (await refusal(desk, ANNA, "0000", f"wrong {number}")).code == "wrong-pin"
    refused = await refusal(desk, ANNA, "1234", "right")
    assert (refused.code, refused.status) == ("wait", 429)
    shop.time.pass_(seconds=5)
    assert (await refusal(desk, ANNA, "0000", "wrong again")).code == "wrong-pin"
    shop.time.pass_(seconds=9)
    assert (await refusal(desk, ANNA, "1234", "too soon")).code == "wait"
    await desk.sign_in(BO, "9876", TILL, Key("bo"))
    shop.time.pass_(seconds=1)
    await desk.sign_in(ANNA, "1234", TILL, Key("right now"))
    assert (await refusal(desk, ANNA, "0000", "one wrong")).code == "wrong-pin", "and the count begins anew"


async def test_guesses_under_one_key_are_counted_too_but_a_press_sent_again_is_one_guess(
    shop: Shopfloor, desk: Desk
) -> None:
    for _ in range(2 * FREE_TRIES):
        assert (await refusal(desk, ANNA, "0000", "one press")).code == "wrong-pin"
    for pin in ("0001", "0002", "0003"):
        assert (await refusal(desk, ANNA, pin, "one press")).code == "wrong-pin"
    assert (await refusal(desk, ANNA, "1234", "one press")).code == "wait"


async def test_the_wait_outlives_a_restart(tmp_path: Path, hashes: Mapping[str, str]) -> None:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(StaffValue("anna", "Anna", "cashier", hashes["1234"]))
        for number in range(FREE_TRIES):
            await refusal(shop.house.desk, ANNA, "0000", f"wrong {number}")
    async with shopfloor(tmp_path) as shop:
        assert (await refusal(shop.house.desk, ANNA, "1234", "right")).code == "wait"
        await shop.journal.rebuild()
        assert (await refusal(shop.house.desk, ANNA, "1234", "right")).code == "wait", "nor does a rebuild forget it"


@given(st.integers(0, 60))
def test_the_wait_never_shrinks_and_never_passes_five_minutes(failures: int) -> None:
    assert wait_seconds(failures) <= wait_seconds(failures + 1) <= LONGEST_WAIT
    assert (wait_seconds(failures) == 0) == (failures < FREE_TRIES)


async def test_a_cashier_may_not_count_stock_and_a_stranger_nothing(shop: Shopfloor) -> None:
    head = shop.journal.head
    for user in (ANNA, UserId("stranger")):
        with pytest.raises(Refused) as refused:
            await shop.do(Count(Sku("boot"), 3), user)
        assert (refused.value.code, refused.value.status) == ("not-allowed", 403)
    assert shop.journal.head == head
    await shop.do(Count(Sku("boot"), 3), BO)


def test_a_manager_may_all_a_cashier_may() -> None:
    assert CASHIER.rights < MANAGER.rights
    assert all(MANAGER.most(ceiling) >= most for ceiling, most in CASHIER.ceilings.items())
    assert set(BUILT_IN) == {"cashier", "manager"}


async def test_neither_name_nor_pin_nor_token_is_ever_a_fact(shop: Shopfloor, desk: Desk) -> None:
    await shop.do(AddStaff(UserId("cleo"), "Cleopatra", "cashier", hash_pin("4711")))
    token, _ = await desk.sign_in(UserId("cleo"), "4711", TILL, Key("k1"))
    facts = await written(shop.journal)
    for secret in ("Cleopatra", "4711", "argon2", token):
        assert secret.encode() not in facts
    assert digest_of(token).encode() in facts


async def test_a_user_is_made_once_with_a_role_there_is(shop: Shopfloor) -> None:
    await shop.do(AddStaff(UserId("cleo"), "Cleo", "cashier", hash_pin("4711")))
    for user, role in (("cleo", "cashier"), ("dan", "owner")):
        with pytest.raises(Refused):
            await shop.do(AddStaff(UserId(user), "Dan", role, "hash"))


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "١٢٣٤", "12 34"])
def test_a_pin_is_four_to_twelve_digits(pin: str) -> None:
    with pytest.raises(Refused) as refused:
        hash_pin(pin)
    assert refused.value.code == "bad-pin"


async def test_a_damaged_hash_lets_nobody_in(shop: Shopfloor, desk: Desk) -> None:
    await shop.feed(StaffValue("anna", "Anna", "cashier", "$argon2id$rubbish"))
    assert (await refusal(desk, ANNA, "1234", "k1")).code == "wrong-pin"


async def test_over_http_the_wait_says_how_long(shop: Shopfloor) -> None:
    body = {"user": "anna", "pin": "0000"}
    answers = [
        await shop.staff.post("/api/v1/tills/1/sign-in", json=body, headers=shop.press()) for _ in range(FREE_TRIES + 1)
    ]
    assert [answer.status_code for answer in answers] == [401] * FREE_TRIES + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["code"] == "wait"


async def test_a_till_keeps_one_session_and_what_ended_is_gone(desk: Desk, shop: Shopfloor) -> None:
    for turn in range(3):
        token, _ = await desk.sign_in(ANNA, "1234", TILL, Key(f"in {turn}"))
    assert len(await shop.journal.rows("SELECT 1 FROM sessions")) == 1
    assert (await desk.session(token, TILL)).user == ANNA
