"""The main job: look, audit, split, train, and write a run folder."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from bioloom.images.models.head import LinearHead, cross_validated, fit_head
from bioloom.images.models.inference import (
    ONNX_NAME,
    WEIGHTS_NAME,
    TrainedModel,
    open_onnx,
)
from bioloom.images.models.int8 import calibration_places, compared, write_int8
from bioloom.images.models.networks import Classifier
from bioloom.images.models.onnxfile import write_onnx
from bioloom.images.models.opening import INT8_NAME
from bioloom.images.models.torchmodel import save_classifier
from bioloom.images.output.outputs import write_outputs
from bioloom.images.settings import Settings
from bioloom.images.training.finetune import Progress, fine_tune
from bioloom.images.training.preparing import Bench, Prepared, key_of, prepare
from bioloom.processes import joined
from bioloom.images.training.result import Inflation, TrainResult
from bioloom.run.arrays import save_arrays
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import recorded_run
from bioloom.run.tables import write_table
from bioloom.statistics.intervals import clopper_pearson

WORK_FOLDER = "kept"
CHECKPOINT, FEATURES = "epoch.safetensors", "features.safetensors"
Floats = NDArray[np.float32]
AlsoWrite = Callable[[TrainResult, TrainedModel, Path], object]


def train(
    folder: Path,
    out: Path,
    settings: Settings | None = None,
    *,
    force: bool = False,
    also_write: AlsoWrite | None = None,
    on_step: OnStep = silent,
) -> TrainResult:
    """Learn to tell the class folders of a folder apart, and write a run folder.

    Parameters
    ----------
    folder
        Its subfolders are the classes.
    out
        Run folder; an interrupted training in it is taken up.
    settings
        Of the training.
    force
        Whether to replace a finished run.
    also_write
        Called with the result, the model and the run folder before it is finished.
    on_step
        Called as work is done.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If pictures, weights or settings cannot be used.

    Notes
    -----
    Under `torchrun` the processes train together, and the first one writes.
    """
    settings = settings or Settings()
    with joined("nccl" if torch.cuda.is_available() else "gloo") as processes:
        is_first = processes.is_first
        bench = Bench(out / WORK_FOLDER, processes, on_step if is_first else silent)
        if not is_first:
            return _trained(folder, settings, bench)[0]
        with recorded_run(
            out,
            command="images train",
            arguments=settings.as_dict() | {"data": str(folder)},
            inputs=(),
            tools={one.__name__: one.__version__ for one in (torch, onnxruntime)},
            force=force,
            rng_seed=settings.rng_seed,
        ):
            bench.folder.mkdir(parents=True, exist_ok=True)
            result, model, features = _trained(folder, settings, bench)
            trained = _write(result, model, features, out)
            if also_write:
                also_write(result, trained, out)
            shutil.rmtree(bench.folder, ignore_errors=True)
    return result


def about_of(result: TrainResult) -> dict[str, Any]:
    """What a model file says of itself."""
    settings = result.settings
    return {
        "kind": "images",
        "backbone": settings.backbone,
        "class_names": list(result.pictures.class_names),
        "side": settings.side,
        "neutralise": settings.neutralise,
        "temperature": result.temperature,
        "start": result.start,
        "fit": settings.fit,
        "rng_seed": settings.rng_seed,
    }


def _write(
    result: TrainResult, model: Classifier, features: Floats, out: Path
) -> TrainedModel:
    about = about_of(result)
    save_classifier(model, out / WEIGHTS_NAME, about)
    write_onnx(model, out / ONNX_NAME, side=result.settings.side, about=about)
    trained = open_onnx(out / ONNX_NAME, threads=result.settings.threads)
    save_arrays(out / FEATURES, {"features": features}, about)
    write_outputs(result, out, trained)
    if result.settings.int8:
        _write_int8(result, trained, out)
    return trained


def _write_int8(result: TrainResult, trained: TrainedModel, out: Path) -> None:
    """The model in 8 bits, and how far it agrees on the test pictures."""
    settings, pixels = result.settings, result.scan.pixels
    places = calibration_places(result.split, settings.rng_seed)
    path = out / INT8_NAME
    write_int8(out / ONNX_NAME, path, pixels[places], about=about_of(result))
    small = open_onnx(path, threads=settings.threads)
    write_table(compared(trained, small, pixels[result.test]), out, "int8")


def _trained(
    folder: Path, settings: Settings, bench: Bench
) -> tuple[TrainResult, Classifier, Floats]:
    """The result, the model, and the features it sees of all pictures."""
    ready = prepare(folder, settings, bench)
    head = _linear_head(ready, settings)
    progress = Progress()
    if settings.fit == "all":
        progress = _all_weights(ready, settings, bench)
    scores, features = _seen(ready, head, settings, bench)
    return (
        TrainResult(
            pictures=ready.pictures,
            scan=ready.scan,
            settings=settings,
            split=ready.split,
            groups=ready.groups,
            scores=scores,
            audit=ready.audit,
            history=tuple(progress.history),
            best_epoch=progress.best_epoch,
            head=head,
            inflation=_inflation(ready, head, settings.rng_seed),
            start=ready.start,
        ),
        ready.model,
        features,
    )


def _linear_head(ready: Prepared, settings: Settings) -> LinearHead | None:
    """A head on the first features, also given to the model; None without any."""
    if ready.features is None:
        return None
    head = fit_head(
        ready.features, ready.y, ready.split, class_weights=settings.class_weights
    )
    with torch.no_grad():
        ready.model.head.weight.copy_(torch.from_numpy(head.weight))
        ready.model.head.bias.copy_(torch.from_numpy(head.bias))
    return head


def _all_weights(ready: Prepared, settings: Settings, bench: Bench) -> Progress:
    key = key_of(settings, ready.scan, ready.model)
    return fine_tune(
        ready.model,
        (ready.scan.pixels, ready.y, ready.split),
        settings,
        kept=(bench.folder / CHECKPOINT, key),
        processes=bench.processes,
        on_step=bench.on_step,
    )


def _seen(
    ready: Prepared, head: LinearHead | None, settings: Settings, bench: Bench
) -> tuple[Floats, Floats]:
    """Scores and features of all pictures by the trained model."""
    if settings.fit == "head" and head is not None and ready.features is not None:
        return head.scores(ready.features), ready.features
    path = bench.folder / f"{bench.processes.rank}_trained.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"class_names": ready.pictures.class_names, "side": 0, "temperature": 1}
    write_onnx(ready.model.eval(), path, side=settings.side, about=about)
    trained = open_onnx(path, threads=settings.threads)
    said = trained.see(ready.scan.pixels, on_step=bench.on_step)
    return said.scores, said.features


def _inflation(
    ready: Prepared, head: LinearHead | None, rng_seed: int
) -> Inflation | None:
    """What folds by chance would have said of the same features."""
    if head is None or ready.features is None:
        return None
    places = np.flatnonzero(ready.y >= 0)
    x, y, groups = ready.features[places], ready.y[places], ready.groups[places]
    shares = []
    for kept in (groups, None):
        predicted = cross_validated(
            x, y, groups=kept, strength=head.strength, rng_seed=rng_seed
        )
        shares.append(clopper_pearson(int((predicted == y).sum()), len(y)))
    return Inflation(*shares)
