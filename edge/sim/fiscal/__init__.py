"""Pretend makers of legal receipts, of every kind a country may want, with the faults the real ones have."""

from edge.sim.fiscal.device import Faults, FiscalDevice
from edge.sim.fiscal.server import FiscalSim

__all__ = ["Faults", "FiscalDevice", "FiscalSim"]
