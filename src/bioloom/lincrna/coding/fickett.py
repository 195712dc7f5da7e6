"""Fickett's TESTCODE: how unevenly bases are used over the three codon positions.

References
----------
Fickett J.W. (1982) Nucleic Acids Res 10:5303. doi:10.1093/nar/10.17.5303
"""

import numpy as np
from numpy.typing import NDArray

from bioloom.seq.alphabet import SeqCodes

# Fickett 1982, tables 1 and 2: probability of coding by the value of each parameter,
# and the weight of each parameter, for A, C, G, T.
_POSITION_FROM = (1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 0.0)
_POSITION_PROBABILITY = np.array(
    [
        [0.94, 0.68, 0.84, 0.93, 0.58, 0.68, 0.45, 0.34, 0.20, 0.22],
        [0.80, 0.70, 0.70, 0.81, 0.66, 0.48, 0.51, 0.33, 0.30, 0.23],
        [0.90, 0.88, 0.74, 0.64, 0.53, 0.48, 0.27, 0.16, 0.08, 0.08],
        [0.97, 0.97, 0.91, 0.68, 0.69, 0.44, 0.54, 0.20, 0.09, 0.09],
    ]
)
_POSITION_WEIGHT = np.array([0.26, 0.18, 0.31, 0.33])
_CONTENT_FROM = (0.33, 0.31, 0.29, 0.27, 0.25, 0.23, 0.21, 0.19, 0.17, 0.0)
_CONTENT_PROBABILITY = np.array(
    [
        [0.28, 0.49, 0.44, 0.55, 0.62, 0.49, 0.67, 0.65, 0.81, 0.21],
        [0.82, 0.64, 0.51, 0.64, 0.59, 0.59, 0.43, 0.44, 0.39, 0.31],
        [0.40, 0.54, 0.47, 0.64, 0.64, 0.73, 0.41, 0.41, 0.33, 0.29],
        [0.28, 0.24, 0.39, 0.40, 0.55, 0.75, 0.56, 0.69, 0.51, 0.58],
    ]
)
_CONTENT_WEIGHT = np.array([0.11, 0.12, 0.15, 0.14])


def fickett_score(codes: SeqCodes) -> float:
    """TESTCODE of one sequence.

    Parameters
    ----------
    codes
        Base codes in frame, shape (n,).

    Returns
    -------
    Sum over the eight parameters of probability × weight; 0 for no base.
    """
    counts = np.stack([np.bincount(codes[i::3], minlength=5)[:4] for i in range(3)])
    return float(fickett_of_counts(counts[None], np.array([len(codes)]))[0])


def fickett_of_counts(
    counts: NDArray[np.int64], n_bases: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """TESTCODE of many sequences.

    Parameters
    ----------
    counts
        Of A, C, G, T at each codon position, shape (n, 3, 4).
    n_bases
        Of which a base's content is a part, shape (n,); None takes the known ones.

    Returns
    -------
    Scores, shape (n,); 0 where there is no base.
    """
    total = counts.sum(axis=(1, 2))
    position = counts.max(axis=1) / (counts.min(axis=1) + 1.0)
    whole = np.maximum(total if n_bases is None else n_bases, 1)
    content = counts.sum(axis=1) / whole[:, None]
    by_position = _looked_up(position, _POSITION_FROM, _POSITION_PROBABILITY)
    by_content = _looked_up(content, _CONTENT_FROM, _CONTENT_PROBABILITY)
    terms = by_position * _POSITION_WEIGHT + by_content * _CONTENT_WEIGHT
    scores: NDArray[np.float64] = np.where(total > 0, terms.sum(axis=1), 0.0)
    return scores


def _looked_up(
    values: NDArray[np.float64],
    lower_edges: tuple[float, ...],
    table: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Entry of each base's row whose lower edge is the first not above its value."""
    bins = (values[:, :, None] >= np.array(lower_edges)).argmax(axis=2)
    entries: NDArray[np.float64] = table[np.arange(4), bins]
    return entries
