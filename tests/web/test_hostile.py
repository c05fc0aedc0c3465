"""Every door takes anything and breaks at nothing: no 500, no traceback, nothing recorded that was refused."""

import json
from collections.abc import AsyncIterator, Mapping
from itertools import product
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.pins import hash_pin
from edge.pos.verbs import Add, OpenShift
from edge.staff.handlers import AddStaff
from edge.units import Minor, Sku, TillId, UserId
from edge.web.till.api import VERBS
from tests.web.floor_world import Shopfloor, config_in, shopfloor
from tests.web.range_of_goods import goods

PIN = "2468"
PROVED = {"sign-in", "unlock", "approve", "change-pin"}
"""Verbs that take a PIN: a wrong one makes the next wait."""
TILLS = "/api/v1/tills/1"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin(PIN)))
        yield shop


async def signed_in(shop: Shopfloor, till: str = "1") -> dict[str, str]:
    answer = await shop.staff.post(
        f"/api/v1/tills/{till}/sign-in", json={"user": "anna", "pin": PIN}, headers=shop.press()
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['result']['session']}"}


def sane(answer: httpx.Response) -> None:
    """An answer or a refusal in words; never a crash."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}: {answer.text[:300]}"
    assert "Traceback" not in answer.text
    assert 'File "' not in answer.text


BODIES: Mapping[str, bytes] = {
    "nothing": b"",
    "deep, unknown": b'{"x":' + b"[" * 3800,
    "deep, known": b'{"reason":1,"x":' + b'{"a":' * 700 + b"1" + b"}" * 701,
    "broken utf-8": b'{"user":"a\xff","pin":"\xc0\xaf","code":"\xff","reason":"\xed\xa0\x80"}',
    "lone surrogate": b'{"user":"\\ud800","pin":"1","code":"\\udfff","reason":"\\ud800","sku":"\\ud800"}',
    "a number of 4,000 digits": b'{"float_minor":' + b"9" * 4000 + b',"line":' + b"9" * 80 + b"}",
    "just above 2^63": b'{"float_minor":9223372036854775808,"line":9223372036854775808,"quantity":9223372036854775808,'
    b'"sku":"boot-brown-43","code":"x","tenders":[{"kind":"cash","tendered_minor":9223372036854775808}],'
    b'"total_minor":9223372036854775808,"pieces":[{"value":9223372036854775808,"count":9223372036854775808}]}',
    "below nothing": b'{"float_minor":-1,"line":-1,"quantity":-9007199254740993,"sku":"boot-brown-43","code":"-1",'
    b'"tenders":[{"kind":"card","tendered_minor":-5}],"total_minor":-5,"pieces":[{"value":-100,"count":-1}]}',
    "not a number": b'{"float_minor":NaN,"total_minor":Infinity}',
    "floats": b'{"float_minor":1.5,"line":0.1,"quantity":1e300,"total_minor":1e999}',
    "nul": b'{"user":"\\u0000","pin":"\\u0000","code":"\\u0000","sku":"\\u0000","reason":"\\u0000","effect":"\\u0000",'
    b'"came_out":true,"sale":"\\u0000","list":"\\u0000","line":1,"quantity":1,"float_minor":1}',
    "sql": b'{"user":"\' OR 1=1 --","pin":"\'; DROP TABLE entries; --","code":"\' OR 1=1","sku":"%","effect":"\' OR 1",'
    b'"came_out":false,"sale":"x","list":"x","reason":"\'; DELETE FROM sales; --"}',
    "escapes": b'{"user":"\\u001bp","pin":"1","code":"\\u001bp01","sku":"\\u202e<script>","reason":"\\u001bp"}',
    "a list": b"[1,2,3]",
    "null": b"null",
    "a string": b'"pay"',
    "not json": b"<xml/>",
}


@pytest.mark.parametrize("name", BODIES)
async def test_no_body_breaks_a_button(shop: Shopfloor, name: str) -> None:
    session = await signed_in(shop)
    for verb in VERBS:
        if verb in ("sign-in", "sign-out"):
            continue
        sane(await shop.staff.post(f"{TILLS}/{verb}", content=BODIES[name], headers={**session, **shop.press()}))
    for path in ("/api/v1/walls/w1/add-to-list", "/api/v1/walls/w1/send-to-till", "/api/v1/shelves/boots/shown"):
        sane(await shop.floor.post(path, content=BODIES[name], headers=shop.press()))
    for path in ("/api/v1/lists", "/api/v1/lists/x/add", "/api/v1/lists/x/remove"):
        sane(await shop.public.post(path, content=BODIES[name], headers=shop.press()))
    sane(await shop.staff.post(f"{TILLS}/sign-in", content=BODIES[name], headers=shop.press()))
    sane(await shop.staff.post("/api/v1/tasks/x/take", content=BODIES[name], headers={**session, **shop.press()}))


async def test_a_body_of_ten_megabytes_is_not_even_read(shop: Shopfloor) -> None:
    session, read = await signed_in(shop), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield b'{"reason":"'
        for _ in range(160):
            read += 64 * 1024
            yield b"x" * 64 * 1024

    answer = await shop.staff.post(f"{TILLS}/void-basket", content=endless(), headers={**session, **shop.press()})
    assert answer.status_code == 413
    assert read <= 3 * 64 * 1024


PLACES = [
    "/qr.svg",
    "/qr.svg?text=",
    "/qr.svg?text=" + "x" * 513,
    "/qr.svg?text=" + "%F0%9F%A5%BE" * 512,
    "/qr.svg?text=%00%1b%ff",
    "/media/..%2f..%2fetc%2fpasswd",
    "/media/....//....//etc/passwd",
    "/media/" + "0" * 64,
    "/media/" + "g" * 64,
    "/media/%00",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/../server.py",
    "/static/%00",
    "/static/" + "a" * 5000,
    "/static//etc/passwd",
    "/api/v1/catalog/search?q=" + "%25" * 300 + "&limit=-1",
    "/api/v1/catalog/search?q=%00&limit=99999999999999999999",
    "/api/v1/catalog/search?q=%22%27%29%3B--%20OR%20NEAR(",
    "/api/v1/catalog/search?q=" + "a " * 2000,
    "/api/v1/catalog/articles/%00",
    "/api/v1/catalog/articles/..%2f",
    "/api/v1/tills/%00/state",
    "/api/v1/tills/9/state",
    "/api/v1/tills/1/..%2fstate",
    "/till/1?lang=%00",
    "/till/1?lang=../../etc",
    "/till/%3Cscript%3E",
    "/list/%3Cscript%3E",
    "/article/%3Cscript%3E",
    "/article/boot?lang=%0d%0aSet-Cookie:x=1",
    "/wall/%3Cscript%3E",
    "/shelf/%3Cscript%3E",
    "/display/%3Cscript%3E",
    "/01/%00",
    "/01/09506000134352/10/%0d%0a",
    "/01/" + "9" * 4000,
    "/api/v1/lists/%00",
    "/api/v1/lists/" + "x" * 3000,
    "/api/v1/stream?topics=",
    "/api/v1/stream?topics=till:9",
    "/api/v1/stream?topics=%00",
    "/api/v1/stream?topics=" + ",".join(f"till:{n}" for n in range(50)),
    "/healthz?x=%ff",
]


async def test_no_address_breaks_a_door_or_leads_out_of_it(shop: Shopfloor) -> None:
    for client, path in product((shop.staff, shop.floor, shop.public), PLACES):
        answer = await client.get(path)
        sane(answer)
        assert "root:" not in answer.text, path
        assert "edge.errors" not in answer.text, path
        assert '"<script>' not in answer.text, path
        assert "set-cookie" not in answer.headers or "x=1" not in answer.headers["set-cookie"], path


HEADERS: list[dict[str, str | bytes]] = [
    {},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "x" * 129},
    {"Idempotency-Key": b"\xff\xfe"},
    {"Idempotency-Key": "a\tb"},
    {"Authorization": b"Bearer \xff\xfe", "Idempotency-Key": "k"},
    {"Authorization": "Bearer " + "x" * 9000, "Idempotency-Key": "k"},
    {"Authorization": "Basic YTpi", "Idempotency-Key": "k"},
    {"Accept-Language": "\x7f;q=nan,de;q=1e999," + "x," * 3000, "Idempotency-Key": "k"},
    {"Cookie": "lang=%00; screen=\x7f", "Idempotency-Key": "k"},
    {"Last-Event-ID": "9" * 400, "Idempotency-Key": "k"},
]


async def test_no_header_breaks_a_door(shop: Shopfloor) -> None:
    session, head = await signed_in(shop), shop.journal.head
    for extra, sent in product(({}, session), HEADERS):
        headers = httpx.Headers({**extra, **sent})  # type: ignore[arg-type]  # bytes are fine
        sane(await shop.staff.post(f"{TILLS}/open-shift", content=b'{"float_minor":-1}', headers=headers))
        sane(await shop.staff.get(f"{TILLS}/state", headers=headers))
        sane(await shop.staff.get("/api/v1/tasks", headers=headers))
        sane(await shop.public.get("/api/v1/catalog/search?q=boot", headers=headers))
        sane(await shop.floor.get("/api/v1/walls/w1/state", headers=headers))
    assert shop.journal.head == head


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = [
    "float_minor",
    "code",
    "quantity",
    "sku",
    "override_hold",
    "line",
    "reason",
    "tenders",
    "total_minor",
    "buyer",
    "effect",
    "came_out",
    "sale",
]
FIELDS += ["amount_minor", "z_number", "move", "to", "amounts"]
FIELDS += ["list", "pieces", "manager", "kind", "tendered_minor", "value", "count", "user"]
LIKELY = st.one_of(
    JSON,
    st.integers(-(2**65), 2**65),
    st.sampled_from(["boot-brown-43", "boot", "1", "cash", "card", "anna", "5701234567899"]),
    st.lists(st.fixed_dictionaries({"kind": st.sampled_from(["cash", "card", "x"]), "tendered_minor": st.integers()})),
    st.lists(st.fixed_dictionaries({"value": st.integers(), "count": st.integers()}), max_size=4),
)


async def test_chance_finds_no_button_that_breaks(shop: Shopfloor) -> None:
    session = await signed_in(shop)
    await shop.staff.post(f"{TILLS}/open-shift", json={"float_minor": 1000}, headers={**session, **shop.press()})
    tried: list[tuple[str, bytes]] = []

    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(set(VERBS) - {*PROVED, "sign-out", "variance", "close-shift"})),
           st.dictionaries(st.sampled_from(FIELDS), LIKELY, max_size=6))  # fmt: skip
    def collect(verb: str, body: dict[str, object]) -> None:
        tried.append((verb, json.dumps(body).encode()))

    collect()
    for verb, body in tried:
        sane(await shop.staff.post(f"{TILLS}/{verb}", content=body, headers={**session, **shop.press()}))
    assert len(tried) > 40


async def test_the_staff_s_buttons_ask_who_presses_them(shop: Shopfloor) -> None:
    head = shop.journal.head
    for verb in sorted(set(VERBS) - {"sign-in", "unlock"}):
        for token in ("", "x", "0" * 64):
            answer = await shop.staff.post(
                f"{TILLS}/{verb}",
                json={"float_minor": 1, "code": "x", "sku": "x", "line": 1, "quantity": 1, "reason": "x", "tenders": [],
                      "total_minor": 1, "effect": "x", "came_out": True, "sale": "x", "list": "x", "pieces": [],
                      "task": "x", "amount_minor": 1, "z_number": 1, "kind": "pay-in", "move": "x", "to": "2",
                      "returned": "x", "text": "x", "name": "x", "tender": "x", "customer": "x", "approved": True,
                      "happened": True, "slip": "x", "counted": [], "basket": "x", "pin": "1", "new_pin": "2",
                      "right": "x", "action": "0" * 64, "manager": {"user": "x", "pin": "1"}},
                headers={"Authorization": f"Bearer {token}", **shop.press()},
            )  # fmt: skip
            assert answer.status_code in (401, 404), (verb, answer.text)
    assert shop.journal.head == head


async def test_a_session_is_good_at_its_own_till_only_and_until_it_ends(shop: Shopfloor) -> None:
    here = await signed_in(shop, "1")
    float_ = b'{"float_minor":1000}'
    elsewhere = await shop.staff.post("/api/v1/tills/2/open-shift", content=float_, headers={**here, **shop.press()})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "no-session")
    again = await signed_in(shop, "1")
    replaced = await shop.staff.post(f"{TILLS}/open-shift", content=float_, headers={**here, **shop.press()})
    assert replaced.status_code == 401
    await shop.staff.post(f"{TILLS}/sign-out", headers={**again, **shop.press()})
    ended = await shop.staff.post(f"{TILLS}/open-shift", content=float_, headers={**again, **shop.press()})
    assert ended.status_code == 401
    assert await shop.journal.rows("SELECT 1 FROM shifts") == []


async def test_a_sign_in_sent_again_after_signing_out_opens_nothing(shop: Shopfloor) -> None:
    press, body = shop.press(), {"user": "anna", "pin": PIN}
    first = (await shop.staff.post(f"{TILLS}/sign-in", json=body, headers=press)).json()["result"]["session"]
    bearer = {"Authorization": f"Bearer {first}"}
    await shop.staff.post(f"{TILLS}/sign-out", headers={**bearer, **shop.press()})
    late = await shop.staff.post(f"{TILLS}/sign-in", json=body, headers=press)
    assert late.status_code == 200
    assert late.json()["state"]["user"] is None
    headers = {**bearer, **shop.press()}
    used = await shop.staff.post(f"{TILLS}/open-shift", content=b'{"float_minor":1}', headers=headers)
    assert used.status_code == 401


async def test_a_key_of_the_page_can_never_stand_in_the_way_of_the_box_s_own(shop: Shopfloor) -> None:
    """Whoever knows a device's next key must not be able to use it up."""
    session = await signed_in(shop)
    for key in ("deliveries:start:00:0:0", "wrong-pin:x", "boot:1", "paper:e:1", "e1:answer"):
        headers = {**session, "Idempotency-Key": key}
        await shop.staff.post(f"{TILLS}/open-shift", content=b'{"float_minor":1}', headers=headers)
        assert await shop.journal.rows("SELECT 1 FROM entries WHERE cause = ?", (key,)) == []


