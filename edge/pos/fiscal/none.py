"""Where the law wants no device: we make the receipt ourselves, and `Evidence` says so."""

from datetime import date

from edge.countries.profile import Profile, Regime
from edge.facts.sale import Evidence
from edge.pos.fiscal.document import FiscalDocument
from edge.pos.fiscal.port import DayReport, DeviceTax, FiscalStatus, Issued, SaysNo
from edge.units import Key

_NO_DEVICE = SaysNo("there is no fiscal device", hint="Print the copy or the report from the till itself.", code="none")


class NoFiscal:
    """Needs nobody outside: always ready, nothing to find, issuing again is free."""

    def __init__(self, profile: Profile, today: date) -> None:
        self._taxes = tuple(DeviceTax(rate.label, rate.rate) for rate in profile.tax_table(today))

    async def status(self) -> FiscalStatus:
        return FiscalStatus("", Regime.NONE, ready=True)

    async def taxes(self) -> tuple[DeviceTax, ...]:
        return self._taxes

    async def issue(self, document: FiscalDocument, key: Key) -> Issued | SaysNo:
        return Issued(Evidence(regime=Regime.NONE))

    async def find(self, key: Key) -> Evidence | None:
        return None

    async def copy(self, of: str) -> Issued | SaysNo:
        return _NO_DEVICE

    async def close_day(self) -> DayReport | SaysNo:
        return _NO_DEVICE

    async def report(self, first: date, last: date) -> tuple[DayReport, ...]:
        return ()
