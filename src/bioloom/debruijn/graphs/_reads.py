"""Kernel that reads FASTA."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Bytes = NDArray[np.uint8]
HEADER, UNKNOWN = 62, 4
MOST_ASCII = 127


class State(NamedTuple):
    """Where in a file a block begins; blanks that the line may end with."""

    is_line_start: bool
    is_header: bool
    blanks: int


class Found(NamedTuple):
    """Codes written, records that began, and where the next block begins."""

    n_codes: int
    n_records: int
    state: State


@kernel
def read_block(block: Bytes, letters: Bytes, state: State, out: Bytes) -> Found:
    """Write the base codes of a block of FASTA, an unknown base before each record.

    Blanks at both ends of a line are left out. The number of codes is -1 if a sequence
    has a letter that is not ASCII.
    """
    is_line_start, is_header, blanks = state
    n, n_records = 0, 0
    for byte in block:
        if byte in (10, 13):
            is_line_start, is_header, blanks = True, False, 0
        elif is_header:
            continue
        elif is_line_start and byte == HEADER:
            is_line_start, is_header = False, True
            out[n] = UNKNOWN
            n, n_records = n + 1, n_records + 1
        elif byte in (9, 32):
            blanks += not is_line_start
        elif byte > MOST_ASCII:
            return Found(-1, n_records, State(False, False, 0))
        else:
            for _ in range(blanks):
                out[n] = UNKNOWN
                n += 1
            out[n] = letters[byte]
            n += 1
            is_line_start, blanks = False, 0
    return Found(n, n_records, State(is_line_start, is_header, blanks))
