"""Is the sample representative? Then the best on it is nearly the best of all.

Let ε = tolerance / 2. If ``|L(h, sample) - L(h, all)| ≤ ε`` for every hypothesis h:

    L(h_train, all) ≤ L(h_train, sample) + ε
                    ≤ L(h_all, sample) + ε
                    ≤ L(h_all, all) + 2ε.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.bounds.errors import BadLosses
from bioloom.bounds.losses import Losses

SLACK = 1e-12  # of sums of decimal fractions


class Chain(NamedTuple):
    """The sides of the chain of inequalities; each is at most the next.

    Parameters
    ----------
    trained_on_all
        Loss of h_train on all data; NaN if not known.
    trained_on_sample, best_on_sample
        Losses on the sample, ε added.
    best_on_all
        Loss of h_all on all data, 2ε added.
    """

    trained_on_all: float
    trained_on_sample: float
    best_on_sample: float
    best_on_all: float


@dataclass(frozen=True, slots=True, repr=False)
class Check:
    """What a table of losses shows about the sample.

    Parameters
    ----------
    losses
        As given.
    tolerance
        How much worse than the best the chosen hypothesis may be.
    trained, best
        Numbers of h_train, least on the sample, and of h_all, least on all data.
    """

    losses: Losses
    tolerance: float
    trained: int
    best: int

    @property
    def epsilon(self) -> float:
        """Largest gap that is allowed."""
        return self.tolerance / 2

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Distance of both losses of each hypothesis; NaN where one is not known."""
        gaps: NDArray[np.float64] = np.abs(self.losses.sample - self.losses.population)
        return gaps

    @property
    def worst(self) -> int:
        """Number of the hypothesis with the largest known gap."""
        return int(np.nanargmax(self.gaps))

    @property
    def n_unknown(self) -> int:
        """Hypotheses whose loss on all data is not known."""
        return int(np.isnan(self.losses.population).sum())

    @property
    def is_representative(self) -> bool:
        """Whether every known gap is within epsilon."""
        return bool(self.gaps[self.worst] <= self.epsilon + SLACK)

    @property
    def excess(self) -> float:
        """How much worse h_train is than h_all on all data; NaN if not known."""
        losses = self.losses.population
        return float(losses[self.trained] - losses[self.best])

    @property
    def chain(self) -> Chain:
        """The four sides of the chain of inequalities, left to right."""
        sample, population = self.losses.sample, self.losses.population
        return Chain(
            float(population[self.trained]),
            float(sample[self.trained] + self.epsilon),
            float(sample[self.best] + self.epsilon),
            float(population[self.best] + self.tolerance),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per hypothesis: losses, gap, whether the gap is allowed, role."""
        frame = self.losses.to_frame()
        within = np.where(self.gaps <= self.epsilon + SLACK, "yes", "no")
        frame["within"] = np.where(np.isnan(self.gaps), "", within)
        roles = {self.trained: "h_train", self.best: "h_all"}
        if self.trained == self.best:
            roles = {self.best: "h_train, h_all"}
        frame["role"] = [roles.get(number, "") for number in range(len(frame))]
        return frame


def check(losses: Losses, *, tolerance: float) -> Check:
    """Find h_train and h_all, and refuse numbers that contradict each other.

    Parameters
    ----------
    losses
        Of all hypotheses of the class.
    tolerance
        How much worse than the best the chosen hypothesis may be.

    Raises
    ------
    BadLosses
        If no loss on all data is known, a hypothesis that is called h_train or h_all is
        not the least, or a sample made more mistakes than there are in all data.
    """
    if np.isnan(losses.population).all():
        raise BadLosses(
            where=losses.source,
            found="no loss on all data",
            expected="at least one, for h_all",
            advice="Fill the column loss_all where it is known.",
        )
    best = _least(losses, losses.population, losses.best, "h_all")
    trained = _least(losses, losses.sample, losses.trained, "h_train")
    _check_counts(losses)
    return Check(losses, tolerance, trained, best)


def _least(
    losses: Losses, values: NDArray[np.float64], claimed: int | None, role: str
) -> int:
    """Number of the hypothesis with the least loss, the claimed one if it is."""
    least = int(np.nanargmin(values))
    if claimed is None:
        return least
    if values[claimed] <= values[least] + SLACK:
        return claimed
    where = "the sample" if role == "h_train" else "all data"
    said, low = percent(float(values[claimed])), percent(float(values[least]))
    raise BadLosses(
        where=f"{losses.source}: row {losses.rows[claimed]} "
        f"({losses.names[claimed]!r}, called {role})",
        found=f"a loss of {said} on {where}",
        expected=f"the least there, but {losses.names[least]!r} (row "
        f"{losses.rows[least]}) has {low}, and {said} ≤ {low} is false",
        advice=f"{role} is by definition a hypothesis with the least loss on {where}: "
        "correct a loss or the role.",
    )


def _check_counts(losses: Losses) -> None:
    """Of 0-1 losses and others: the sample's sum is part of the sum of all."""
    n, total = losses.n_sample, losses.n_population
    if n is None or total is None:
        return
    least = losses.sample * n / total
    most = least + (total - n) / total
    wrong = (losses.population < least - SLACK) | (losses.population > most + SLACK)
    for row in np.flatnonzero(wrong)[:1]:
        raise BadLosses(
            where=f"{losses.source}: row {losses.rows[row]} ({losses.names[row]!r})",
            found=f"a loss of {percent(losses.sample[row])} on {n:,} examples and of "
            f"{percent(losses.population[row])} on all {total:,}",
            expected=f"one between {percent(least[row])} and {percent(most[row])} on "
            "all, since the sample is part of them",
            advice="Correct one of the losses or the numbers of examples.",
        )


def percent(share: float) -> str:
    """A share as it is shown, with up to four digits.

    Examples
    --------
    >>> percent(0.055), percent(0.08)
    ('5.5 %', '8 %')
    """
    return f"{100 * share:.4g} %"
