"""The staff door as an OpenAPI 3.1 document: every action, its body, its answer, its refusals.

A verb's body is the shape the verb itself reads, found in its source, so that the document cannot say something else
than the till does. Served at `/api/v1/openapi.json`; `docs/openapi.json` is the same.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import msgspec

from edge.web import box_api, office_api
from edge.web.openapi_results import RESULTS, SAYS
from edge.web.till.api import VERBS
from edge.web.till.bodies import SignInBody

Schema = dict[str, object]
REF = "#/components/schemas/{name}"
OPEN = frozenset({"sign-in", "unlock"})
"""Verbs that need no session."""
PLAIN: Mapping[str, tuple[str, str]] = {
    "/api/v1/tills/{till}/state": ("till-state", "The till as its page shows it; holds nothing secret"),
    "/api/v1/catalog/search": ("search", "Articles and variants by name, article number or code (`q`)"),
    "/api/v1/catalog/articles/{article}": ("article", "One article, its variants, prices and where they are"),
    "/api/v1/tasks": ("tasks", "What people must do, the oldest first"),
    "/api/v1/office/state": ("office-state", "Who may sign in at the office"),
    "/api/v1/office/report": ("office-report", "The takings of some business dates (`from`, `to`)"),
    "/api/v1/office/books": ("office-books", "The books of some business dates as a zip of CSV (`from`, `to`)"),
    "/api/v1/office/z/{name}": ("office-z", "A Z as it was printed"),
    "/api/v1/openapi.json": ("openapi", "This document"),
    "/healthz": ("health", "Whether the box is well"),
}
"""What is read: path -> name and what it says."""
ACTIONS: Mapping[str, tuple[str, type | None, str]] = {
    "/api/v1/office/sign-in": ("office-sign-in", SignInBody, "Sign in at the office (right `office`)"),
    "/api/v1/office/found": ("office-found", office_api.FoundBody, "Money found after its Z was made"),
    "/api/v1/plates/{plate}/recount": ("recount", box_api.CountBody, "What stands on a shelf's plate, counted by hand"),
    "/api/v1/tasks/{task}/take": ("take-task", None, "Take a task"),
    "/api/v1/tasks/{task}/done": ("finish-task", None, "Say that a task is done"),
}
"""What is done elsewhere than at a till: path -> name, body, what it says."""


class Problem(msgspec.Struct, rename="kebab"):
    """RFC 9457 problem details: `code` is a stable word for programs, `hint` what a person does next."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    code: str


@cache
def document() -> Schema:
    """The whole document, made once."""
    bodies = {verb: body_of(work) for verb, work in VERBS.items()}
    kinds = {each for each in (*bodies.values(), *(body for _, body, _ in ACTIONS.values())) if each is not None}
    ordered = sorted(kinds, key=lambda kind: (kind.__module__, kind.__name__))
    everything: list[type] = [Problem, *ordered, *RESULTS.values()]
    schemas, components = msgspec.json.schema_components(everything, schema_hook=_told, ref_template=REF)
    refs = dict(zip(everything, schemas, strict=True))
    said = {"application/problem+json": {"schema": refs[Problem]}}
    problem: Schema = {"description": "Refused: nothing happened", "content": said}
    paths: dict[str, Schema] = {}
    for path, (name, says) in PLAIN.items():
        paths[path] = {"get": {"operationId": name, "summary": says, "parameters": _names(path),
                               "responses": {"200": {"description": "As it is now"}, "default": problem}}}  # fmt: skip
    for verb, body in bodies.items():
        path = f"/api/v1/tills/{{till}}/{verb}"
        result = RESULTS.get(verb)
        answered: Schema = {"result": refs[result] if result else {"type": "object"}, "state": {"type": "object"}}
        answer: Schema = {"type": "object", "required": ["result", "state"], "properties": answered}
        paths[path] = {"post": _post(path, (verb, says_of(verb)), refs.get(body) if body else None, answer, problem)}
    for path, (name, kind, says) in ACTIONS.items():
        paths[path] = {"post": _post(path, (name, says), refs[kind] if kind else None, {"type": "object"}, problem)}
    for name in OPEN | {"office-sign-in"}:
        for each in paths.values():
            operation = each.get("post")
            if isinstance(operation, dict) and operation["operationId"] == name:
                operation["security"] = []
    return {
        "openapi": "3.1.0",
        "info": {"title": "Store Edge, the staff door", "version": "1", "description": inspect.getdoc(Problem) or ""},
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def body_of(work: Callable[..., object]) -> type | None:
    """The shape a verb reads its body as; None when it reads none."""
    return next(iter(_read(work)), None)


def says_of(verb: str) -> str:
    """One sentence about a verb: the table's, else the verb's own."""
    return SAYS.get(verb) or (inspect.getdoc(VERBS[verb]) or verb.replace("-", " ")).splitlines()[0]


def _read(work: Callable[..., object]) -> Iterator[type]:
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(work)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read":
            shape = node.args[0] if node.args else None
            named = inspect.unwrap(work).__globals__.get(shape.id) if isinstance(shape, ast.Name) else None
            if isinstance(named, type) and issubclass(named, msgspec.Struct):
                yield named


def _told(kind: type) -> Schema:
    """A part of an answer whose shape docs/screens.md tells."""
    return {"description": "see docs/screens.md"}


def _post(path: str, named: tuple[str, str], body: object, answer: Schema, problem: Schema) -> Schema:
    key = {"name": "Idempotency-Key", "in": "header", "required": True,
           "description": "New for every press of a button; the same key does it once and answers the same",
           "schema": {"type": "string", "minLength": 1, "maxLength": 64}}  # fmt: skip
    done = {"description": "Done, once", "content": {"application/json": {"schema": answer}}}
    made: Schema = {"operationId": named[0], "summary": named[1], "parameters": [*_names(path), key]}
    if body is not None:
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return {**made, "responses": {"200": done, "default": problem}}


def _names(path: str) -> list[Schema]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
