"""Weights become counts: in virtual time, over the simulator's real bytes."""

import pytest

from edge.errors import Refused
from edge.shelf.cell import Memory
from edge.shelf.frame import Flag
from edge.shelf.plate import Milligrams
from edge.shelf.verdict import (
    CHANGED_WHILE_BLIND,
    NO_FIRST_COUNT,
    CountPlate,
    DoubtPlate,
    HandleDisplay,
    RecountPlate,
    RestorePlate,
    WithdrawPlate,
)
from edge.units import ArticleId, Grams, PlateId, Sku
from tests.shelf.bench import Bench, display, stock

A, B, C, D = PlateId("a"), PlateId("b"), PlateId("c"), PlateId("d")
BOOT = Sku("boot")
ROW = (
    stock("a", 0, sku="boot", neighbours=("b",)),
    stock("b", 1, sku="boot", neighbours=("c",)),
    stock("c", 2, sku="boot"),
)


def one(units: int = 5, unit: int = 200) -> Bench:
    """A shop with one plate that has been counted."""
    bench = Bench((stock("a", 0, unit, sku="boot"),), {"a": units})
    bench.go(3)
    (restored,) = bench.of(RestorePlate)
    assert (restored.plate, restored.sku, restored.count) == (A, BOOT, units)
    assert abs(restored.weight - units * unit) <= 1
    bench.said.clear()
    return bench


def row(a: int = 4, b: int = 4, c: int = 4) -> Bench:
    """Three plates beside each other."""
    bench = Bench(ROW, {"a": a, "b": b, "c": c})
    bench.go(3)
    assert len(bench.of(RestorePlate)) == 3
    bench.said.clear()
    return bench


def test_a_pick_is_counted_once_and_put_back_once() -> None:
    bench = one()
    bench.node.take(A, bench.now)
    bench.go(5)
    bench.node.put(A, bench.now, 2)
    bench.go(5)
    picked, returned = bench.of(CountPlate)
    assert (picked.count, picked.delta, picked.sku) == (4, -1, "boot")
    assert (returned.count, returned.delta) == (6, 2)
    assert abs(picked.step + 200) <= 2
    assert picked.residual < 50


@pytest.mark.parametrize("neighbours", [False, True])
def test_a_pick_is_known_within_three_and_a_half_seconds(neighbours: bool) -> None:
    bench = row() if neighbours else one()
    for _ in range(3):
        picked = bench.now
        bench.node.take(A, bench.now)
        bench.go(4)
        ((at, verdict),) = bench.said
        assert isinstance(verdict.command, CountPlate)
        assert at - picked < 3.4
        bench.said.clear()


def test_half_an_article_is_unknown_with_its_evidence_and_heals_when_it_goes_away() -> None:
    bench = one()
    bench.node.strange(A, bench.now, 100)
    bench.go(5)
    (doubt,) = bench.of(DoubtPlate)
    assert (doubt.plate, doubt.sku) == (A, "boot")
    assert abs(doubt.step - 100) <= 2
    assert doubt.residual > 450
    assert bench.counts() == {"a": None}
    bench.node.strange(A, bench.now, -100)
    bench.go(5)
    assert [type(command) for command in bench.since(0)] == [DoubtPlate, RestorePlate]
    assert bench.counts() == {"a": 5}


def test_a_pick_under_a_handbag_is_counted_when_the_handbag_goes() -> None:
    bench = one()
    bench.node.strange(A, bench.now, 1100)
    bench.go(5)
    bench.node.take(A, bench.now)
    bench.go(5)
    assert not bench.of(CountPlate)
    bench.node.strange(A, bench.now, -1100)
    bench.go(5)
    assert [(count.count, count.delta) for count in bench.of(CountPlate)] == [(4, -1)]


def test_an_unknown_step_asks_for_a_person_after_a_minute_once() -> None:
    bench = one()
    bench.node.strange(A, bench.now, 100)
    bench.go(200)
    assert [command.recount for command in bench.of(WithdrawPlate)] == [True]
    bench.levels.recounted(bench.levels.recount(A, 5))
    assert bench.counts() == {"a": 5}


