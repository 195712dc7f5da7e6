"""Thresholds and cross-validation of pictures with several labels."""

import numpy as np
from numpy.typing import NDArray

from bioloom.images.models.label_heads import out_of_fold
from bioloom.images.settings import Settings
from bioloom.images.training.preparing import Bench, Prepared
from bioloom.images.training.result import Inflation
from bioloom.statistics.intervals import Estimate, bootstrap
from bioloom.statistics.multilabel import chosen_thresholds, label_chances, micro_f1

Chances = NDArray[np.float64]


def thresholds_of(
    prepared: Prepared, scores: NDArray[np.float32], settings: Settings, bench: Bench
) -> Chances:
    """Probability of each label above which a picture has it.

    Parameters
    ----------
    prepared
        Labels of its test pictures are not used.
    scores
        Of all pictures, by the model that was fitted on the training pictures.
    settings
        Of the training.
    bench
        Told of the progress.

    Returns
    -------
    Where the F1 is highest on pictures that the scores were not fitted on: training
    pictures out of fold (of heads) and validation pictures. One half for labels with
    fewer than five members there.
    """
    train, val = (np.flatnonzero(prepared.split == side) for side in ("train", "val"))
    members = prepared.pictures.has_label
    held_out, has = [scores[val]], [members[val]]
    folds = None
    if settings.fit == "head" and prepared.features is not None:
        folds = out_of_fold(
            prepared.features[train],
            members[train],
            prepared.groups[train],
            rng_seed=settings.rng_seed,
            on_step=bench.on_step,
        )
    if folds is not None:
        held_out.append(folds.scores)
        has.append(members[train])
    chances = label_chances(np.concatenate(held_out))
    return chosen_thresholds(chances, np.concatenate(has))


def label_inflation(
    prepared: Prepared, settings: Settings, bench: Bench
) -> Inflation | None:
    """Cross-validated micro F1 with groups kept together, and with random folds."""
    if prepared.features is None:
        return None
    places = np.flatnonzero(prepared.y >= 0)
    x, has = prepared.features[places], prepared.pictures.has_label[places]
    own_groups = prepared.groups[places]

    def f1(groups: NDArray[np.int64]) -> Estimate | None:
        folds = out_of_fold(
            x, has, groups, rng_seed=settings.rng_seed, on_step=bench.on_step
        )
        if folds is None:
            return None
        return bootstrap(micro_f1, folds.calls(has), has, groups=groups)

    grouped, naive = f1(own_groups), f1(np.arange(len(places)))
    return Inflation(grouped, naive) if grouped and naive else None
