"""Parts of a target that kernels work on."""

from typing import NamedTuple


class Span(NamedTuple):
    """Positions of a target from `start` up to, but not with, `end`."""

    start: int
    end: int


class ScanRange(NamedTuple):
    """What a scan from right to left covers.

    Parameters
    ----------
    low, high
        Starts of duplexes in target[low:high] are recorded.
    piece
        Starts that share one minimum.
    right
        Where the scan begins: beyond the reach of any of the duplexes.
    """

    low: int
    high: int
    piece: int
    right: int
