"""A cashier who works a till through its public HTTP interface, patient as the page is: the same key until answered."""

import http.client
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote

import msgspec

Json = Mapping[str, object]
PATIENCE = 30.0
"""Seconds a request is tried again with the same key."""


class Problem(Exception):
    """The till refused: `code`, `title` and `hint` of its answer."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body.get("title", status)))
        self.status, self.body = status, body
        self.code, self.hint = str(body.get("code", "")), str(body.get("hint", ""))


class Cashier:
    """One till, one connection; blocking, so run it in a thread."""

    def __init__(self, port: int, till: str) -> None:
        self._port, self._till = port, till
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._session = ""

    def sign_in(self, user: str, pin: str) -> None:
        """Show the PIN."""
        self._session = str(self.do("sign-in", user=user, pin=pin)["session"])

    def do(self, verb: str, **body: object) -> Json:
        """One press of a button; gives its result. Raises Problem when the till refuses."""
        key = str(uuid.uuid4())
        return cast("Json", self._patiently("POST", f"/api/v1/tills/{self._till}/{verb}", body, key)["result"])

    def approved(self, verb: str, manager: Json, **body: object) -> Json:
        """The same, with somebody beside the till who says yes to exactly this when the till asks for it."""
        try:
            return self.do(verb, **body)
        except Problem as problem:
            if problem.code != "approval-needed":
                raise
            asked = cast("Json", problem.body["approval-needed"])
        self.do("approve", manager=manager, right=asked["right"], action=asked["action"])
        return self.do(verb, **body)

    def state(self) -> Json:
        """The till's whole state."""
        return self._patiently("GET", f"/api/v1/tills/{self._till}/state", None, "")

    def basket(self) -> Json | None:
        """What is rung up."""
        return cast("Json | None", self.state()["basket"])

    def ring(self, codes: Sequence[str]) -> Json:
        """Scan every code; gives the basket."""
        for code in codes:
            self.do("scan", code=code)
        return cast("Json", self.basket())

    def pay(self, tendered: int | None = None, **more: object) -> Json:
        """Take the payable in cash, or `tendered`."""
        basket = cast("Json", self.basket())
        owed = cast("Json", basket["cash"])["payable_minor"]
        given = owed if tendered is None else tendered
        cash = [{"kind": "cash", "tendered_minor": given}]
        return self.do("pay", tenders=cash, total_minor=basket["total_minor"], **more)

    def find(self, query: str) -> list[Json]:
        """What the till's search finds."""
        path = f"/api/v1/catalog/search?q={quote(query)}"
        return cast("list[Json]", self._patiently("GET", path, None, "")["hits"])

    def wait_for(self, query: str) -> None:
        """Wait until an article has come down the cable."""
        until = time.monotonic() + PATIENCE
        while not self.find(query):
            if time.monotonic() > until:
                raise Problem(504, {"title": f"{query} did not come down the cable"})
            time.sleep(0.05)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _patiently(self, method: str, path: str, body: Mapping[str, object] | None, key: str) -> Json:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                self._line.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def _once(self, method: str, path: str, body: Mapping[str, object] | None, key: str) -> Json:
        headers = {"Idempotency-Key": key, "Authorization": f"Bearer {self._session}"}
        self._line.request(method, path, None if body is None else msgspec.json.encode(body), headers)
        response = self._line.getresponse()
        answer = msgspec.json.decode(response.read(), type=dict[str, object])
        if response.status in (502, 503, 504):
            raise http.client.HTTPException(str(response.status))
        if response.status >= 400:
            raise Problem(response.status, answer)
        return answer
