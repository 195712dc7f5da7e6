"""How often a training set drawn from your data is not representative."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.data import column, numbers
from bioloom.bounds.matching import matched
from bioloom.bounds.notes import warn_of
from bioloom.bounds.settings import FAILURE_PROB, N_DRAWS, TOLERANCE
from bioloom.bounds.tails import (
    allowed_count,
    hoeffding_tail,
    hypergeometric_tail,
    serfling_tail,
    vc_tail,
)
from bioloom.bounds.thresholds import Rows, Thresholds, thresholds_of
from bioloom.errors import BadTable
from bioloom.run.progress import OnStep, silent
from bioloom.run.settings import RNG_SEED
from bioloom.run.table_reader import TableSource, name_of_source, read_table
from bioloom.statistics.intervals import Estimate, clopper_pearson

MOST_ENUMERATED = 50_000
"""Number of samples up to which all are taken instead of a random draw."""
BOUNDS = ("exact", "serfling", "hoeffding", "vc")
_STEPS_EVERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """How training sets are drawn, and what they must meet.

    Parameters
    ----------
    n_sample
        Examples of each, drawn without replacement.
    tolerance
        How much worse than the best the chosen threshold may be; a gap may be half.
    n_draws
        Training sets, unless there are so few that all are taken.
    failure_prob
        Of the interval around the measured share.
    rng_seed
        Of the draws.
    """

    n_sample: int
    tolerance: float = TOLERANCE
    n_draws: int = N_DRAWS
    failure_prob: float = FAILURE_PROB
    rng_seed: int = RNG_SEED


@dataclass(frozen=True, repr=False)
class Simulation:
    """What training sets drawn from all data gave.

    Parameters
    ----------
    thresholds
        The data and the class.
    draws
        How they were drawn.
    is_exact
        Whether these are all possible samples.
    most
        Largest ``|k N - K n|`` over the class in each draw: the largest gap times n N.
    chosen
        Hypothesis with the least loss on the sample; the first of equals.
    n_wrong
        Its mistakes on the sample.
    """

    thresholds: Thresholds
    draws: Draws
    is_exact: bool
    most: Rows
    chosen: Rows
    n_wrong: Rows

    @property
    def epsilon(self) -> float:
        """Largest gap that is allowed."""
        return self.draws.tolerance / 2

    @cached_property
    def losses(self) -> NDArray[np.float64]:
        """Loss of each hypothesis on all data."""
        above, n = self.thresholds.mistakes(), self.thresholds.n_examples
        return np.concatenate([above, n - above]) / n

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Largest gap over the class in each draw."""
        return self.most / (self.draws.n_sample * self.thresholds.n_examples)

    @property
    def excess(self) -> NDArray[np.float64]:
        """How much worse than the best the chosen hypothesis is on all data."""
        found: NDArray[np.float64] = self.losses[self.chosen] - self.losses.min()
        return found

    @property
    def n_missed(self) -> int:
        """Draws that are not representative."""
        return int((self.most > self._allowed(self.epsilon)).sum())

    @property
    def missed(self) -> Estimate:
        """Share of them, with its interval; without one if all samples were taken."""
        share = self.n_missed / len(self.most)
        if self.is_exact:
            return Estimate(share, share, share, "exact")
        return clopper_pearson(
            self.n_missed, len(self.most), failure_prob=self.draws.failure_prob
        )

    def _allowed(self, epsilon: float) -> int:
        n = np.array([self.draws.n_sample])
        return int(allowed_count(n, self.thresholds.n_examples, epsilon)[0])

    def bound(self, name: str, epsilon: float) -> float:
        """A bound on the probability of a gap beyond epsilon; may exceed 1.

        Notes
        -----
        A threshold and its opposite have the same gap, so that unions run over the
        cuts, and the class of one side, of VC dimension 1, is enough.
        """
        n, total = self.draws.n_sample, self.thresholds.n_examples
        size = len(self.thresholds.cuts)
        if name == "vc":
            return vc_tail(n, epsilon=epsilon, vc_dim=1)
        if name == "hoeffding":
            return size * float(hoeffding_tail(n, epsilon=epsilon))
        if name == "serfling":
            return size * float(serfling_tail(n, epsilon=epsilon, population=total))
        mistakes = self.thresholds.mistakes()
        tails = hypergeometric_tail(mistakes, n, population=total, epsilon=epsilon)
        return float(tails.sum())

    def curve(self, epsilons: NDArray[np.float64]) -> pd.DataFrame:
        """Share of draws with a gap beyond each epsilon, beside the bounds."""
        share = [
            np.mean(self.most > self._allowed(epsilon)) for epsilon in epsilons.tolist()
        ]
        columns = {
            name: [min(1.0, self.bound(name, epsilon)) for epsilon in epsilons.tolist()]
            for name in BOUNDS
        }
        return pd.DataFrame({"epsilon": epsilons, "measured": share, **columns})

    def to_frame(self) -> pd.DataFrame:
        """One row per draw."""
        above = self.chosen < len(self.thresholds.cuts)
        return pd.DataFrame(
            {
                "draw": np.arange(1, len(self.most) + 1),
                "largest_gap": self.gaps,
                "cut": self.thresholds.cuts[self.chosen % len(self.thresholds.cuts)],
                "positive": np.where(above, "above", "up to"),
                "loss_sample": self.n_wrong / self.draws.n_sample,
                "loss_all": self.losses[self.chosen],
                "excess": self.excess,
            }
        )

    def class_frame(self) -> pd.DataFrame:
        """One row per cut: loss on all data of both hypotheses."""
        above = self.losses[: len(self.thresholds.cuts)]
        return pd.DataFrame(
            {
                "cut": self.thresholds.cuts,
                "loss_positive_above": above,
                "loss_positive_up_to": 1 - above,
            }
        )


