"""Choose a model's settings by validation alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from types import MappingProxyType

import numpy as np
import pandas as pd

from bioloom.graph.settings import ModelName, Settings
from bioloom.graph.training.fit import Fitted
from bioloom.run.settings import Changes, changed

Axis = tuple[Changes, ...]
_DROPOUT: Axis = ({"p_dropout": 0.5}, {"p_dropout": 0.7})
_FORMS: Axis = (
    {"norm": "none", "residual": False, "learning_rate": 0.01},
    {"norm": "layer", "residual": False, "learning_rate": 0.01},
    {"norm": "layer", "residual": True, "learning_rate": 0.001},
)
_LAYERS: Axis = ({"n_layers": 2}, {"n_layers": 3})
GRID: Mapping[ModelName, tuple[Axis, ...]] = MappingProxyType(
    {
        "gcn": (({"hidden": 64}, {"hidden": 256}), _LAYERS, _DROPOUT, _FORMS),
        "sage": (({"hidden": 64}, {"hidden": 256}), _LAYERS, _DROPOUT, _FORMS),
        "gat": (({"hidden": 8}, {"hidden": 32}), _LAYERS, _DROPOUT, _FORMS),
        "grand": (
            ({"hidden": 32}, {"hidden": 64}),
            ({"order": 4}, {"order": 8}),
            ({"p_dropout": 0.3}, {"p_dropout": 0.5}, {"p_dropout": 0.7}),
        ),
        "gcnii": (
            ({"hidden": 64}, {"hidden": 256}),
            ({"n_layers": 16}, {"n_layers": 32}, {"n_layers": 64}),
            _DROPOUT,
        ),
    }
)
"""What is tried for each model: every combination of one entry of each axis."""


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What to try.

    Parameters
    ----------
    n_trials
        Combinations, drawn from the grid; None takes all. The settings that the search
        starts from are always tried, and counted.
    fixed
        Settings that the user has chosen, which stay as they are.
    """

    n_trials: int | None = None
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One combination, and how well it did on the validation nodes.

    Parameters
    ----------
    settings
        What was tried.
    fitted
        What it gave; nothing of the test nodes is used.
    """

    settings: Settings
    fitted: Fitted


@dataclass(frozen=True, slots=True)
class Search:
    """All trials of a model.

    Parameters
    ----------
    trials
        In the order in which they were tried.
    """

    trials: tuple[Trial, ...]

    @property
    def best(self) -> Trial:
        """The best by validation accuracy, then loss; the first of equals."""
        return max(self.trials, key=lambda trial: trial.fitted.rank)

    @property
    def seconds(self) -> float:
        """Time that all trials took."""
        return sum(trial.fitted.seconds for trial in self.trials)

    def to_frame(self, measure: str = "val_accuracy") -> pd.DataFrame:
        """One row per trial: what differs, validation, epochs, seconds, the best.

        Parameters
        ----------
        measure
            What the validation measure is called.
        """
        values = [asdict(trial.settings) for trial in self.trials]
        names = [name for name in values[0] if len({row[name] for row in values}) > 1]
        best = self.best
        return pd.DataFrame(
            {
                "trial": number,
                **{name: row[name] for name in names},
                measure: trial.fitted.rank.accuracy,
                "val_loss": -trial.fitted.rank.negative_loss,
                "n_epochs": len(trial.fitted.history),
                "seconds": round(trial.fitted.seconds, 2),
                "is_best": trial is best,
            }
            for number, (trial, row) in enumerate(zip(self.trials, values, strict=True))
        )


def candidates(base: Settings, plan: SearchPlan, *, rng_seed: int) -> list[Settings]:
    """The combinations to try, first the settings that the search starts from.

    Parameters
    ----------
    base
        Those.
    plan
        How many, and which settings stay.
    rng_seed
        Draws the combinations if not all are tried.

    Examples
    --------
    >>> from bioloom.graph.settings import SETTINGS
    >>> len(candidates(SETTINGS["gcn"], SearchPlan(), rng_seed=0))
    25
    """
    every = dict.fromkeys([base, *_combinations(base, plan.fixed)])
    first, *others = every
    if plan.n_trials is None or plan.n_trials > len(others):
        return [first, *others]
    rng = np.random.default_rng(rng_seed)
    drawn = np.sort(rng.choice(len(others), plan.n_trials - 1, replace=False))
    return [first, *(others[number] for number in drawn)]


def _combinations(base: Settings, fixed: Sequence[str]) -> Iterator[Settings]:
    for parts in product(*GRID[base.model]):
        changes = {name: value for part in parts for name, value in part.items()}
        for name in fixed:
            changes.pop(name, None)
        yield changed(base, changes)


def search(
    trials: Sequence[Settings], train: Callable[[int, Settings], Fitted]
) -> Search:
    """Train every combination once.

    Parameters
    ----------
    trials
        See `candidates`.
    train
        Trains one, given its number and settings.
    """
    return Search(
        tuple(
            Trial(settings, train(number, settings))
            for number, settings in enumerate(trials)
        )
    )
