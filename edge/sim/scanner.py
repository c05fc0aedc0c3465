"""A barcode scanner on a serial pty; with `link` its path stays the same when it is plugged in again."""

import os
import tty
from pathlib import Path


class SimScanner:
    """`plug()`, `read(code)`, `unplug()`; `truth` is what it has sent."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._ends: tuple[int, int] | None = None
        self.truth: list[str] = []

    @property
    def url(self) -> str:
        return f"serial://{self._link}"

    @property
    def plugged(self) -> bool:
        return self._ends is not None

    def plug(self) -> None:
        """The cable goes in."""
        if self._ends is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        fresh = self._link.with_name(f"{self._link.name}.new")
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self._link)
        self._ends = (master, slave)

    def read(self, code: str) -> None:
        """It reads a code and sends it, ended by CR."""
        if self._ends is None:
            return
        os.write(self._ends[0], code.encode() + b"\r")
        self.truth.append(code)

    def unplug(self) -> None:
        """The cable is pulled out."""
        if self._ends is None:
            return
        self._link.unlink(missing_ok=True)
        for end in self._ends:
            os.close(end)
        self._ends = None