@pytest.mark.parametrize("shares", [(500, 500), (800, 200), (350, 650), (710, 290)])
def test_an_article_lying_across_two_plates_is_one_article(shares: tuple[int, int]) -> None:
    bench = row()
    across = {A: shares[0], B: shares[1]}
    bench.node.across(across, bench.now)
    bench.go(5)
    assert sum(count.delta for count in bench.of(CountPlate)) == 1
    assert not bench.of(DoubtPlate)
    bench.node.across(across, bench.now, -1)
    bench.go(5)
    assert sum(count.delta for count in bench.of(CountPlate)) == 0
    assert not bench.of(DoubtPlate)
    assert sum(count or 0 for count in bench.counts().values()) == 12


def test_an_article_lying_across_three_plates_is_one_article() -> None:
    bench = row(1, 1, 1)
    bench.node.across({A: 320, B: 350, C: 330}, bench.now)
    bench.go(5)
    assert sum(count.delta for count in bench.of(CountPlate)) == 1
    bench.node.across({A: 320, B: 350, C: 330}, bench.now, -1)
    bench.go(5)
    assert sum(count or 0 for count in bench.counts().values()) == 3
    assert not bench.of(DoubtPlate)


@pytest.mark.parametrize("later", [0.5, 1.0, 1.3])
@pytest.mark.parametrize("first", [100, 144])
def test_an_article_that_slides_onto_the_neighbour_is_one_article(later: float, first: int) -> None:
    bench = row()
    start = bench.now
    bench.node.strange(A, start, first)
    bench.node.strange(B, start + later, 200 - first)
    bench.go(6)
    assert not bench.of(DoubtPlate)
    assert max(count.residual for count in bench.of(CountPlate)) < 50
    assert sum(count.delta for count in bench.of(CountPlate)) == 1
    assert bench.said[-1][0] - start < 3.5


def test_what_touches_a_plate_for_a_moment_counts_nothing() -> None:
    bench = one()
    for _ in range(10):
        bench.node.put(A, bench.now)
        bench.node.take(A, bench.now + 1.2)
        bench.go(4)
    assert bench.said == []


def test_samples_that_arrive_late_in_lumps_count_the_same() -> None:
    bench, held = one(), [b""]

    def late(chunk: bytes) -> list[bytes]:
        held[0] += chunk
        if held[0].count(b"\n") < 8:
            return []
        lump, held[0] = held[0], b""
        return [lump]

    bench.wire = late
    for _ in range(4):
        bench.node.take(A, bench.now)
        bench.go(6)
    assert [(count.count, count.delta) for count in bench.of(CountPlate)] == [(4, -1), (3, -1), (2, -1), (1, -1)]
    assert len(bench.said) == 4


def test_picks_from_neighbours_at_the_same_moment_are_two_picks() -> None:
    bench = row()
    bench.node.take(A, bench.now)
    bench.node.take(B, bench.now + 0.4)
    bench.go(5)
    assert bench.counts() == {"a": 3, "b": 3, "c": 4}


def test_neighbours_of_different_articles_do_not_explain_each_other() -> None:
    plates = (stock("a", 0, 100, sku="sock", neighbours=("b",)), stock("b", 1, 300, sku="shoe"))
    bench = Bench(plates, {"a": 5, "b": 5})
    bench.go(3)
    bench.node.take(A, bench.now)
    bench.node.put(B, bench.now + 0.2)
    bench.go(6)
    assert bench.counts() == {"a": 4, "b": 6}


def test_drift_under_a_quarter_of_a_unit_is_followed_and_never_counted() -> None:
    bench = one()
    bench.node.cells[A].drift = 60_000
    bench.go(3600 * 2)
    assert {count.delta for count in bench.of(CountPlate)} == {0}
    assert bench.counts() == {"a": 5}
    assert not bench.of(DoubtPlate)
    bench.node.take(A, bench.now)
    bench.go(5)
    assert bench.counts() == {"a": 4}


def test_zero_tracking_is_slow() -> None:
    bench = one()
    bench.node.strange(A, bench.now, 40)
    bench.go(120)
    assert bench.said == []
    bench.go(3600)
    assert {count.delta for count in bench.of(CountPlate)} == {0}


def test_more_than_a_quarter_of_a_unit_is_never_followed() -> None:
    bench = one()
    bench.node.strange(A, bench.now, 54)
    bench.go(1800)
    assert bench.said == []
    bench.node.strange(A, bench.now, 20)
    bench.go(5)
    assert len(bench.of(DoubtPlate)) == 1


