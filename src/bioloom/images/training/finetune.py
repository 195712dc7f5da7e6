"""Training of all weights: Adam with a cosine, early stopping, checkpoints.

The order and augmentation of an epoch depend only on the seed and its number, and every
epoch writes a checkpoint, so an interrupted training resumes to the same weights.

References
----------
Kumar A. et al. (2022) Fine-tuning can distort pretrained features and underperform
out-of-distribution. ICLR. arXiv:2202.10054 (why a trained backbone starts with a fitted
head)
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from bioloom.devices import device_named
from bioloom.errors import BadRunFolder
from bioloom.images.models.augment import augmented, draw
from bioloom.images.models.networks import Classifier
from bioloom.images.settings import Settings
from bioloom.images.training.losses import loss_of
from bioloom.images.training.norms import share_norms, unshare_norms
from bioloom.images.training.result import Epoch
from bioloom.processes import ALONE, Processes
from bioloom.run.arrays import load_arrays, save_arrays
from bioloom.run.progress import OnStep, silent

Pixels = NDArray[np.uint8]
Classes = NDArray[np.int64]
HISTORY = ("train_loss", "val_loss", "val_accuracy")


@dataclass(slots=True)
class Progress:
    """State of a training between two epochs.

    Parameters
    ----------
    history
        Losses and accuracy of each epoch.
    best_epoch
        Epoch of the best weights: highest validation accuracy, then lowest loss.
    waited
        Epochs since then.
    by_loss
        Whether the loss alone decides, as with several labels, where most pairs of
        picture and label are right in any case.
    """

    history: list[Epoch] = field(default_factory=list)
    best_epoch: int = -1
    waited: int = 0
    by_loss: bool = False

    def add(self, epoch: Epoch) -> bool:
        """Record an epoch; return whether it is the best so far."""
        self.history.append(epoch)
        best = self.history[self.best_epoch] if self.best_epoch >= 0 else None
        is_best = best is None or self._rank(epoch) > self._rank(best)
        self.waited = 0 if is_best else self.waited + 1
        if is_best:
            self.best_epoch = len(self.history) - 1
        return is_best

    def _rank(self, epoch: Epoch) -> tuple[float, ...]:
        if self.by_loss:
            return (-epoch.val_loss,)
        return epoch.val_accuracy, -epoch.val_loss


class Data(NamedTuple):
    """Pixels, shape (n, S, S, 3), classes and split of all pictures.

    Instead of its class, a picture may have a truth value for each label.
    """

    pixels: Pixels
    y: Classes | NDArray[np.bool_]
    split: NDArray[np.str_]


class Checkpoint(NamedTuple):
    """File of a checkpoint, and a key of everything that the training depends on.

    A file with another key is ignored.
    """

    path: Path
    key: str


def fine_tune(
    model: Classifier,
    data: Data,
    settings: Settings,
    *,
    checkpoint: Checkpoint | None = None,
    processes: Processes = ALONE,
    on_step: OnStep = silent,
) -> Progress:
    """Train all weights of a model, which ends with those of the best epoch.

    Parameters
    ----------
    model
        Changed in place.
    data
        All pictures.
    settings
        Of the training.
    checkpoint
        File to write after each epoch and to resume from.
    processes
        Those that train together.
    on_step
        Called as epochs are done.

    Notes
    -----
    Test pictures are not used. On one machine, the same seed, threads and precision
    give the same weights, interrupted or not.
    """
    torch.set_num_threads(settings.threads)
    job = _Job(model, data, settings, processes)
    if checkpoint is not None:
        job.resume(checkpoint)
    while not job.is_done():
        on_step("training", len(job.progress.history), settings.epochs)
        job.epoch()
        if checkpoint is not None:
            job.save(checkpoint)
    job.restore()
    return job.progress


def short_floats(settings: Settings, device: torch.device) -> torch.dtype | None:
    """Numbers of 16 bits to compute in, as set or where they are faster; else None.

    Notes
    -----
    "auto" takes bfloat16 where the device itself computes in it (torch also emulates
    it), on older cards of NVIDIA's half precision with scaled gradients, and on
    processors bfloat16 for resnet18 alone: depthwise convolutions do not benefit
    (measured).
    """
    if settings.precision != "auto":
        names = {"bf16": torch.bfloat16, "fp16": torch.float16}
        return names.get(settings.precision)
    if device.type == "cuda":
        is_there = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if is_there else torch.float16
    is_supported = torch.cpu.get_capabilities().get("avx512_bf16", False)
    is_faster = device.type == "cpu" and settings.backbone == "resnet18"
    return torch.bfloat16 if is_supported and is_faster else None


class _Job:
    """A training between two epochs."""

    def __init__(
        self,
        model: Classifier,
        data: Data,
        settings: Settings,
        processes: Processes,
    ) -> None:
        self._pixels, self._y, split = data
        self._train, self._val = (
            np.flatnonzero(split == name) for name in ("train", "val")
        )
        self._settings, self._processes = settings, processes
        self._device = torch.device(device_named(settings.device))
        self._short = short_floats(settings, self._device)
        # gradients of half precision vanish unless they are scaled
        is_half = self._short is torch.float16
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=is_half)
        # Apple's cards have no numbers of 64 bits
        self._sum = torch.float32 if self._device.type == "mps" else torch.float64
        if processes.size > 1:
            share_norms(model)
        self._model = model.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._weights = _class_weights(self._y[self._train], model, settings)
        self._loss = loss_of(self._y, self._weights)
        self._adam = torch.optim.Adam(
            model.parameters(), lr=settings.learning_rate, fused=True
        )
        self._whole: nn.Module = self._model
        if processes.size > 1:
            self._whole = DistributedDataParallel(model, broadcast_buffers=False)
        self._best: dict[str, Tensor] = {}
        self.progress = Progress(by_loss=self._y.ndim > 1)

    def is_done(self) -> bool:
        """Whether all epochs are done, or validation no longer improves."""
        return (
            len(self.progress.history) >= self._settings.epochs
            or self.progress.waited >= self._settings.patience
        )

    def epoch(self) -> None:
        """Train on every picture once, and validate."""
        number = len(self.progress.history)
        rng = np.random.Generator(np.random.SFC64([self._settings.rng_seed, number]))
        order = rng.permutation(self._train)
        loss = self._trained(order, number, rng)
        if self.progress.add(Epoch(loss, *self._validated())):
            self._best = _copied(self._model.state_dict())

    def restore(self) -> None:
        """Load the best weights into the model."""
        self._model.load_state_dict(self._best)
        unshare_norms(self._model)  # only plain ones can be written as ONNX
        self._model.eval().cpu()

    def _trained(
        self, order: NDArray[np.int64], epoch: int, rng: np.random.Generator
    ) -> float:
        size = self._settings.batch_size
        n_steps = math.ceil(len(order) / size)
        losses = torch.zeros(1, dtype=self._sum, device=self._device)
        self._set_training()
        for step in range(n_steps):
            self._set_rate(epoch + step / n_steps)
            batch = order[step * size : (step + 1) * size]
            losses += self._step(batch, rng) * len(batch)
        return float(losses.item()) / len(order)

    def _set_training(self) -> None:
        """Train everything except the statistics that came with trained weights.

        Means and variances of small batches are worse than those of the million
        pictures on which the weights were trained, and would replace them.
        """
        self._whole.train()
        if self._settings.is_trained_start:
            for module in self._model.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    def _step(self, batch: NDArray[np.int64], rng: np.random.Generator) -> Tensor:
        """One step; the loss of the whole batch."""
        draws = draw(len(batch), rng).part(self._processes.places)
        y = self._classes(batch)
        total = self._loss.total(y)
        share = self._processes.share(batch)
        if not len(share):  # fewer pictures than processes: one with weight 0
            share, draws = batch[:1], draw(1, np.random.default_rng(0))
            total = math.inf
        x = augmented(self._tensor(share), draws)
        self._adam.zero_grad()
        with self._precision():
            scores = self._whole(x)
        y = self._classes(share)
        loss = self._loss.of(scores, y, total=total, processes=self._processes)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(self._adam)
        self._scaler.update()
        return self._processes.summed(loss.detach() / self._processes.size)

    def _set_rate(self, epoch: float) -> None:
        share = min(1.0, epoch / self._settings.epochs)
        rate = self._settings.learning_rate * (1 + math.cos(math.pi * share)) / 2
        for group in self._adam.param_groups:
            group["lr"] = rate

    def _validated(self) -> tuple[float, ...]:
        """Loss and accuracy on the validation pictures, shared by the processes."""
        self._model.eval()
        sums = torch.zeros(2, dtype=self._sum, device=self._device)
        share = self._processes.share(self._val)
        with torch.inference_mode(), self._precision():
            for batch in _batches(share, self._settings.batch_size):
                x, y = self._tensor(batch).permute(0, 3, 1, 2), self._classes(batch)
                scores = self._model(x).to(self._weights.dtype)
                loss, n_right = self._loss.validated(scores, y)
                sums[0] += loss
                sums[1] += n_right
        mean_loss, accuracy = (self._processes.summed(sums) / len(self._val)).tolist()
        return mean_loss, accuracy

    def _tensor(self, batch: NDArray[np.int64]) -> Tensor:
        whole = torch.from_numpy(self._pixels[batch]).to(self._device)
        return whole.to(self._weights.dtype).div_(255)

    def _classes(self, batch: NDArray[np.int64]) -> Tensor:
        y = torch.from_numpy(self._y[batch]).to(self._device)
        return y if y.ndim == 1 else y.to(self._weights.dtype)

    def _precision(self) -> torch.autocast:
        return torch.autocast(
            self._device.type, dtype=self._short, enabled=self._short is not None
        )

    def save(self, checkpoint: Checkpoint) -> None:
        """Write the state after this epoch."""
        if self._processes.is_first:
            arrays = _prefixed("now", self._model.state_dict())
            arrays |= _prefixed("best", self._best)
            for number, state in self._adam.state_dict()["state"].items():
                arrays |= _prefixed(f"adam/{number}", state)
            about = {
                "key": checkpoint.key,
                "history": self.progress.history,
                "best_epoch": self.progress.best_epoch,
                "waited": self.progress.waited,
                "scaler": self._scaler.state_dict(),
            }
            save_arrays(checkpoint.path, arrays, about)
        self._processes.wait()

    def resume(self, checkpoint: Checkpoint) -> None:
        """Load the checkpoint of the same training, if there is one."""
        if not checkpoint.path.is_file():
            return
        try:
            arrays, about = load_arrays(checkpoint.path, command="bioloom images train")
        except BadRunFolder:  # truncated, for example by a full disk
            return
        if about.get("key") != checkpoint.key:
            return
        tensors = {name: torch.from_numpy(value) for name, value in arrays.items()}
        self._model.load_state_dict(_below("now/", tensors))
        self._best = _below("best/", tensors)
        self._load_adam(_below("adam/", tensors))
        if about["scaler"]:
            self._scaler.load_state_dict(about["scaler"])
        rows = [Epoch(*row) for row in about["history"]]
        self.progress = replace(
            self.progress,
            history=rows,
            best_epoch=about["best_epoch"],
            waited=about["waited"],
        )

    def _load_adam(self, tensors: Mapping[str, Tensor]) -> None:
        """Load the optimiser's state in the memory layout of the weights.

        The fused step walks through both in memory order.
        """
        weights = list(self._model.parameters())
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            number, _, part = name.partition("/")
            weight = weights[int(number)]
            if value.shape == weight.shape:
                value = torch.empty_like(weight).copy_(value).detach()
            state.setdefault(int(number), {})[part] = value
        self._adam.load_state_dict({**self._adam.state_dict(), "state": state})


def _class_weights(
    y: NDArray[np.generic], model: Classifier, settings: Settings
) -> Tensor:
    """Weight of each class: 1, or the inverse of its frequency."""
    num_classes = model.head.out_features
    weights = torch.ones(num_classes)
    if settings.class_weights:
        counts = torch.from_numpy(np.bincount(y, minlength=num_classes))
        weights = len(y) / (num_classes * counts.clamp(min=1).float())
    return weights.to(next(model.parameters()))


def _batches(places: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    for begin in range(0, len(places), size):
        yield places[begin : begin + size]


def _copied(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in state.items()}


def _prefixed(prefix: str, state: Mapping[str, Any]) -> dict[str, NDArray[np.generic]]:
    return {f"{prefix}/{k}": v.detach().cpu().numpy() for k, v in state.items()}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
