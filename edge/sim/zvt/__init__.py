"""A pretend payment terminal that speaks ZVT, with the faults the real ones have; its truth log outlives it."""

from edge.sim.zvt.server import ZvtSim
from edge.sim.zvt.till_slip import slip
from edge.sim.zvt.truth import Transaction

__all__ = ["Transaction", "ZvtSim", "slip"]
