"""Steps before training: scan the pictures, find groups, split, audit."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from bioloom.errors import BadRunFolder
from bioloom.images.auditing.audit import audited
from bioloom.images.auditing.labels import Audit
from bioloom.images.dataset.admitting import admitted, tell_notes
from bioloom.images.dataset.admitting_labels import admitted_labels
from bioloom.images.dataset.data import (
    Pictures,
    audited_places,
    read_folder,
)
from bioloom.images.dataset.scan import Scan, pixels_on_disk, scan
from bioloom.images.dataset.sides import sides_of
from bioloom.images.models.networks import Classifier
from bioloom.images.models.scoring import scored_by
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.processes import Processes
from bioloom.run.arrays import load_arrays, save_arrays
from bioloom.run.progress import OnStep

Floats = NDArray[np.float32]
_FIRST = "first_features.safetensors"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a training keeps its files, its processes, and its progress."""

    folder: Path
    processes: Processes
    on_step: OnStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Everything that is known before training.

    Parameters
    ----------
    pictures, scan
        The files and their scan.
    groups, split
        Of each picture.
    audit
        Of shortcuts.
    model
        With its initial weights.
    start
        Source of these weights.
    features
        Features by the initial weights, one row per file; None if they are random.
    """

    pictures: Pictures
    scan: Scan
    groups: NDArray[np.int64]
    split: NDArray[np.str_]
    audit: Audit
    model: Classifier
    start: str
    features: Floats | None

    @property
    def y(self) -> NDArray[np.int64]:
        """Class of each picture; -1 where it is not learnt from."""
        return self.pictures.y


def prepare(folder: Path, settings: Settings, bench: Bench) -> Prepared:
    """Scan, group, split and audit the pictures, and load initial weights.

    Raises
    ------
    BioloomError
        If pictures, weights or settings cannot be used.
    """
    pictures = read_folder(folder, multilabel=settings.multilabel)
    scanned = scan(
        pictures.paths,
        _pixels(len(pictures.files), settings.side, bench),
        conversion=settings.conversion,
        audited=audited_places(pictures.alike, settings.rng_seed),
        threads=settings.threads,
        on_step=bench.on_step,
    )
    admit = admitted_labels if settings.multilabel else admitted
    pictures = admit(
        pictures,
        scanned,
        min_per_class=settings.min_per_class,
        keep_contrary=settings.contrary == "keep",
    )
    model = new_classifier(settings, len(pictures.class_names))
    start = load_weights(model, settings.weights, rng_seed=settings.rng_seed)
    is_trained = settings.is_trained_start
    features = _first_features(model, scanned, settings, bench) if is_trained else None
    compared = features if settings.near == "features" else None
    seed = settings.rng_seed
    sided = sides_of(
        pictures,
        scanned,
        features=compared,
        near=settings.near != "none",
        name_pattern=settings.name_pattern,
        rng_seed=seed,
    )
    pictures = sided.pictures
    if bench.processes.is_first:
        tell_notes(pictures)
    return Prepared(
        pictures=pictures,
        scan=scanned,
        groups=sided.groups,
        split=sided.split,
        audit=audited(
            pictures,
            scanned,
            near=settings.near != "none",
            name_pattern=settings.name_pattern,
            rng_seed=seed,
            threads=settings.threads,
        ),
        model=model,
        start=start,
        features=features,
    )


def new_classifier(settings: Settings, num_classes: int) -> Classifier:
    """A classifier as the settings have it, its weights not yet loaded."""
    return Classifier(
        settings.backbone,
        num_classes,
        side=settings.side,
        is_mirrored=settings.mirror,
    )


def key_of(settings: Settings, scanned: Scan, model: Classifier) -> str:
    """A digest of everything that a training depends on."""
    digest = hashlib.sha256()
    values = settings.as_dict() | {"torch": torch.__version__}
    digest.update(repr(sorted(values.items())).encode())
    for place, path in enumerate(scanned.paths):
        facts = scanned.facts(place)
        digest.update(
            f"{path}\0{facts.sha1 if facts else ''}\n".encode(errors="replace")
        )
    for value in model.state_dict().values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()


def _pixels(n: int, side: int, bench: Bench) -> NDArray[np.uint8]:
    """Array for the pixels: a file in the run folder; of other processes, elsewhere."""
    if not bench.processes.is_first:
        return pixels_on_disk(n, side)
    shape, path = (n, side, side, 3), bench.folder / "pixels.npy"
    return cast(
        NDArray[np.uint8],
        np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape),
    )


def _first_features(
    model: Classifier, scanned: Scan, settings: Settings, bench: Bench
) -> Floats:
    """Features by trained initial weights, computed once and saved."""
    path, key = bench.folder / _FIRST, key_of(settings, scanned, model)
    try:
        arrays, about = load_arrays(path, command="bioloom images train")
        if about["key"] == key:
            return arrays["features"]
    except BadRunFolder:
        pass  # not there yet
    features = scored_by(
        model, scanned.pixels, threads=settings.threads, on_step=bench.on_step
    ).features
    features[~scanned.is_readable] = 0
    if bench.processes.is_first:
        save_arrays(path, {"features": features}, {"key": key})
    return features
