"""The office's doors: only a manager reads the figures, and they are the Z's."""

import csv
import io
import zipfile
from pathlib import Path

from edge.facts import CashFound
from edge.units import Seq
from tests.web.office_world import ANNA, DAY, PIN, PRICE, office, session


async def test_only_somebody_with_the_right_reads_the_reports(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        head = shop.journal.head
        for path in ("report", "books", "z/1.txt"):
            for token in ("", "x", "0" * 64):
                answer = await shop.staff.get(f"/api/v1/office/{path}", headers={"Authorization": f"Bearer {token}"})
                assert (answer.status_code, answer.json()["code"]) == (401, "no-session")
        sent = {"user": ANNA, "pin": PIN}
        refused = await shop.staff.post("/api/v1/office/sign-in", json=sent, headers=shop.press())
        assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
        assert shop.journal.head == head
        at_till = await shop.staff.post("/api/v1/tills/1/sign-in", json=sent, headers=shop.press())
        cashier = {"Authorization": f"Bearer {at_till.json()['result']['session']}"}
        answer = await shop.staff.get("/api/v1/office/report", headers=cashier)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
        door = (await shop.staff.get("/api/v1/office/state")).json()
        assert [user["id"] for user in door["users"]] == ["bo"]
        for other in (shop.floor, shop.public):
            assert (await other.get("/api/v1/office/state")).status_code == 404
            assert (await other.get("/office")).status_code == 404


async def test_two_managers_read_at_once_and_no_till_is_signed_out(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        at_till = await shop.staff.post(
            "/api/v1/tills/1/sign-in", json={"user": ANNA, "pin": PIN}, headers=shop.press()
        )
        bo = await session(shop)
        assert (await shop.staff.get("/api/v1/office/report", headers=bo)).status_code == 200
        cashier = {"Authorization": f"Bearer {at_till.json()['result']['session']}"}
        count = await shop.staff.post("/api/v1/tills/1/x-report", json={}, headers={**cashier, **shop.press()})
        assert count.status_code == 200


async def test_the_report_is_of_the_days_asked_for(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        head = await session(shop)
        today = (await shop.staff.get("/api/v1/office/report", headers=head)).json()
        assert (today["from"], today["to"]) == (DAY, DAY)
        assert today["totals"]["gross_minor"] == 11 * PRICE
        assert [(z["z_number"], z["variance_minor"]) for z in today["z"]] == [(1, -2000)]
        assert [each["till"] for each in today["open"]] == ["1"]
        assert today["cashiers"][0]["name"] == "Anna Lind"
        empty = await shop.staff.get("/api/v1/office/report?from=2026-01-01&to=2026-01-31", headers=head)
        assert empty.json()["totals"]["gross_minor"] == 0
        for bad in ("from=x", "from=2026-06-06&to=2026-06-01", "from=2000-01-01&to=2026-01-01", "from=%00"):
            answer = await shop.staff.get(f"/api/v1/office/report?{bad}", headers=head)
            assert (answer.status_code, answer.json()["code"]) == (422, "bad-date")


async def test_a_z_comes_as_it_was_printed_and_the_books_as_files(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        head = await session(shop)
        (z,) = (await shop.staff.get("/api/v1/office/report", headers=head)).json()["z"]
        text = await shop.staff.get(f"/api/v1/office/z/{z['seq']}.txt", headers=head)
        assert "Z report 1" in text.text
        assert "searched twice" in text.text
        assert (await shop.staff.get(f"/api/v1/office/z/{z['seq']}.svg", headers=head)).text.startswith("<svg")
        data = await shop.staff.get(f"/api/v1/office/z/{z['seq']}.json", headers=head)
        assert data.json()["kind"] == "z"
        for bad in ("1.txt", f"{z['seq']}.exe", "x.txt", "99999999999999999999.txt", f"{z['seq']}"):
            answer = await shop.staff.get(f"/api/v1/office/z/{bad}", headers=head)
            assert (answer.status_code, answer.json()["code"]) == (404, "no-z"), bad
        got = await shop.staff.get(f"/api/v1/office/books?from={DAY}&to={DAY}", headers=head)
        with zipfile.ZipFile(io.BytesIO(got.content)) as archive:
            rows = list(csv.DictReader(io.StringIO(archive.read("sales.csv").decode("utf-8-sig"), newline="")))
        assert [row["z"] for row in rows] == ["A 1"] * 7 + [""]
        assert rows[0]["at"] == "2026-06-06T11:00:00+02:00"


async def test_money_found_later_is_written_beside_the_z(tmp_path: Path) -> None:
    async with office(tmp_path) as shop:
        head = await session(shop)
        sent = {"till": "1", "z_number": 1, "amount_minor": 2000, "reason": "under the tray"}
        press = shop.press()
        for _ in range(2):
            answer = await shop.staff.post("/api/v1/office/found", json=sent, headers={**head, **press})
            assert answer.status_code == 200, answer.text
        facts = [entry.fact() for entry in await shop.journal.entries(Seq(0))]
        (found,) = [fact for fact in facts if isinstance(fact, CashFound)]
        assert (found.amount, found.into, found.user) == (2000, None, "bo")
        report = (await shop.staff.get("/api/v1/office/report", headers=head)).json()
        assert "found" in {event["kind"] for event in report["events"]}
        assert report["z"][0]["variance_minor"] == -2000
        missing = await shop.staff.post(
            "/api/v1/office/found", json={**sent, "z_number": 9}, headers={**head, **shop.press()}
        )
        assert (missing.status_code, missing.json()["code"]) == (404, "no-z")
