"""One process at a time, on every system; a lock ends with its process."""

from importlib import import_module
from typing import IO


def is_locked(stream: IO[str]) -> bool:
    """Whether another process has locked an open file; if not, this one does now."""
    try:
        import fcntl
    except ImportError:  # Windows
        return _is_locked_windows(stream)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _is_locked_windows(stream: IO[str]) -> bool:
    msvcrt = import_module("msvcrt")
    try:
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return True
    return False