@pytest.mark.parametrize(
    ("flag", "why"),
    [
        (Flag.SATURATED, "saturated"),
        (Flag.NOT_READY, "not-ready"),
        (Flag.GAIN_CHANGED, "gain-changed"),
        (Flag.BROWNOUT, "brownout"),
    ],
)
def test_a_faulty_plate_withdraws_its_count_with_the_reason_and_restores_it(flag: Flag, why: str) -> None:
    bench = one()
    bench.node.faults.flags[A] = flag
    bench.go(30)
    assert bench.since(0) == [WithdrawPlate(A, why, BOOT)]
    assert (bench.levels.live(A).count, bench.levels.live(A).blind) == (None, why)
    bench.node.faults.flags.clear()
    bench.go(3)
    assert [restored.count for restored in bench.of(RestorePlate)] == [5]


def test_a_few_flagged_samples_are_dropped_without_a_word() -> None:
    bench = one()
    bench.node.faults.flags[A] = Flag.SATURATED
    bench.go(0.5)
    bench.node.faults.flags.clear()
    bench.go(5)
    assert bench.said == []


def test_a_silent_node_withdraws_and_never_repeats_an_old_number() -> None:
    bench = one()
    bench.node.faults.silent = True
    bench.go(1.9)
    assert bench.said == []
    bench.go(0.4)
    assert bench.since(0) == [WithdrawPlate(A, "silent", BOOT)]
    bench.go(60)
    assert len(bench.said) == 1
    assert bench.counts() == {"a": None}


def test_noise_withdraws_and_a_pick_meanwhile_is_counted() -> None:
    bench = one()
    bench.node.cells[A].noise = Milligrams(40_000)
    bench.go(15)
    assert bench.since(0) == [WithdrawPlate(A, "noise", BOOT)]
    bench.node.take(A, bench.now)
    bench.node.cells[A].noise = Milligrams(1000)
    bench.go(5)
    assert [(count.count, count.delta) for count in bench.of(CountPlate)] == [(4, -1)]


def test_a_rebooted_node_is_compared_and_never_tares() -> None:
    bench = one()
    bench.node.reboot()
    bench.go(3)
    withdrawn, restored = bench.since(0)
    assert withdrawn == WithdrawPlate(A, "restarted", BOOT)
    assert isinstance(restored, RestorePlate)
    assert restored.count == 5


def test_what_changed_while_nobody_looked_asks_for_a_count_and_stays_withdrawn() -> None:
    bench = one()
    bench.node.faults.silent = True
    bench.go(3)
    bench.node.take(A, bench.now)
    bench.go(3)
    bench.node.faults.silent = False
    bench.go(10)
    assert bench.since(1) == [WithdrawPlate(A, CHANGED_WHILE_BLIND, BOOT, recount=True)]
    assert bench.counts() == {"a": None}
    command = bench.levels.recount(A, 4)
    assert abs(command.weight - 800) <= 1
    bench.levels.recounted(command)
    bench.node.take(A, bench.now)
    bench.go(5)
    assert bench.of(CountPlate)[-1].count == 3


def test_what_comes_back_by_itself_needs_nobody() -> None:
    bench = one()
    bench.node.faults.silent = True
    bench.go(3)
    bench.node.take(A, bench.now)
    bench.go(1)
    bench.node.faults.silent = False
    bench.go(5)
    bench.node.put(A, bench.now)
    bench.go(5)
    assert [restored.count for restored in bench.of(RestorePlate)] == [5]


def test_a_restarted_box_restores_the_last_plateau_and_says_nothing_when_it_is_the_same() -> None:
    bench = one()
    bench.restart({A: Memory(5, Grams(1003), "", BOOT)})
    bench.go(5)
    assert bench.said == []
    assert bench.counts() == {"a": 5}
    bench.node.take(A, bench.now)
    bench.go(5)
    assert [count.count for count in bench.of(CountPlate)] == [4]


def test_a_restarted_box_asks_for_a_count_when_the_plate_differs() -> None:
    bench = one()
    bench.restart({A: Memory(7, Grams(1400), "", BOOT)})
    bench.go(5)
    assert bench.since(0) == [WithdrawPlate(A, CHANGED_WHILE_BLIND, BOOT, recount=True)]


