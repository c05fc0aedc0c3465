"""The OpenAPI document is the staff door, whole; walked with anything its schemas allow, nothing breaks."""

import ast
import inspect
import json
from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path
from typing import cast

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.pins import hash_pin
from edge.pos.verbs import OpenShift
from edge.staff.handlers import AddStaff
from edge.units import Minor, TillId, UserId
from edge.web.openapi import body_of, document
from edge.web.openapi_results import RESULTS, SAYS
from edge.web.server import Doors
from edge.web.till.api import VERBS
from tests.web.floor_world import Shopfloor, shopfloor
from tests.web.range_of_goods import goods

Json = Mapping[str, object]
PIN = "2468"
TILL = "/api/v1/tills/{till}/"
SPENDS = {"sign-in", "sign-out", "unlock", "approve", "change-pin", "office-sign-in"}
"""Walked last: they end the session, or make the next PIN wait."""
KNOWN = {"sku": "boot-brown-43", "user": "anna", "pin": PIN, "code": "boot-brown-43"}


def schema_of(schema: Json) -> Json:
    """A schema, its reference followed."""
    ref = schema.get("$ref")
    if ref is None:
        return schema
    parts = cast("dict[str, dict[str, Json]]", document()["components"])["schemas"]
    return parts[str(ref).rpartition("/")[2]]


def anything(schema: Json, name: str = "") -> st.SearchStrategy[object]:
    """Whatever a schema allows; sometimes what the shop knows."""
    schema = schema_of(schema)
    if "anyOf" in schema:
        return st.one_of(*(anything(each, name) for each in cast("list[Json]", schema["anyOf"])))
    if "enum" in schema:
        return st.sampled_from(cast("list[object]", schema["enum"]))
    kind = schema.get("type")
    if kind == "integer":
        return st.one_of(st.integers(0, 3), st.integers(-(2**70), 2**70))
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "array":
        return st.lists(anything(cast("Json", schema.get("items", {})), name), max_size=4)
    if kind == "object" and "properties" in schema:
        properties = cast("dict[str, Json]", schema["properties"])
        needed = set(cast("list[str]", schema.get("required", [])))
        made = {each: anything(part, each) for each, part in properties.items()}
        return st.fixed_dictionaries(
            {each: part for each, part in made.items() if each in needed},
            optional={each: part for each, part in made.items() if each not in needed},
        )
    if "pattern" in schema:
        return st.just("0" * 64)
    text: st.SearchStrategy[object] = st.text(max_size=80)
    return st.one_of(text, st.just(KNOWN[name])) if name in KNOWN else text


def schema_in(operation: Json) -> Json:
    """What an operation takes; an empty object when it takes nothing."""
    body = cast("dict[str, dict[str, dict[str, Json]]] | None", operation.get("requestBody"))
    return body["content"]["application/json"]["schema"] if body else {"type": "object", "properties": {}}


def operations() -> list[tuple[str, str, Json]]:
    paths = cast("dict[str, dict[str, Json]]", document()["paths"])
    every = [(method, path, operation) for path, methods in paths.items() for method, operation in methods.items()]
    return sorted(every, key=lambda each: each[2]["operationId"] in SPENDS)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shopfloor]:
    async with shopfloor(tmp_path) as shop:
        await shop.feed(*goods())
        await shop.do(AddStaff(UserId("anna"), "Anna", "manager", hash_pin(PIN)))
        await shop.do(OpenShift(TillId("1"), Minor(50000)), UserId("anna"))
        yield shop


async def session(shop: Shopfloor) -> dict[str, str]:
    sent = {"user": "anna", "pin": PIN}
    answer = await shop.staff.post("/api/v1/tills/1/sign-in", json=sent, headers=shop.press())
    return {"Authorization": f"Bearer {answer.json()['result']['session']}"}


def proper(answer: httpx.Response) -> None:
    """Done, or refused as a problem with a code and a hint; never a crash."""
    where = f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:200]}"
    assert answer.status_code < 500, where
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", where
        said = answer.json()
        assert said["status"] == answer.status_code, where
        assert said["code"], where
        assert said["hint"], where


