"""A coding model fitted to a species: its use of codons and hexamers mixed in.

Trees that judge the features hold across species; what coding sequence looks like
does not. A few dozen mRNAs are enough to learn that, and those that the model itself
is sure of will do.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import Block, block_of
from bioloom.lincrna.coding.counting import UsageCounts, count_usage, no_counts
from bioloom.lincrna.coding.features import measure
from bioloom.lincrna.coding.model import CodingModel
from bioloom.lincrna.coding.orf import STANDARD_CODE
from bioloom.run.batches import batches
from bioloom.seq.genetic_code import GeneticCode

MIN_MRNAS = 50
SURELY_CODING, SURELY_NONCODING = 3.0, -2.0  # log-odds
_CHUNK = 250


@dataclass(frozen=True, slots=True)
class OwnUsage:
    """How a species' transcripts use hexamers, codons and start contexts.

    Parameters
    ----------
    counts
        Of non-coding and coding transcripts.
    n_mrnas, n_noncoding
        Transcripts counted.
    """

    counts: UsageCounts
    n_mrnas: int = 0
    n_noncoding: int = 0

    def __add__(self, other: "OwnUsage") -> "OwnUsage":
        return OwnUsage(
            self.counts + other.counts,
            self.n_mrnas + other.n_mrnas,
            self.n_noncoding + other.n_noncoding,
        )

    @property
    def is_enough(self) -> bool:
        """Whether there are enough of both to adapt a model."""
        return min(self.n_mrnas, self.n_noncoding) >= MIN_MRNAS

    def fitted(self, model: CodingModel, *, to: str) -> CodingModel:
        """The model adapted to these transcripts; as it was if they are too few.

        Parameters
        ----------
        model
            The model.
        to
            What they are, for its name.
        """
        if not self.is_enough:
            return model
        return model.adapted(self.counts, self.n_mrnas, to=to)


def labelled_usage(
    mrnas: Sequence[str], noncoding: Sequence[str], code: GeneticCode = STANDARD_CODE
) -> OwnUsage:
    """Usage of transcripts of known class.

    Parameters
    ----------
    mrnas, noncoding
        Spliced, 5'→3'.
    code
        The genetic code.
    """
    usages = (
        _counted(
            block_of(part, code), np.full(len(part), is_coding), np.ones(len(part))
        )
        for sequences, is_coding in ((mrnas, True), (noncoding, False))
        for part in batches(sequences, _CHUNK)
    )
    return reduce(add, usages, OwnUsage(no_counts()))


def sure_usage(
    sequences: Iterable[str], model: CodingModel, code: GeneticCode = STANDARD_CODE
) -> OwnUsage:
    """Usage of transcripts of unknown class, by the calls that the model is sure of.

    Parameters
    ----------
    sequences
        Spliced, 5'→3', on their strand.
    model
        Calls them: coding from log-odds of 3 on (95 %), non-coding below -2 (12 %).
    code
        The genetic code.
    """
    return reduce(add, _sure_usages(sequences, model, code), OwnUsage(no_counts()))


def _sure_usages(
    sequences: Iterable[str], model: CodingModel, code: GeneticCode
) -> Iterator[OwnUsage]:
    for part in batches(sequences, _CHUNK):
        block = block_of(part, code)
        log_odds = model.log_odds(measure(block, model.usage.read_as(block.table)))
        is_coding = log_odds >= SURELY_CODING
        is_sure = is_coding | (log_odds < SURELY_NONCODING)
        yield _counted(block, is_coding, is_sure.astype(np.float64))


def _counted(
    block: Block, is_coding: NDArray[np.bool_], weight: NDArray[np.float64]
) -> OwnUsage:
    is_counted = weight > 0
    return OwnUsage(
        count_usage(block, is_coding, weight),
        int((is_coding & is_counted).sum()),
        int((~is_coding & is_counted).sum()),
    )
