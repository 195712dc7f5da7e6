"""Spoilt copies of whole mRNAs, so that a model knows what assemblies hold.

mRNAs with inserted and lost bases, as long reads and thin coverage leave them, and
pieces of mRNAs. They are trained on and never tested on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bioloom.lincrna.training.examples import Example

ERROR_RATES = (0.001, 0.002, 0.005, 0.01)  # insertions and deletions per base
ERRORS_WEIGHT, PIECE_WEIGHT = 0.3, 0.1
_MIN_NT = 250
_LOG10_NT = (2.8, 0.25)  # mean and spread of the lengths of pieces


def spoilt_copies(
    mrnas: Sequence[Example], rng: np.random.Generator
) -> Iterator[Example]:
    """Two copies of each mRNA: one with errors, and a piece of it.

    Parameters
    ----------
    mrnas
        Whole ones.
    rng
        Draws the errors and the pieces.
    """
    for mrna in mrnas:
        rate = float(rng.choice(ERROR_RATES))
        spoilt = with_errors(mrna.sequence, rate, rng)
        yield replace(mrna, sequence=spoilt, weight=ERRORS_WEIGHT, is_made_up=True)
        part = _piece(mrna.sequence, rng)
        yield replace(mrna, sequence=part, weight=PIECE_WEIGHT, is_made_up=True)


def with_errors(sequence: str, rate: float, rng: np.random.Generator) -> str:
    """A sequence with bases lost and inserted.

    Parameters
    ----------
    sequence
        ASCII letters.
    rate
        Of errors per base; half are losses, half insertions of a random base.
    rng
        Draws them.

    Examples
    --------
    >>> with_errors("ACGTACGTAC", 0.4, np.random.default_rng(3))
    'ACCTACCGTTACG'
    """
    drawn = rng.random(len(sequence))
    times = 1 + (drawn < rate / 2) - (drawn > 1 - rate / 2).astype(int)
    letters = np.frombuffer(sequence.encode("ascii"), dtype=np.uint8)
    copied = np.repeat(letters, times)
    inserted = np.cumsum(times)[times > 1] - 1
    bases = np.frombuffer(b"ACGT", dtype=np.uint8)
    copied[inserted] = rng.choice(bases, len(inserted))
    return copied.tobytes().decode("ascii")


def _piece(sequence: str, rng: np.random.Generator) -> str:
    length = min(len(sequence), max(_MIN_NT, round(10 ** rng.normal(*_LOG10_NT))))
    begin = int(rng.integers(0, len(sequence) - length + 1))
    return sequence[begin : begin + length]
