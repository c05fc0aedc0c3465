"""Structured log lines for journald: priority, message, and every extra field as `name=value`."""

import logging
import sys
from collections.abc import Mapping

_PRIORITY: Mapping[int, int] = {
    logging.DEBUG: 7,
    logging.INFO: 6,
    logging.WARNING: 4,
    logging.ERROR: 3,
    logging.CRITICAL: 2,
}
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JournaldFormatter(logging.Formatter):
    """`<6>edge.health: printer/p1 is up device=printer/p1`; an event is one line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f" {name}={value}" for name, value in vars(record).items() if name not in _OWN)
        text = super().format(record) + fields
        return f"<{_PRIORITY.get(record.levelno, 6)}>" + text.replace("\n", "\\n")


def log_to_journald(*, verbose: bool = False, journald: bool) -> None:
    """Send every log line to standard error, with priorities when journald reads it."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JournaldFormatter("%(name)s: %(message)s") if journald else plain)
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler], force=True)
    for loud in ("amqtt", "transitions", "httpx"):
        logging.getLogger(loud).setLevel(logging.WARNING)
