"""One suite over every maker of legal receipts: the four kinds a country may want."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from importlib import resources
from pathlib import Path

import pytest

from edge.countries.buyer import read_buyer
from edge.countries.profile import Profile, load_profile, read_profile
from edge.errors import DeviceLost, Halt
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import DocumentKind
from edge.pos.fiscal.line import LineFiscal
from edge.pos.fiscal.port import DayReport, FiscalPort, FiscalStatus, Issued, OutcomeUnknown, SaysNo, tax_differences
from edge.sim.fiscal import FiscalSim
from edge.units import BasisPoints, Key
from tests.pos.fiscal_world import DAY, Time, paid_sale

KINDS = ("dk", "pl", "rs", "kr")
"""We make it ourselves (a box records it) · a device prints · a service signs · reported later."""


@dataclass
class World:
    """A pretend device, our driver to it, and the time."""

    sim: FiscalSim
    driver: LineFiscal
    profile: Profile
    time: Time
    address: str

    async def waits(self, within: float) -> LineFiscal:
        """The driver with another patience: little for a device that says nothing, else an answer may take its time."""
        await self.driver.close()
        self.driver = LineFiscal("till1/fiscal", self.address, within=within, every=0.01)
        await self.driver.open()
        return self.driver

    async def again(self) -> LineFiscal:
        """The driver as the supervisor opens it again."""
        await self.driver.close()
        await self.driver.open()
        return self.driver


@asynccontextmanager
async def world(country: str, folder: Path) -> AsyncIterator[World]:
    profile, time = load_profile(country), Time()
    sim = FiscalSim(profile, folder / "truth.jsonl", time.clock)
    address = await sim.start()
    driver = LineFiscal("till1/fiscal", address, every=0.01)
    await driver.open()
    try:
        made = World(sim, driver, profile, time, address)
        yield made
        driver = made.driver
    finally:
        await driver.close()
        await sim.stop()


@pytest.fixture(params=KINDS)
async def made(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with world(str(request.param), tmp_path) as one:
        yield one


@pytest.fixture
async def poland(tmp_path: Path) -> AsyncIterator[World]:
    async with world("pl", tmp_path) as one:
        yield one


async def issued(port: FiscalPort, profile: Profile, sale: str = "s1") -> Evidence:
    answer = await port.issue(paid_sale(profile, sale), Key(f"{sale}:fiscal"))
    assert isinstance(answer, Issued), answer
    return answer.evidence


async def test_a_receipt_has_a_number_a_time_and_a_signature_and_can_be_found(made: World) -> None:
    evidence = await issued(made.driver, made.profile)
    assert evidence.regime == made.profile.fiscal.regime
    assert evidence.number
    assert evidence.signature
    assert evidence.at == "2026-06-01T10:00:00.000Z"
    assert evidence.printed == made.profile.fiscal.device_prints
    assert await made.driver.find(Key("s1:fiscal")) == evidence
    assert await made.driver.find(Key("s2:fiscal")) is None


async def test_the_same_key_twice_makes_one_receipt(made: World) -> None:
    first = await issued(made.driver, made.profile)
    assert await issued(made.driver, made.profile) == first
    assert len(made.sim.device.receipts) == 1
    other = await issued(made.driver, made.profile, "s2")
    assert other.number != first.number


async def test_a_key_is_never_used_for_another_sale(made: World) -> None:
    await issued(made.driver, made.profile)
    answer = await made.driver.issue(paid_sale(made.profile, "s2"), Key("s1:fiscal"))
    assert isinstance(answer, SaysNo)
    assert answer.code == "used-key"


async def test_an_answer_lost_after_the_receipt_is_settled_by_asking(made: World) -> None:
    made.sim.device.faults.drop_answer = True
    with pytest.raises(OutcomeUnknown) as lost:
        await made.driver.issue(paid_sale(made.profile), Key("s1:fiscal"))
    assert lost.value.hint
    found = await (await made.again()).find(Key("s1:fiscal"))
    assert found is not None
    assert await issued(made.driver, made.profile) == found
    assert len(made.sim.device.receipts) == 1


async def test_a_request_nobody_answers_is_unknown_and_then_known_not_to_have_happened(made: World) -> None:
    made.sim.device.faults.swallow = True
    impatient = await made.waits(0.3)
    with pytest.raises(OutcomeUnknown):
        await impatient.issue(paid_sale(made.profile), Key("s1:fiscal"))
    assert await (await made.waits(5.0)).find(Key("s1:fiscal")) is None
    await issued(made.driver, made.profile)
    assert len(made.sim.device.receipts) == 1


async def test_an_unplugged_device_is_lost_before_anything_was_sent_and_comes_back(made: World) -> None:
    await made.sim.stop()
    await asyncio.sleep(0)
    with pytest.raises((DeviceLost, OutcomeUnknown)):
        await made.driver.issue(paid_sale(made.profile), Key("s1:fiscal"))
    for attempt in (made.again(), made.driver.issue(paid_sale(made.profile), Key("s1:fiscal"))):
        with pytest.raises(DeviceLost) as lost:
            await attempt
        assert "cable" in lost.value.hint
    assert made.sim.device.receipts == ()
    await made.sim.start()
    await issued(await made.again(), made.profile)


async def test_a_no_is_a_no_in_words_and_makes_nothing(made: World) -> None:
    made.sim.device.faults.says_no = "memory full"
    answer = await made.driver.issue(paid_sale(made.profile), Key("s1:fiscal"))
    assert isinstance(answer, SaysNo)
    assert answer.why == "memory full"
    assert answer.hint
    assert await made.driver.find(Key("s1:fiscal")) is None
    made.sim.device.faults.says_no = ""
    await issued(made.driver, made.profile)


async def test_without_paper_nothing_is_made_until_there_is_a_new_roll(made: World) -> None:
    made.sim.device.faults.paper = False
    status = await made.driver.status()
    assert (status.ready, status.cause) == (False, "paper-end")
    assert status.hint
    assert isinstance(await made.driver.issue(paid_sale(made.profile), Key("s1:fiscal")), SaysNo)
    made.sim.device.faults.paper = True
    assert (await made.driver.status()).ready
    await issued(made.driver, made.profile)


async def test_a_wrong_tax_table_is_told_before_opening_and_refused_at_the_sale(made: World) -> None:
    assert tax_differences(made.profile, DAY, await made.driver.taxes()) == ()
    label = made.profile.rate("standard", DAY).label
    made.sim.device.table[label] = BasisPoints(1700)
    (difference,) = tax_differences(made.profile, DAY, await made.driver.taxes())
    assert "the device 17 %" in difference
    answer = await made.driver.issue(paid_sale(made.profile), Key("s1:fiscal"))
    assert isinstance(answer, SaysNo)
    assert answer.code == "bad-document"


async def test_a_device_does_not_open_until_its_taxes_are_the_laws(poland: World) -> None:
    law, objects = dict(poland.sim.device.table), partial(tax_differences, poland.profile, DAY)
    careful = LineFiscal("fiscal/f1", poland.address, objects=objects)
    poland.sim.device.table["A"] = BasisPoints(1700)
    await poland.driver.close()
    with pytest.raises(DeviceLost, match="the law says 23 %, the device 17 %") as lost:
        await careful.open()
    assert "service" in lost.value.hint
    await careful.close()
    poland.sim.device.table = law
    await careful.open()
    assert await issued(careful, poland.profile)
    await careful.close()


async def test_numbers_and_receipts_outlive_a_power_cut_also_in_mid_write(made: World, tmp_path: Path) -> None:
    evidence = await issued(made.driver, made.profile)
    await made.sim.stop()
    log = tmp_path / "truth.jsonl"
    log.write_bytes(log.read_bytes() + b'{"receipt":{"key":"s2')
    reborn = FiscalSim(made.profile, log, made.time.clock)
    driver = LineFiscal("till1/fiscal", await reborn.start())
    await driver.open()
    try:
        assert await driver.find(Key("s1:fiscal")) == evidence
        assert (await issued(driver, made.profile, "s2")).number == "SIM0001-2"
        assert len(log.read_bytes().splitlines()) == 2
    finally:
        await driver.close()
        await reborn.stop()


async def test_a_copy_carries_its_words_and_a_number_of_its_own(made: World) -> None:
    evidence = await issued(made.driver, made.profile)
    copy = await made.driver.copy(evidence.number)
    assert isinstance(copy, Issued)
    assert copy.evidence.number != evidence.number
    assert made.profile.wording.copy in copy.evidence.text[0]
    assert set(evidence.text) <= set(copy.evidence.text)
    unknown = await made.driver.copy("SIM0001-99")
    assert isinstance(unknown, SaysNo)


async def test_training_is_a_document_of_its_own_and_counts_in_no_day(made: World) -> None:
    await issued(made.driver, made.profile)
    sale = paid_sale(made.profile)
    training = await made.driver.issue(replace(sale, kind=DocumentKind.TRAINING), Key("t1:fiscal"))
    assert isinstance(training, Issued)
    day = await made.driver.close_day()
    assert isinstance(day, DayReport)
    assert (day.receipts, day.gross) == (1, sale.total)


async def test_the_daily_report_adds_up_and_can_be_read_again(made: World) -> None:
    for sale in ("s1", "s2"):
        await issued(made.driver, made.profile, sale)
    day = await made.driver.close_day()
    assert isinstance(day, DayReport)
    assert (day.number, day.receipts, day.gross, day.day) == (1, 2, 240_000, "2026-06-01")
    assert sum(row.gross for row in day.taxes) == 240_000
    assert await made.driver.report(DAY, DAY) == (day,)
    assert await made.driver.report(date(2026, 6, 2), date(2026, 6, 3)) == ()


async def test_in_poland_yesterdays_report_comes_before_todays_first_sale(poland: World) -> None:
    await issued(poland.driver, poland.profile)
    poland.time.now += timedelta(days=1)
    status = await poland.driver.status()
    assert (status.report_due, status.cause) == (True, "report-due")
    tomorrow = paid_sale(poland.profile, "s2", day=DAY + timedelta(1))
    refused = await poland.driver.issue(tomorrow, Key("s2:fiscal"))
    assert isinstance(refused, SaysNo)
    assert refused.code == "day-not-closed"
    assert isinstance(await poland.driver.close_day(), DayReport)
    assert isinstance(await poland.driver.issue(tomorrow, Key("s2:fiscal")), Issued)
    poland.sim.device.age_day()
    assert (await poland.driver.status()).report_due


async def test_serbias_text_and_qr_come_from_the_service(tmp_path: Path) -> None:
    async with world("rs", tmp_path) as serbia:
        evidence = await issued(serbia.driver, serbia.profile)
    assert "ФИСКАЛНИ РАЧУН" in evidence.text[0]
    assert "КРАЈ ФИСКАЛНОГ РАЧУНА" in evidence.text[-1]
    assert evidence.qr.startswith("https://")


async def test_a_korean_phone_number_reaches_the_service_but_neither_its_text_nor_our_record(tmp_path: Path) -> None:
    async with world("kr", tmp_path) as korea:
        document = paid_sale(korea.profile, buyer=read_buyer(korea.profile, "010-1234-5678"))
        answer = await korea.driver.issue(document, Key("s1:fiscal"))
        assert isinstance(answer, Issued)
        assert any("010******78" in row for row in answer.evidence.text)
        assert b"01012345678" not in (tmp_path / "truth.jsonl").read_bytes()
        nameless = await korea.driver.issue(replace(document, buyer="", buyer_form=""), Key("s2:fiscal"))
    assert isinstance(nameless, SaysNo)
    assert nameless.code == "buyer-needed"


async def test_the_driver_tells_each_change_of_status_once_and_ends_when_the_plug_is_pulled(poland: World) -> None:
    seen: list[FiscalStatus] = []
    changed = asyncio.Event()

    def emit(status: FiscalStatus) -> None:
        seen.append(status)
        changed.set()

    running = asyncio.create_task(poland.driver.run(emit))
    await asyncio.wait_for(changed.wait(), 2)
    changed.clear()
    poland.sim.device.faults.paper = False
    await asyncio.wait_for(changed.wait(), 2)
    assert [status.cause for status in seen] == ["", "paper-end"]
    await poland.sim.stop()
    with pytest.raises(DeviceLost):
        await asyncio.wait_for(running, 2)


async def test_many_requests_at_once_each_get_their_own_answer(poland: World) -> None:
    evidences = await asyncio.gather(*(issued(poland.driver, poland.profile, f"s{n}") for n in range(20)))
    assert len({evidence.number for evidence in evidences}) == 20
    for number, evidence in enumerate(evidences):
        assert await poland.driver.find(Key(f"s{number}:fiscal")) == evidence


async def test_a_cancelled_request_can_never_lend_its_answer_to_the_next(poland: World) -> None:
    poland.sim.device.faults.swallow = True
    asking = asyncio.create_task(poland.driver.issue(paid_sale(poland.profile), Key("s1:fiscal")))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(DeviceLost):
        await poland.driver.status()


HOSTILE = [
    b"\n",
    b"hello\n",
    b'{"id":1}',
    b'{"id":77,"missing":true}\n',
    b'{"id":1,"v":2,"missing":true}\n',
    b'{"id":1,"evidence":{"regime":5}}\n',
    b'{"id":1}\n',
    b"\xff\xfe\x00\n",
    b"[" * 100_000 + b"\n",
    b"x" * 1_200_000,
    b"",
]


@pytest.mark.parametrize("bytes_back", HOSTILE)
async def test_whatever_bytes_come_back_the_outcome_is_unknown_and_never_a_hang(bytes_back: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(bytes_back)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    driver = LineFiscal("till1/fiscal", f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}", within=1.0)
    await driver.open()
    try:
        with pytest.raises(OutcomeUnknown):
            await driver.issue(paid_sale(load_profile("pl")), Key("s1:fiscal"))
    finally:
        await driver.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "bytes_in",
    [b"\n", b"\xff\n", b'{"id":1,"do":"issue","document":{}}\n', b"[" * 100_000 + b"\n", b"y" * 1_200_000],
)
async def test_whatever_bytes_go_in_the_device_hangs_up_and_serves_the_next(poland: World, bytes_in: bytes) -> None:
    address = await poland.sim.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(bytes_in)
    try:
        assert await asyncio.wait_for(reader.read(), 2) == b""
    except ConnectionResetError:
        pass
    finally:
        writer.close()
    await issued(poland.driver, poland.profile)


async def test_a_request_the_device_does_not_know_is_answered_no(poland: World) -> None:
    address = await poland.sim.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(b'{"id":1,"do":"dance"}\n{"id":2,"do":"issue"}\n')
    assert b'"code":"bad-request"' in await reader.readline()
    assert b'"code":"bad-request"' in await reader.readline()
    writer.close()


async def test_one_byte_at_a_time_is_as_good_as_whole(poland: World) -> None:
    port = int((await poland.sim.start()).rpartition(":")[2])
    relayed: list[asyncio.Task[None]] = []

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        back = asyncio.create_task(slowly(there_reader, writer))
        relayed.append(back)
        await slowly(reader, there_writer)

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    driver = LineFiscal("till1/fiscal", f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await driver.open()
    try:
        evidence = await issued(driver, poland.profile)
        assert await driver.find(Key("s1:fiscal")) == evidence
    finally:
        await driver.close()
        await asyncio.gather(*relayed)
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "serial:///dev/ttyS0", "tcp://", "tcp://127.0.0.1"])
def test_an_address_that_is_none_stops_the_start(address: str) -> None:
    with pytest.raises(Halt) as halt:
        LineFiscal("till1/fiscal", address)
    assert "tcp://host:port" in halt.value.hint


async def test_a_country_of_ones_own_can_be_any_kind(tmp_path: Path) -> None:
    text = resources.files("edge.countries").joinpath("zz.toml").read_text("utf-8")
    profile = read_profile(text.replace('regime = "none"', 'regime = "service"'))
    sim = FiscalSim(profile, tmp_path / "truth.jsonl", Time().clock, serial="BOX7")
    driver = LineFiscal("till1/fiscal", await sim.start())
    await driver.open()
    try:
        evidence = await issued(driver, profile)
    finally:
        await driver.close()
        await sim.stop()
    assert evidence.number == "BOX7-1"
    assert "RECEIPT" in evidence.text[0]
    assert evidence.counters == "1/1"
