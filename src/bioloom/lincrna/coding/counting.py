"""Learn how coding sequence uses hexamers, codons and start contexts.

Species differ in this, so counts of a species are mixed with those of a model: with
the packaged one's, from a few dozen mRNAs on (`UsageCounts.mixed`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.lincrna.coding._frames import HEXAMER_STRIDE, UNKNOWN_CODON
from bioloom.lincrna.coding.blocks import Block
from bioloom.lincrna.coding.codons import N_AMINO_ACIDS, codon_table
from bioloom.lincrna.coding.usage import CONTEXT, PER_NAT, UsageTables

_WHOLE = 1e9  # what frequencies add up to in a file
_LARGEST = 3.0  # nats; no single hexamer may decide
_PRIOR_HEXAMERS = 4e5  # counts are scaled to this many, then one is added to each
_PRIOR_CODONS = 1e4
_PRIOR_CONTEXT = 1e3
_HALF_WAY = 100  # mRNAs of a species that weigh half of what many weigh
_LARGEST_SHARE = 0.7  # of a species beside the others

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

    @property
    def is_learnt(self) -> bool:
        """Whether both classes were counted."""
        return bool((self.codons.sum(axis=1) > 0).all())

    def mixed(self, own: "UsageCounts", n_mrnas: float) -> "UsageCounts":
        """These counts and those of a species, as frequencies.

        Parameters
        ----------
        own
            Counts of the species.
        n_mrnas
            Its mRNAs among them: the share of the species rises with their number n,
            as 0.7 · n / (n + 100).
        """
        share = _LARGEST_SHARE * n_mrnas / (n_mrnas + _HALF_WAY)
        pairs = (
            (self.hexamers, own.hexamers),
            (self.codons, own.codons),
            (self.context, own.context),
        )
        return UsageCounts(
            *(
                _as_shares(ours, share=1 - share) + _as_shares(theirs, share=share)
                for ours, theirs in pairs
            )
        )

    def whole(self) -> "UsageCounts":
        """Frequencies as whole numbers, for a file; mixing and tables lose nothing."""
        return UsageCounts(
            *(
                np.rint(_as_shares(counts, share=_WHOLE))
                for counts in (self.hexamers, self.codons, self.context)
            )
        )

    def tables(self) -> UsageTables:
        """Log-ratios of the frequencies."""
        standard = codon_table()
        hexamers = _log_ratio(self.hexamers, _PRIOR_HEXAMERS)
        codons = np.where(standard.is_sense, self.codons, 0.0)
        proteins = np.stack(
            [
                np.bincount(standard.amino_acid, counts, minlength=21)[:N_AMINO_ACIDS]
                for counts in codons
            ],
            dtype=np.float64,
        )
        of_letter = np.append(_log_ratio(proteins, _PRIOR_CODONS), 0.0)
        by_amino_acid = of_letter[standard.amino_acid]
        by_codon = np.where(
            standard.is_sense, _log_ratio(codons, _PRIOR_CODONS), by_amino_acid
        )
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


def _as_shares(counts: _Floats, *, share: float) -> _Floats:
    """Counts of each class (and place), scaled to add up to `share`."""
    axes = (1,) if counts.ndim == 2 else (2,)  # noqa: PLR2004
    total = np.maximum(counts.sum(axis=axes, keepdims=True), 1e-12)
    scaled: _Floats = counts / total * share
    return scaled


def _log_ratio(counts: _Floats, scaled_to: float) -> _Floats:
    """ln(coding frequency / non-coding frequency), with one pseudo-count each."""
    total = np.maximum(counts.sum(axis=1, keepdims=True), 1e-12)
    scaled = counts / total * scaled_to + 1.0
    frequency = scaled / scaled.sum(axis=1, keepdims=True)
    ratio: _Floats = np.log(frequency[1] / frequency[0])
    return ratio


def _thousandths(nats: _Floats) -> _Ints:
    return np.rint(PER_NAT * nats).astype(np.int64)


def no_counts() -> UsageCounts:
    """Counts of nothing."""
    shapes = ((2, 4096), (2, 64), (2, len(CONTEXT), 4))
    return UsageCounts(*(np.zeros(shape) for shape in shapes))


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
    hexamers = _hexamers(block)
    return UsageCounts(
        np.stack(
            [
                _all_hexamers(block, hexamers, np.where(is_coding, 0.0, weight)),
                _orf_hexamers(block, hexamers, np.where(is_coding, weight, 0.0)),
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


def _all_hexamers(
    block: Block, hexamers: NDArray[np.int32], weight: _Floats
) -> _Floats:
    by_column = np.repeat(weight, np.diff(block.frames.columns))
    counts = np.zeros(HEXAMER_STRIDE**2)
    for row in hexamers:
        counts += np.bincount(row, by_column, minlength=HEXAMER_STRIDE**2)
    return _known(counts)


def _orf_hexamers(
    block: Block, hexamers: NDArray[np.int32], weight: _Floats
) -> _Floats:
    longest = block.longest
    n_hexamers = np.maximum(longest.n_codons - 1, 0)
    owner = np.repeat(np.arange(len(n_hexamers)), n_hexamers)
    within = np.arange(len(owner)) - (np.cumsum(n_hexamers) - n_hexamers)[owner]
    first = longest.frame * block.frames.n_columns + longest.column
    in_frame = hexamers.ravel()[first[owner] + within]
    of_each = weight[longest.transcript[owner]]
    counts = np.bincount(in_frame, of_each, minlength=HEXAMER_STRIDE**2)
    return _known(counts.astype(np.float64))


def _hexamers(block: Block) -> NDArray[np.int32]:
    """65 · codon + next codon, shape (3, n_columns)."""
    codons = block.frames.codons.astype(np.int32)
    hexamers = codons * HEXAMER_STRIDE + UNKNOWN_CODON
    hexamers[:, :-1] += codons[:, 1:] - UNKNOWN_CODON
    return hexamers


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
