r"""Seed sites of each miRNA on a target, beside how many a shuffled target would have.

A site is a 7mer or 8mer: the hexamer opposite miRNA bases 2 to 7, with the base
opposite 8 or an A opposite 1. A shuffled target has the same dinucleotides. The word
w_1 … w_8 occurs in it

    E(w) = N(w_1 w_2) N(w_2 w_3) … N(w_7 w_8) / (N(w_2) … N(w_7))

times on average (to the order of 1/n), where N counts dinucleotides of the target, and
bases with a base behind them. The expected number of sites is the sum over their words,
and the number of sites follows nearly a Poisson law of that mean.

References
----------
Prum B., Rodolphe F., de Turckheim E. (1995) J R Stat Soc B 57:205.
doi:10.1111/j.2517-6161.1995.tb02024.x
Bartel D.P. (2009) Cell 136:215. doi:10.1016/j.cell.2009.01.002
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.background import pair_counts
from bioloom.mirna.inputs.records import MIN_MIRNA_NT, Mirna
from bioloom.seq.alphabet import UNKNOWN, SeqCodes

WORD_NT = 8  # the seven bases opposite 8 to 2, and that opposite 1
_A = 0


@dataclass(frozen=True, slots=True)
class SeedWords:
    """The words that are sites of each miRNA.

    Parameters
    ----------
    words
        Base codes of the nine words of each miRNA, shape (n_mirnas, 9, 8): five with
        the base opposite 8 and any opposite 1, four with another base opposite 8 and
        an A opposite 1; an unknown base too, as beyond the ends of a target.
    """

    words: NDArray[np.int64]

    @property
    def indices(self) -> NDArray[np.int64]:
        """Number of each word, base 5, shape (n_mirnas, 9)."""
        return _indices(self.words)


def seed_words(mirnas: Sequence[Mirna]) -> SeedWords:
    """Words of the 7mer and 8mer sites of miRNAs."""
    words = np.zeros((len(mirnas), 9, WORD_NT), dtype=np.int64)
    for row, mirna in enumerate(mirnas):
        site = 3 - mirna.codes[1:MIN_MIRNA_NT][::-1].astype(np.int64)
        words[row, :, :7] = site
        words[row, :5, 7] = np.arange(5)
        words[row, 5:, 0] = [base for base in range(5) if base != site[0]]
        words[row, 5:, 7] = _A
    return SeedWords(words)


def n_sites(words: SeedWords, target: SeqCodes, *, circular: bool) -> NDArray[np.int64]:
    """Sites of each miRNA on a target, shape (n_mirnas,).

    Parameters
    ----------
    words
        Of the miRNAs.
    target
        Base codes.
    circular
        Whether its end goes on at its beginning.
    """
    line = _open(target, circular=circular)
    windows = np.lib.stride_tricks.sliding_window_view(line, WORD_NT)
    counts = np.bincount(_indices(windows), minlength=5**WORD_NT)
    return np.asarray(counts[words.indices].sum(axis=1), dtype=np.int64)


def expected_sites(
    words: SeedWords, target: SeqCodes, *, circular: bool
) -> NDArray[np.float64]:
    """Sites of each miRNA on shuffles of a target, on average, shape (n_mirnas,).

    Parameters
    ----------
    words, target, circular
        As for `n_sites`.
    """
    tables = background_tables(target, circular=circular)
    steps = tables.pairs[words.words[..., :-1], words.words[..., 1:]]
    inner = tables.bases[words.words[..., 1:-1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        each = steps.prod(axis=-1) / inner.prod(axis=-1)
    return np.asarray(np.nan_to_num(each).sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class BackgroundTables:
    """What a shuffled target keeps.

    Parameters
    ----------
    pairs
        Times that base b follows base a, shape (5, 5); 0 for unknown bases.
    bases
        Times that each base has another behind it, shape (5,).
    """

    pairs: NDArray[np.float64]
    bases: NDArray[np.float64]


def background_tables(target: SeqCodes, *, circular: bool) -> BackgroundTables:
    """Dinucleotides and bases of a target, without unknown bases."""
    line = np.append(target, target[:1]) if circular else target
    pairs = np.zeros((5, 5))
    pairs[:4, :4] = pair_counts(line)
    return BackgroundTables(pairs, pairs.sum(axis=1))


def _open(target: SeqCodes, *, circular: bool) -> SeqCodes:
    """A target on which each site has both of its neighbours."""
    if circular:
        return np.append(target, np.resize(target, WORD_NT - 1))
    edge = np.full(1, UNKNOWN, dtype=np.uint8)
    return np.concatenate([edge, target, edge])


def _indices(words: NDArray) -> NDArray[np.int64]:
    powers = 5 ** np.arange(WORD_NT)[::-1]
    return np.asarray(words.astype(np.int64) @ powers, dtype=np.int64)
