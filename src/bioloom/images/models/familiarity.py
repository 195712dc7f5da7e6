"""Whether a picture is like those that a model was trained on.

A classifier gives every picture one of its classes, a blank page as well. Here the
picture's features are compared with those of the training pictures: its familiarity is
the cosine with the third nearest. Below a threshold the picture is called unknown.

References
----------
Sun Y. et al. (2022) Out-of-distribution detection with deep nearest neighbors. ICML.
arXiv:2204.06507
"""

import base64
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.images.merging.near import unit_length

Floats = NDArray[np.float32]

NEAREST = 3
"""Which of the nearest training pictures counts."""
FALSE_ALARMS = 0.01
"""Share of pictures like the training pictures that are called unknown."""
UNKNOWN = "unknown"
_MOST, _WIDTH = 2000, 128
_BLOCK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """Training pictures in few numbers, and the threshold.

    Parameters
    ----------
    basis
        Directions of the training features, shape (num_features, k).
    references
        Training pictures in these directions, of length 1 in all, shape (n, k).
    threshold
        Familiarity below which a picture is unknown.
    false_alarms
        Expected share of pictures like the training pictures below it.
    """

    basis: Floats
    references: Floats
    threshold: float
    false_alarms: float

    def of(self, features: Floats) -> Floats:
        """Cosine of each picture with its third nearest training picture.

        Parameters
        ----------
        features
            By the same model, shape (n, num_features).
        """
        parts = [
            _nth_largest(
                unit_length(features[begin : begin + _BLOCK]) @ self.basis,
                self.references,
            )
            for begin in range(0, len(features), _BLOCK)
        ]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.float32)

    def to_text(self) -> str:
        """As text, for the metadata of a model file."""
        stream = io.BytesIO()
        np.savez(
            stream,
            basis=self.basis.astype(np.float16),
            references=self.references.astype(np.float16),
            limits=np.array([self.threshold, self.false_alarms]),
        )
        return base64.b64encode(stream.getvalue()).decode("ascii")

    @classmethod
    def from_text(cls, text: str) -> "Familiarity":
        """As `to_text` wrote it; no code in it is ever executed."""
        content = io.BytesIO(base64.b64decode(text))
        with np.load(content, allow_pickle=False) as arrays:
            threshold, false_alarms = arrays["limits"].tolist()
            return cls(
                arrays["basis"].astype(np.float32),
                arrays["references"].astype(np.float32),
                threshold,
                false_alarms,
            )


def fit_familiarity(
    features: Floats, groups: NDArray[np.int64], *, rng_seed: int
) -> Familiarity:
    """Learn what is familiar from the training pictures.

    Parameters
    ----------
    features
        Of the training pictures, shape (n, num_features).
    groups
        Pictures with the same number are not compared with each other.
    rng_seed
        Of the choice of 2,000 pictures, if there are more.

    Notes
    -----
    The threshold is the familiarity that `FALSE_ALARMS` of the training pictures have
    among those of other groups, or less; with fewer than a hundred pictures the lowest
    one, so that one in n + 1 is expected below it.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    chosen = rng.permutation(len(features))[:_MOST]
    unit, groups = unit_length(features[chosen]), groups[chosen]
    _, _, directions = np.linalg.svd(unit, full_matrices=False)
    basis = directions[:_WIDTH].T
    references = unit @ basis
    among = np.sort(_among_others(references, groups))
    rank = max(0, int(FALSE_ALARMS * (len(among) + 1)) - 1)
    return Familiarity(
        basis, references, float(among[rank]), (rank + 1) / (len(among) + 1)
    )


def _among_others(references: Floats, groups: NDArray[np.int64]) -> Floats:
    parts = []
    for begin in range(0, len(references), _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        cosine = references[rows] @ references.T
        cosine[groups[rows, None] == groups] = -1
        parts.append(_nth(cosine))
    return np.concatenate(parts)


def _nth_largest(pictures: Floats, references: Floats) -> Floats:
    return _nth(pictures @ references.T)


def _nth(cosine: Floats) -> Floats:
    n = min(NEAREST, cosine.shape[1])
    nth: Floats = np.partition(cosine, -n, axis=1)[:, -n]
    return nth
