"""Train a classifier and write a run folder: scan, audit, split, train, evaluate."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from bioloom.devices import device_named
from bioloom.images.dataset.data import require_data
from bioloom.images.models.familiarity import fit_familiarity
from bioloom.images.models.head import LinearHead
from bioloom.images.models.inference import (
    ONNX_NAME,
    WEIGHTS_NAME,
    TrainedModel,
    open_onnx,
)
from bioloom.images.models.int8 import (
    calibration_places,
    compared,
    describe,
    write_int8,
)
from bioloom.images.models.label_heads import LabelHeads
from bioloom.images.models.networks import Classifier
from bioloom.images.models.onnxfile import write_onnx
from bioloom.images.models.opening import INT8_NAME
from bioloom.images.models.torchmodel import save_classifier
from bioloom.images.output.label_page import LabelsPage, label_page_of, worst_labels
from bioloom.images.output.outputs import write_outputs
from bioloom.images.output.page import TrainingPage, page_of, worst_errors
from bioloom.images.settings import COMMAND, Settings
from bioloom.images.training.fitting import fit, folded, inflation_of
from bioloom.images.training.label_fitting import label_inflation, thresholds_of
from bioloom.images.training.multilabel import MultilabelTraining
from bioloom.images.training.preparing import Bench, prepare
from bioloom.images.training.result import Training
from bioloom.processes import joined
from bioloom.run.arrays import save_arrays
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.tables import write_table

WORK_FOLDER = "checkpoints"
"""Folder inside the run folder for checkpoints; removed at the end."""
FEATURES = "features.safetensors"
Floats = NDArray[np.float32]
Page = TrainingPage | LabelsPage
Report = Callable[[Page, Path], object]


def train_classifier(
    folder: Path,
    out: Path,
    settings: Settings | None = None,
    *,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> Training:
    """Learn to distinguish the class folders of a folder, and write a run folder.

    Parameters
    ----------
    folder
        Its subfolders are the classes, or a table of labels
        (`bioloom.images.dataset.data.read_folder`).
    out
        Run folder; an interrupted training in it resumes.
    settings
        Of the training.
    force
        Whether to replace a finished run.
    report
        Lays out the page of the run: called with its contents and the folder.
    on_step
        Called as work is done.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    NoDevice
        If there is no such device.
    BioloomError
        If pictures, weights or settings cannot be used.

    Notes
    -----
    Under `torchrun` the processes train together, and the first one writes.
    """
    require_data(folder, out=out)
    settings = settings or Settings()
    device = device_named(settings.device)
    with joined("nccl" if device == "cuda" else "gloo") as processes:
        is_first = processes.is_first
        bench = Bench(out / WORK_FOLDER, processes, on_step if is_first else silent)
        if not is_first:
            return _trained(folder, settings, bench).training
        with recorded_run(
            out,
            command=COMMAND,
            arguments=settings.as_dict() | {"data": str(folder)},
            inputs=(),
            tools={
                package.__name__: package.__version__
                for package in (torch, onnxruntime)
            },
            force=force,
            rng_seed=settings.rng_seed,
        ):
            bench.folder.mkdir(parents=True, exist_ok=True)
            trained = _trained(folder, settings, bench)
            page = _write(trained, out)
            if report:
                report(page, out)
            shutil.rmtree(bench.folder, ignore_errors=True)
    return trained.training


def about_of(training: Training) -> dict[str, Any]:
    """Metadata of a model file."""
    settings = training.settings
    more: dict[str, Any] = {}
    if isinstance(training, MultilabelTraining):
        more = {"thresholds": training.thresholds.tolist()}
    return {
        **more,
        "kind": "images",
        "backbone": settings.backbone,
        "class_names": list(training.pictures.class_names),
        "side": settings.side,
        "neutralise": settings.neutralise,
        "equalise": settings.equalise,
        "mirror": settings.mirror,
        "temperature": training.temperature,
        "start": training.start,
        "fit": settings.fit,
        "rng_seed": settings.rng_seed,
        "familiar": training.familiarity.to_text(),
    }


class _Trained(NamedTuple):
    """A training, its model, and the model's features of all pictures."""

    training: Training
    model: Classifier
    features: Floats


def _write(trained: _Trained, out: Path) -> Page:
    """Write all files; returns the contents of the page."""
    training, about = trained.training, about_of(trained.training)
    save_classifier(trained.model, out / WEIGHTS_NAME, about)
    side = training.settings.side
    write_onnx(trained.model, out / ONNX_NAME, side=side, about=about)
    model = open_onnx(out / ONNX_NAME, threads=training.settings.threads)
    save_arrays(out / FEATURES, {"features": trained.features}, about)
    if isinstance(training, MultilabelTraining):
        wrong = worst_labels(training, model)
        figures = write_outputs(training, out, wrong)
        page: Page = label_page_of(training, figures, wrong)
    else:
        errors = worst_errors(training, model)
        figures = write_outputs(training, out, errors)
        page = page_of(training, figures, errors)
    if training.settings.int8:
        _write_int8(training, model, out)
    return page


def _write_int8(training: Training, model: TrainedModel, out: Path) -> None:
    """The model in 8 bits, and its agreement on the test pictures."""
    settings, pixels = training.settings, training.scan.pixels
    places = calibration_places(training.split, settings.rng_seed)
    path = out / INT8_NAME
    about = about_of(training)
    write_int8(out / ONNX_NAME, path, pixels[places], about=about)
    small = open_onnx(path, threads=settings.threads)
    train = np.flatnonzero(training.split == "train")
    familiarity = fit_familiarity(  # its features differ a little
        small.score(pixels[train]).features,
        training.groups[train],
        rng_seed=settings.rng_seed,
    )
    describe(path, {**about, "familiar": familiarity.to_text()})
    small = open_onnx(path, threads=settings.threads)
    write_table(compared(model, small, pixels[training.test]), out, "int8")


def _trained(folder: Path, settings: Settings, bench: Bench) -> _Trained:
    prepared = prepare(folder, settings, bench)
    fitted = fit(prepared, settings, bench)
    scored = fitted.scored
    train = np.flatnonzero(prepared.split == "train")
    familiarity = fit_familiarity(
        scored.features[train], prepared.groups[train], rng_seed=settings.rng_seed
    )
    heads = fitted.head if isinstance(fitted.head, LabelHeads) else None
    training = Training(
        pictures=prepared.pictures,
        scan=prepared.scan,
        settings=settings,
        split=prepared.split,
        groups=prepared.groups,
        scores=scored.scores,
        audit=prepared.audit,
        history=tuple(fitted.progress.history),
        best_epoch=fitted.progress.best_epoch,
        head=fitted.head if isinstance(fitted.head, LinearHead) else None,
        inflation=label_inflation(prepared, settings, bench)
        if settings.multilabel
        else inflation_of(prepared, settings),
        folded=folded(prepared, settings, bench) if settings.folds else None,
        familiarity=familiarity,
        familiar=familiarity.of(scored.features),
        start=prepared.start,
    )
    if settings.multilabel:
        thresholds = thresholds_of(prepared, scored.scores, settings, bench)
        training = MultilabelTraining.of(training, heads, thresholds)
    return _Trained(training, prepared.model, scored.features)