def test_the_document_names_every_action_of_the_staff_door(tmp_path: Path) -> None:
    paths = set(cast("dict[str, object]", document()["paths"]))
    assert {path.removeprefix(TILL) for path in paths if path.startswith(TILL)} == {*VERBS, "state"}
    assert set(RESULTS) <= set(VERBS)
    assert set(SAYS) <= set(VERBS)
    assert document() == json.loads(json.dumps(document()))


async def test_every_route_of_the_door_is_in_the_document(shop: Shopfloor) -> None:
    app = Doors(shop.house, shop.screens).staff()
    served = {path for route in app.routes if (path := str(getattr(route, "path", ""))).startswith("/api/v1/")}
    served = {path.replace("/{task}/{verb}", "/{task}/take") for path in served} - {"/api/v1/tills/{till}/{verb}"}
    assert served - set(cast("dict[str, object]", document()["paths"])) == {"/api/v1/stream"}


def test_a_verb_that_reads_a_body_says_which() -> None:
    silent = [work for work in VERBS.values() if body_of(work) is None]
    assert [work for work in silent if "call.read(" in inspect.getsource(work)] == []


async def test_it_is_served_as_it_is_written(shop: Shopfloor) -> None:
    served = (await shop.staff.get("/api/v1/openapi.json")).json()
    assert served == json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text("utf-8"))


async def test_a_path_and_a_method_nobody_knows_are_problems_too(shop: Shopfloor) -> None:
    for answer in (
        await shop.staff.get("/api/v1/nothing"),
        await shop.staff.delete("/api/v1/tills/1/scan"),
        await shop.staff.post("/api/v1/tills/1/no-such-verb", json={}, headers=shop.press()),
        await shop.staff.post("/api/v1/tills/9/scan", json={}, headers=shop.press()),
        await shop.staff.post("/api/v1/tills/1/scan", json={}),
    ):
        assert answer.status_code >= 400
        proper(answer)


@pytest.mark.seconds(120)
async def test_whatever_the_schemas_allow_is_done_or_refused_in_words(shop: Shopfloor) -> None:
    """Every operation in turn, with bodies of its schema; the same press twice answers the same."""
    presses = count()
    signed = await session(shop)
    for method, path, operation in operations():
        where = path.format(till="1", article="boot", task="none", plate="p1", name="1.json")
        for sent in drawn(anything(schema_in(operation))):
            head = {**signed, "Idempotency-Key": f"walk {next(presses)}"}
            if method == "get":
                proper(await shop.staff.get(where, headers=signed))
                break
            raw = msgspec.json.encode(sent) if storable(sent) else json.dumps(sent).encode()
            answer = await shop.staff.post(where, content=raw, headers=head)
            proper(answer)
            again = await shop.staff.post(where, content=raw, headers=head)
            proper(again)
            if answer.status_code == 200 and operation["operationId"] in RESULTS:
                result = answer.json()["result"]
                msgspec.convert(result, RESULTS[str(operation["operationId"])])
                assert again.status_code != 200 or again.json()["result"] == result
            if answer.status_code == 401 and operation["operationId"] not in SPENDS:
                signed = await session(shop)


def storable(sent: object) -> bool:
    """Whether it can be written as msgspec writes it: no number beyond 64 bits, no lone surrogate."""
    try:
        msgspec.json.encode(sent)
    except (OverflowError, UnicodeEncodeError):
        return False
    return True


def drawn(strategy: st.SearchStrategy[object], most: int = 6) -> list[object]:
    """Some of what a strategy makes, by the run's own seed."""
    made: list[object] = []

    @settings(max_examples=most, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def draw(each: object) -> None:
        made.append(each)

    draw()
    return made


def test_every_refusal_in_the_shop_says_what_to_do_next() -> None:
    """Not those of the simulators, nor what headquarters says itself."""
    silent = []
    for path in Path("edge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
            if call and isinstance(node, ast.Call) and not {"hint", None} & {word.arg for word in node.keywords}:
                silent.append(f"{path}:{node.lineno}")
    assert [each for each in silent if not each.startswith(("edge/sim/", "edge/sync/cable.py"))] == []
