"""When a plate is at rest."""

from edge.shelf.plate import Milligrams
from edge.shelf.plateau import HOLD, WINDOW, Plateau


def feed(plateau: Plateau, weights: list[int], start: float = 0.0) -> list[float]:
    """Ten samples a second; the times at which it was at rest."""
    rested = []
    for number, weight in enumerate(weights):
        at = start + number / 10
        plateau.add(at, Milligrams(weight))
        if plateau.rest is not None:
            rested.append(at)
    return rested


def test_rest_needs_the_window_and_the_hold() -> None:
    first = feed(Plateau(Milligrams(1000)), [50_000] * 40)[0]
    assert WINDOW + HOLD <= first <= WINDOW + HOLD + 0.4


def test_a_lone_wild_sample_does_not_disturb_it() -> None:
    weights = [50_000] * 60
    weights[::5] = [900_000] * 12
    plateau = Plateau(Milligrams(1000))
    rested = feed(plateau, weights)
    assert plateau.rest == 50_000
    assert len(rested) > 40


def test_it_leaves_its_rest_when_something_moves_and_says_when() -> None:
    plateau = Plateau(Milligrams(1000))
    assert feed(plateau, [0] * 30)
    assert not feed(plateau, [80_000] * 8, start=3.0)[2:]
    assert 3.0 <= plateau.left <= 3.3


def test_a_change_smaller_than_the_spread_is_a_new_rest_too() -> None:
    plateau = Plateau(Milligrams(1000))
    feed(plateau, [0] * 30)
    feed(plateau, [5000] * 30, start=3.0)
    assert plateau.rest == 5000


def test_too_few_samples_are_no_rest() -> None:
    plateau = Plateau(Milligrams(1000))
    for second in range(5):
        plateau.add(float(second), Milligrams(0))
    assert plateau.rest is None
    for second in range(5, 10):
        plateau.add(float(second), Milligrams(0))
    assert plateau.rest == 0


def test_what_was_forgotten_counts_no_more() -> None:
    plateau = Plateau(Milligrams(1000))
    feed(plateau, [0] * 30)
    plateau.forget(3.0)
    assert plateau.rest is None
    assert feed(plateau, [0] * 30, start=3.0)[0] >= 3.0 + WINDOW + HOLD
