"""Learn how coding sequence uses hexamers, codons and start contexts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding.blocks import AMINO_ACID, IS_SENSE, Block
from bioloom.lincrna.coding.usage import CONTEXT, HEXAMER_STRIDE, PER_NAT, UsageTables

_LARGEST = 3.0  # nats; no single hexamer may decide
_PRIOR_HEXAMERS = 4e5  # counts are scaled to this many, then one is added to each
_PRIOR_CODONS = 1e4
_PRIOR_CONTEXT = 1e3

_Floats = NDArray[np.float64]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class UsageCounts:
    """Weighted counts of non-coding (row 0) and coding (row 1) transcripts.

    They add up: the counts of a union of folds are the sum of those of its folds.

    Parameters
    ----------
    hexamers
        Shape (2, 4096).
    codons
        Of the longest ORFs, shape (2, 64).
    context
        Bases around their start codons, shape (2, 9, 4).
    """

    hexamers: _Floats
    codons: _Floats
    context: _Floats

    def __add__(self, other: "UsageCounts") -> "UsageCounts":
        return UsageCounts(
            self.hexamers + other.hexamers,
            self.codons + other.codons,
            self.context + other.context,
        )

    def tables(self) -> UsageTables:
        """Log-ratios of the frequencies."""
        hexamers = _log_ratio(self.hexamers, _PRIOR_HEXAMERS)
        codons = np.where(IS_SENSE, self.codons, 0.0)
        proteins = np.stack(
            [np.bincount(AMINO_ACID, counts, minlength=21)[:20] for counts in codons],
            dtype=np.float64,
        )
        by_amino_acid = np.append(_log_ratio(proteins, _PRIOR_CODONS), 0.0)[AMINO_ACID]
        by_codon = np.where(IS_SENSE, _log_ratio(codons, _PRIOR_CODONS), by_amino_acid)
        context = np.stack(
            [
                _log_ratio(self.context[:, i], _PRIOR_CONTEXT)
                for i in range(len(CONTEXT))
            ]
        )
        return UsageTables(
            _thousandths(np.clip(hexamers, -_LARGEST, _LARGEST)),
            _thousandths(by_amino_acid),
            _thousandths(by_codon - by_amino_acid),
            _thousandths(context),
        )


def _log_ratio(counts: _Floats, scaled_to: float) -> _Floats:
    """ln(coding frequency / non-coding frequency), with one pseudo-count each."""
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
    scaled = counts / total * scaled_to + 1.0
    frequency = scaled / scaled.sum(axis=1, keepdims=True)
    ratio: _Floats = np.log(frequency[1] / frequency[0])
    return ratio


def _thousandths(nats: _Floats) -> _Ints:
    return np.rint(PER_NAT * nats).astype(np.int64)


def count_usage(
    block: Block, is_coding: NDArray[np.bool_], weight: _Floats
) -> UsageCounts:
    """Count the usage of the transcripts of a block.

    Of mRNAs the hexamers of the longest ORF are counted, in frame; of non-coding RNAs
    all hexamers.

    Parameters
    ----------
    block
        The transcripts.
    is_coding, weight
        Of each, shape (n,).
    """
    return UsageCounts(
        np.stack(
            [
                _all_hexamers(block, np.where(is_coding, 0.0, weight)),
                _orf_hexamers(block, np.where(is_coding, weight, 0.0)),
            ]
        ),
        np.stack(
            [
                (block.codon_counts * (weight * (is_coding == kind))[:, None]).sum(
                    axis=0
                )
                for kind in (False, True)
            ]
        ),
        np.stack(
            [_context(block, weight * (is_coding == kind)) for kind in (False, True)]
        ),
    )


def _all_hexamers(block: Block, weight: _Floats) -> _Floats:
    by_column = np.repeat(weight, np.diff(block.frames.columns))
    counts = np.zeros(HEXAMER_STRIDE**2)
    for row in block.hexamers:
        counts += np.bincount(row, by_column, minlength=HEXAMER_STRIDE**2)
    return _known(counts)


def _orf_hexamers(block: Block, weight: _Floats) -> _Floats:
    longest = block.longest
    n_hexamers = np.maximum(longest.n_codons - 1, 0)
    owner = np.repeat(np.arange(len(n_hexamers)), n_hexamers)
    within = np.arange(len(owner)) - (np.cumsum(n_hexamers) - n_hexamers)[owner]
    first = longest.frame * block.frames.n_columns + longest.column
    hexamers = block.hexamers.ravel()[first[owner] + within]
    of_each = weight[longest.transcript[owner]]
    counts = np.bincount(hexamers, of_each, minlength=HEXAMER_STRIDE**2)
    return _known(counts.astype(np.float64))


def _known(counts: _Floats) -> _Floats:
    """Counts of hexamers with two known codons, shape (4096,)."""
    return counts.reshape(HEXAMER_STRIDE, HEXAMER_STRIDE)[:64, :64].ravel()


def _context(block: Block, weight: _Floats) -> _Floats:
    has_orf = np.zeros(len(block), dtype=bool)
    has_orf[block.longest.transcript] = True
    columns = block.context[has_orf].T
    return np.stack(
        [np.bincount(bases, weight[has_orf], minlength=5)[:4] for bases in columns]
    )
