"""One program at a time writes a journal."""

import fcntl
import os
from pathlib import Path

from edge.errors import Halt


def alone(path: Path) -> int:
    """Hold the journal at `path`: a second writer would know a stale head. Halt when somebody has it.

    Close the descriptor to let go; the kernel does when the process dies.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Halt(f"{path} is in use", hint="Stop the store first: one program writes a journal.") from None
    return lock