def read_thresholds(
    source: TableSource, *, feature: str, label: str, positive: str | None = None
) -> Thresholds:
    """Read a table of examples and make all thresholds on one of its columns.

    Parameters
    ----------
    source
        CSV or TSV, an open file or a DataFrame.
    feature, label
        Columns with a number and with the class. Rows without a class are left out.
    positive
        As for `bioloom.bounds.thresholds.thresholds_of`.

    Raises
    ------
    MissingFile, UnknownName, BadTable
        If the file, a column or a number is missing.
    """
    where = name_of_source(source)
    frame = read_table(source)
    labels = [name.strip() for name in column(frame, label, where=where)]
    frame = frame[[bool(label) for label in labels]]
    values = numbers(column(frame, feature, where=where), feature, where=where)
    named = [name for name in labels if name]
    classes, _, notes = matched(named, named, where=where)
    warn_of(notes, where)
    return thresholds_of(values, classes, positive=positive, source=where)


def simulate(
    thresholds: Thresholds, draws: Draws, *, on_step: OnStep = silent
) -> Simulation:
    """Draw training sets, choose the best threshold on each, compare with all data.

    Parameters
    ----------
    thresholds
        All data and the class.
    draws
        How many training sets, of what size.
    on_step
        Called as draws are done.

    Raises
    ------
    BadTable
        If a training set would be larger than all data.

    Notes
    -----
    A draw takes O(n_sample + n_cuts). Where there are at most 50,000 samples all of
    them are taken, and the result is exact.
    """
    n, total = draws.n_sample, thresholds.n_examples
    if n > total:
        raise BadTable(
            where="--sample",
            found=f"{n:,} examples",
            expected=f"at most the {total:,} of the table",
            advice="Draw fewer.",
        )
    n_all = comb(total, n)
    is_exact = n_all <= MOST_ENUMERATED
    n_draws = n_all if is_exact else draws.n_draws
    outcomes = np.empty((3, n_draws), dtype=np.int64)
    whole = thresholds.mistakes()
    for number, rows in enumerate(_samples(total, draws, is_exact=is_exact)):
        outcomes[:, number] = _outcome(thresholds, rows, whole)
        if number % _STEPS_EVERY == 0:
            on_step("draws", number, n_draws)
    return Simulation(thresholds, draws, is_exact, *outcomes)


def _samples(total: int, draws: Draws, *, is_exact: bool) -> Iterator[Rows]:
    if is_exact:
        for rows in combinations(range(total), draws.n_sample):
            yield np.array(rows)
        return
    rng = np.random.default_rng(draws.rng_seed)
    for _ in range(draws.n_draws):
        yield rng.choice(total, draws.n_sample, replace=False, shuffle=False)


class _Outcome(NamedTuple):
    """Of one draw: largest ``|k N - K n|``, the chosen hypothesis, its mistakes."""

    most: int
    chosen: int
    n_mistakes: int


def _outcome(thresholds: Thresholds, rows: Rows, whole: Rows) -> _Outcome:
    """Choose the best threshold on a sample."""
    above, n = thresholds.mistakes(rows), len(rows)
    gaps = np.abs(above * thresholds.n_examples - whole * n)
    low, high = int(above.argmin()), int(above.argmax())
    if above[low] <= n - above[high]:
        return _Outcome(int(gaps.max()), low, int(above[low]))
    return _Outcome(int(gaps.max()), len(above) + high, int(n - above[high]))
