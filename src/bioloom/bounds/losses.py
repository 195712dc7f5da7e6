"""Losses of hypotheses on a sample and on all data."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bioloom.bounds.errors import BadLosses
from bioloom.bounds.notes import Note

_BLOCK = 64 << 20  # predictions compared at a time, bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Losses of some hypotheses, each between 0 and 1.

    Parameters
    ----------
    source
        Where they were read, for messages.
    names
        Of the hypotheses.
    sample, population
        Mean loss on the sample and on all data, shape (n_hypotheses,); NaN where the
        one on all data is not known.
    rows
        Row of the source that each was read from, from 1.
    trained, best
        Numbers of the hypotheses that the source calls h_train and h_all.
    n_sample, n_population
        Numbers of examples; None where not known.
    notes
        How the classes were read, where it is not plain.
    """

    source: str
    names: tuple[str, ...]
    sample: NDArray[np.float64]
    population: NDArray[np.float64]
    rows: NDArray[np.int64]
    trained: int | None = None
    best: int | None = None
    n_sample: int | None = None
    n_population: int | None = None
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        """Number of hypotheses."""
        return len(self.names)

    def to_frame(self) -> pd.DataFrame:
        """One row per hypothesis."""
        return pd.DataFrame(
            {
                "hypothesis": self.names,
                "loss_sample": self.sample,
                "loss_all": self.population,
                "gap": np.abs(self.sample - self.population),
            }
        )


def losses_of(
    predictions: NDArray[np.generic],
    label: ArrayLike,
    in_sample: ArrayLike,
    *,
    names: tuple[str, ...] = (),
    source: str = "predictions",
) -> Losses:
    """Shares of mistakes of hypotheses on a sample and on all examples.

    Parameters
    ----------
    predictions
        What each hypothesis says of each example, shape (n_hypotheses, n_examples).
    label
        What is true, shape (n_examples,).
    in_sample
        Whether an example belongs to the sample, shape (n_examples,).
    names
        Of the hypotheses; by default h1, h2, …
    source
        For messages.

    Raises
    ------
    BadLosses
        If the shapes differ, or the sample is empty.

    Notes
    -----
    Mistakes are packed to bits and counted by word: time O(n_hypotheses · n_examples),
    memory that of the predictions and a block of 64 MB.

    Examples
    --------
    >>> losses = losses_of(np.array([[0, 1, 1]]), [0, 1, 0], [True, True, False])
    >>> losses.sample.tolist(), losses.population.round(3).tolist()
    ([0.0], [0.333])
    """
    label, chosen = np.asarray(label), np.asarray(in_sample, dtype=bool)
    _check_shapes(predictions, label, chosen, source)
    mistakes = _count(predictions, label, chosen)
    n = len(predictions)
    return Losses(
        source=source,
        names=names or tuple(f"h{number}" for number in range(1, n + 1)),
        sample=mistakes[:, 0] / chosen.sum(),
        population=mistakes[:, 1] / len(label),
        rows=np.arange(1, n + 1),
        n_sample=int(chosen.sum()),
        n_population=len(label),
    )


def _check_shapes(
    predictions: NDArray[np.generic],
    label: NDArray[np.generic],
    chosen: NDArray[np.bool_],
    source: str,
) -> None:
    wanted = (label.size,)
    if predictions.shape[1:] != wanted or chosen.shape != wanted or not label.size:
        problem = (
            f"predictions of shape {predictions.shape}, {label.size} labels and a "
            f"sample mask of shape {chosen.shape}"
        )
        expected = "one prediction of each hypothesis for each labelled example"
    elif not chosen.any():
        problem, expected = "an empty sample", "at least one example in it"
    else:
        return
    raise BadLosses(
        where=source, found=problem, expected=expected, advice="Fix the arrays."
    )


def _count(
    predictions: NDArray[np.generic],
    label: NDArray[np.generic],
    chosen: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Mistakes on the sample and on all examples, shape (n_hypotheses, 2)."""
    n_hypotheses, n_examples = predictions.shape
    mask = _words(chosen[None, :])
    step = max(1, _BLOCK // n_examples)
    counts = np.empty((n_hypotheses, 2), dtype=np.int64)
    for begin in range(0, n_hypotheses, step):
        wrong = _words(predictions[begin : begin + step] != label)
        here = slice(begin, begin + len(wrong))
        counts[here, 0] = np.bitwise_count(wrong & mask).sum(axis=1, dtype=np.int64)
        counts[here, 1] = np.bitwise_count(wrong).sum(axis=1, dtype=np.int64)
    return counts


def _words(bits: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Rows of bits as rows of 64-bit words, filled up with zeros."""
    packed = np.packbits(bits, axis=1)
    spare = -packed.shape[1] % 8
    return np.pad(packed, ((0, 0), (0, spare))).view(np.uint64)
