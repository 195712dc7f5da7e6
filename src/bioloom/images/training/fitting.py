"""Fit a prepared classifier: a head, all weights, or all weights in every fold."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from bioloom.errors import BadConfig
from bioloom.images.dataset.class_groups import class_groups
from bioloom.images.models.head import (
    LinearHead,
    cross_validated,
    enough_groups,
    fit_head,
)
from bioloom.images.models.inference import Scored
from bioloom.images.models.label_heads import LabelHeads, fit_label_heads
from bioloom.images.models.scoring import scored_by
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.images.training.finetune import Checkpoint, Data, Progress, fine_tune
from bioloom.images.training.preparing import (
    Bench,
    Prepared,
    key_of,
    new_classifier,
)
from bioloom.images.training.result import Inflation
from bioloom.statistics.intervals import Estimate, accuracy_interval

_CHECKPOINT = "epoch"
_VAL_SHARE = 9  # of the pictures that a fold learns from, one in so many stops it


class Fitted(NamedTuple):
    """A fitted head, epochs of a training, and what the model says of all pictures."""

    head: LinearHead | LabelHeads | None
    progress: Progress
    scored: Scored


def fit(
    prepared: Prepared, settings: Settings, bench: Bench, *, name: str = _CHECKPOINT
) -> Fitted:
    """Fit a prepared model in place.

    Parameters
    ----------
    prepared
        Its training pictures are learnt from, its validation pictures stop it.
    settings
        Of the training.
    bench
        Where it keeps its checkpoint.
    name
        Of the checkpoint.
    """
    head = _linear_head(prepared, settings, bench)
    progress = Progress()
    if settings.fit == "all":
        progress = _all_weights(prepared, settings, bench, name)
    return Fitted(head, progress, _scored(prepared, head, settings, bench))


def folded(prepared: Prepared, settings: Settings, bench: Bench) -> Estimate:
    """Accuracy of trainings of all weights, each on the pictures it has not seen.

    Parameters
    ----------
    prepared
        Its groups stay in one fold; its split is not used.
    settings
        With the number of folds.
    bench
        Every fold has its own checkpoint there.

    Raises
    ------
    BadConfig
        If a class has fewer groups than there are folds.
    """
    places = np.flatnonzero(prepared.y >= 0)
    y, groups = prepared.y[places], prepared.groups[places]
    n_groups = class_groups(y, groups).fewest
    if n_groups < settings.folds:
        raise BadConfig(
            where="--folds",
            found=f"{settings.folds}, and a class of {n_groups} different pictures",
            expected=f"at most {n_groups}",
            advice="Take fewer folds, or leave small classes out: --min-per-class.",
        )
    seed = settings.rng_seed
    splitter = StratifiedGroupKFold(settings.folds, shuffle=True, random_state=seed)
    predicted = np.empty_like(y)
    for number, (rest, test) in enumerate(splitter.split(y, y, groups)):
        split = np.full(len(prepared.y), "", dtype=prepared.split.dtype)
        split[places[test]] = "test"
        split[places[rest]] = _train_and_val(y[rest], groups[rest], seed)
        model = new_classifier(settings, len(prepared.pictures.class_names))
        load_weights(model, settings.weights, rng_seed=seed)
        part = replace(prepared, split=split, model=model)
        scored = fit(part, settings, bench, name=f"fold_{number + 1}").scored
        predicted[test] = scored.scores[places[test]].argmax(axis=1)
    return accuracy_interval(predicted, y, groups=groups)


def _train_and_val(
    y: NDArray[np.int64], groups: NDArray[np.int64], rng_seed: int
) -> NDArray[np.str_]:
    n_parts = max(2, min(_VAL_SHARE, class_groups(y, groups).fewest))
    splitter = StratifiedGroupKFold(n_parts, shuffle=True, random_state=rng_seed)
    sides = np.full(len(y), "train", dtype="U5")
    sides[next(iter(splitter.split(y, y, groups)))[1]] = "val"
    return sides


def _linear_head(
    prepared: Prepared, settings: Settings, bench: Bench
) -> LinearHead | LabelHeads | None:
    """A head on the initial features, also loaded into the model; None without any."""
    if prepared.features is None:
        return None
    train = np.flatnonzero(prepared.split == "train")
    x, groups = prepared.features[train], prepared.groups[train]
    head: LinearHead | LabelHeads
    if prepared.pictures.is_multilabel:
        has = prepared.pictures.has_label[train]
        seed, on_step = settings.rng_seed, bench.on_step
        head = fit_label_heads(x, has, groups, rng_seed=seed, on_step=on_step)
    else:
        head = fit_head(
            x,
            prepared.y[train],
            groups,
            class_weights=settings.class_weights,
            rng_seed=settings.rng_seed,
        )
    with torch.no_grad():
        prepared.model.head.weight.copy_(torch.from_numpy(head.weight))
        prepared.model.head.bias.copy_(torch.from_numpy(head.bias))
    return head


def _all_weights(
    prepared: Prepared, settings: Settings, bench: Bench, name: str
) -> Progress:
    key = f"{key_of(settings, prepared.scan, prepared.model)} {name}"
    return fine_tune(
        prepared.model,
        Data(prepared.scan.pixels, _learnt(prepared), prepared.split),
        settings,
        checkpoint=Checkpoint(bench.folder / f"{name}.safetensors", key),
        processes=bench.processes,
        on_step=bench.on_step,
    )


def _learnt(prepared: Prepared) -> NDArray[np.int64] | NDArray[np.bool_]:
    """Class of each picture, or whether it has each label."""
    pictures = prepared.pictures
    return pictures.has_label if pictures.is_multilabel else pictures.y


def _scored(
    prepared: Prepared,
    head: LinearHead | LabelHeads | None,
    settings: Settings,
    bench: Bench,
) -> Scored:
    """Scores and features of all pictures by the trained model."""
    features = prepared.features
    if settings.fit == "head" and head is not None and features is not None:
        return Scored(head.scores(features), features)
    return scored_by(
        prepared.model,
        prepared.scan.pixels,
        threads=settings.threads,
        on_step=bench.on_step,
    )


def inflation_of(prepared: Prepared, settings: Settings) -> Inflation | None:
    """Cross-validated accuracy with groups kept together, and with random folds."""
    if prepared.features is None:
        return None
    places = enough_groups(prepared.y, prepared.groups)
    if not len(places):
        return None
    x = prepared.features[places]
    _, y = np.unique(prepared.y[places], return_inverse=True)

    def accuracy(groups: NDArray[np.int64]) -> Estimate:
        predicted = cross_validated(
            x,
            y,
            groups=groups,
            class_weights=settings.class_weights,
            rng_seed=settings.rng_seed,
        )
        return accuracy_interval(predicted, y, groups=groups)

    return Inflation(
        accuracy(prepared.groups[places]), accuracy(np.arange(len(places)))
    )