async def test_names_nobody_has_are_held_to_a_pace_too(shop: Shopfloor) -> None:
    codes = []
    for n in range(8):
        answer = await shop.staff.post(f"{TILLS}/sign-in", json={"user": f"u{n}", "pin": "0000"}, headers=shop.press())
        codes.append(answer.json()["code"])
    assert codes[0] == "wrong-pin"
    assert codes[-1] == "wait"
    await signed_in(shop)


async def test_a_clock_set_back_locks_nobody_out(shop: Shopfloor) -> None:
    for _ in range(6):
        await shop.staff.post(f"{TILLS}/sign-in", json={"user": "anna", "pin": "0000"}, headers=shop.press())
    shop.time.pass_(days=-30)
    await signed_in(shop)


async def test_the_biggest_basket_can_be_paid_and_nothing_bigger_be_rung_up(tmp_path: Path) -> None:
    async with shopfloor(tmp_path, config_in(tmp_path)) as shop:
        await shop.feed(*goods())
        till = TillId("1")
        await shop.do(OpenShift(till, Minor(0)))
        (row, *_) = await shop.journal.rows("SELECT sku FROM variants WHERE sku = 'boot-brown-43'")
        await shop.do(Add(till, Sku(row["sku"]), 9999))
        await shop.do(AddStaff(UserId("anna"), "Anna", "cashier", hash_pin(PIN)))
        session = await signed_in(shop)
        more = await shop.staff.post(
            f"{TILLS}/add", json={"sku": "boot-brown-43", "quantity": 1}, headers={**session, **shop.press()}
        )
        assert more.json()["code"] == "too-many"
        million = await shop.staff.post(
            f"{TILLS}/set-quantity", json={"line": 1, "quantity": 10**9}, headers={**session, **shop.press()}
        )
        assert million.json()["code"] == "too-many"