def test_a_restarted_box_without_its_sensor_withdraws_the_old_number() -> None:
    bench = one()
    bench.node.faults.silent = True
    bench.restart({A: Memory(5, Grams(1000), "", BOOT)})
    bench.go(3)
    assert bench.since(0) == [WithdrawPlate(A, "silent", BOOT)]


def test_what_is_remembered_of_another_article_does_not_count() -> None:
    bench = one()
    bench.restart({A: Memory(9, Grams(9000), "", Sku("sandal"))})
    bench.go(3)
    assert [restored.count for restored in bench.of(RestorePlate)] == [5]


def test_a_first_sight_that_makes_no_whole_units_asks_for_a_count() -> None:
    bench = Bench((stock("a", 0, sku="boot"),), {"a": 3})
    bench.node.strange(A, bench.now - 10, 90)
    bench.go(5)
    assert bench.since(0) == [WithdrawPlate(A, NO_FIRST_COUNT, BOOT, recount=True)]


def test_more_taken_than_was_counted_asks_for_a_count_and_never_goes_below_nought() -> None:
    bench = one()
    bench.levels.recounted(RecountPlate(A, BOOT, 1, Grams(1000)))
    bench.node.take(A, bench.now, 2)
    bench.go(10)
    assert [command.recount for command in bench.of(WithdrawPlate)] == [True]
    assert len(bench.said) == 1
    bench.levels.recounted(bench.levels.recount(A, 3))
    assert bench.counts() == {"a": 3}


def test_a_moving_plate_is_not_recounted() -> None:
    bench = one()
    bench.node.put(A, bench.now)
    bench.go(0.5)
    with pytest.raises(Refused, match="not at rest"):
        bench.levels.recount(A, 6)
    with pytest.raises(Refused, match="no count"):
        bench.levels.recount(A, -1)
    with pytest.raises(Refused, match="no plate z"):
        bench.levels.recount(PlateId("z"), 1)


def test_a_sample_is_present_lifted_back_and_gone() -> None:
    bench = Bench((display("d", 0),), {"d": 1})
    bench.go(3)
    lifted = bench.now
    bench.node.lift(D, bench.now)
    bench.go(5)
    assert bench.said[-1][0] - lifted < 2.5
    bench.node.back(D, bench.now)
    bench.go(5)
    bench.node.lift(D, bench.now)
    bench.go(130)
    bench.node.back(D, bench.now)
    bench.go(5)
    handled = [command.what for command in bench.of(HandleDisplay)]
    assert handled == ["present", "lifted", "back", "lifted", "gone", "back"]
    assert len(bench.said) == len(handled)
    with pytest.raises(Refused, match="counts nothing"):
        bench.levels.recount(D, 1)


def test_a_sample_lifted_before_the_box_restarted_is_gone_in_the_end() -> None:
    bench = Bench((display("d", 0),), {"d": 0}, memory={D: Memory(0, Grams(0))})
    bench.go(60)
    assert bench.said == []
    bench.go(70)
    assert bench.since(0) == [HandleDisplay(D, ArticleId("article-d"), "gone")]


def test_a_sample_taken_while_nobody_looked_is_gone_and_no_interest() -> None:
    bench = Bench((display("d", 0),), {"d": 1})
    bench.go(3)
    bench.node.faults.silent = True
    bench.go(3)
    bench.node.lift(D, bench.now)
    bench.go(3)
    bench.node.faults.silent = False
    bench.go(5)
    article = ArticleId("article-d")
    assert bench.since(1) == [WithdrawPlate(D, "silent", None), HandleDisplay(D, article, "gone")]


def test_a_broken_channel_never_stops_the_one_beside_it() -> None:
    bench = row()
    bench.node.faults.flags[B] = Flag.SATURATED
    bench.go(5)
    bench.node.take(A, bench.now)
    bench.go(5)
    assert bench.counts() == {"a": 3, "b": None, "c": 4}


def test_no_verdict_shares_its_key_with_another() -> None:
    bench = row()
    for _ in range(5):
        bench.node.take(A, bench.now)
        bench.node.across({B: 500, C: 500}, bench.now)
        bench.go(4)
        bench.node.put(A, bench.now)
        bench.node.faults.silent = True
        bench.go(3)
        bench.node.faults.silent = False
        bench.go(3)
    causes = [verdict.cause for _, verdict in bench.said]
    assert len(causes) > 10
    assert len(set(causes)) == len(causes)
