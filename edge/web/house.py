"""What the pages of one box are made of; `edge.app` fills it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edge.board import Board
from edge.clock import Clock, stamp
from edge.commands import Door
from edge.config import StoreConfig
from edge.health import Health
from edge.ids import Ids
from edge.journal.store import Journal
from edge.nfc.watch import Walls
from edge.pos.payment.port import TenderPort
from edge.pos.receipt.shop import Shop as Letterhead
from edge.pos.shop import Shop
from edge.shelf.watch import Watch
from edge.staff.desk import Desk
from edge.sync.cable import Cable
from edge.units import TillId
from edge.web.live import Live
from edge.web.metrics import Metrics
from edge.web.page import Look, Pages
from edge.web.words import LANGUAGES

if TYPE_CHECKING:
    from edge.web.checkup import Checkup

Json = Mapping[str, object]


@dataclass(slots=True)
class House:
    """One store's parts, as its pages see them; `asked` is what a till must still be asked (docs/screens.md)."""

    config: StoreConfig
    shop: Shop
    journal: Journal
    door: Door
    desk: Desk
    board: Board
    health: Health
    pages: Pages
    clock: Clock
    ids: Ids
    boot: str
    walls: Walls
    metrics: Metrics
    live: Live = field(init=False)
    checkup: "Checkup" = field(init=False)
    doors: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Host and port of each door that listens."""
    watch: Watch | None = None
    """The shelves' watchman, where there are shelves."""
    cable: Cable | None = None
    asked: dict[TillId, Json] = field(default_factory=dict)
    terminals: dict[str, TenderPort] = field(default_factory=dict)
    """The payment terminals that have a wire."""
    letterhead: Letterhead | None = None
    """What papers say about the shop."""
    public: str = ""
    """Where the public door listens, once it does."""
    genuine: Callable[[bytes, bytes], bool] = lambda message, signature: False
    """Whether this box has signed a message: what a receipt's QR is held against."""
    started_at: str = field(init=False)
    """When the box started."""

    def __post_init__(self) -> None:
        self.started_at = stamp(self.clock.now())

    def phones(self) -> str:
        """What links for phones begin with; ends with a slash."""
        return (self.config.store.phone_link or self.public or f"http://{self.config.web.public}").rstrip("/") + "/"

    def look(self, language: str) -> Look:
        """Whose page it is, for a reader of `language`."""
        store, profile = self.config.store, self.shop.profile
        known = language if language in LANGUAGES else store.language
        return Look(
            known,
            store.country.upper(),
            profile.currency,
            profile.decimals,
            store.time_zone,
            store.id,
            store.name,
            self.config.web.start or None,
        )

    def here(self) -> Mapping[str, object]:
        """Which shop this is, as its pages were told when they were made."""
        return {"country": self.config.store.country.upper()}

    def tills(self) -> Sequence[TillId]:
        """The tills of this store."""
        return [till.id for till in self.config.till]
