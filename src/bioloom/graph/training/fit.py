"""Training one model once: Adam, early stopping on the validation nodes.

Labels and outputs of test nodes are not used.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from bioloom.errors import BadConfig
from bioloom.graph.data.graph import Graph, output_sizes
from bioloom.graph.models.adjacency import Part, whole
from bioloom.graph.models.convolutions import Convolutions
from bioloom.graph.models.hardware import ONE_THREAD, Hardware
from bioloom.graph.models.losses import node_loss, quality
from bioloom.graph.models.models import GCNII, Model, build, scores_of
from bioloom.graph.models.sparse import DropRng, Rng
from bioloom.graph.settings import NEEDS_ALL_NODES, ClassWeights, Settings
from bioloom.graph.training.sampler import NeighbourSampler, batches
from bioloom.processes import ALONE, Processes


class Rank(NamedTuple):
    """Order of models by validation: the best one is the largest."""

    accuracy: float
    negative_loss: float


class Validation(NamedTuple):
    """Loss and accuracy, or micro F1 of several labels, on the validation nodes."""

    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One trained model and its scores.

    Parameters
    ----------
    weights
        By name, of the best epoch.
    scores
        Logits of all nodes, float32, shape (num_nodes, classes or labels).
    history
        Of each epoch: training loss, validation loss, validation accuracy (with several
        labels micro F1 at a probability of one half); float32, shape (epochs, 3).
    best_epoch
        Row of `history` that the weights belong to.
    seconds
        How long it took.
    """

    weights: dict[str, NDArray[np.float32]]
    scores: NDArray[np.floating]
    history: NDArray[np.float32]
    best_epoch: int
    seconds: float = 0.0

    @property
    def rank(self) -> Rank:
        """Validation accuracy (or micro F1), then loss."""
        _, loss, accuracy = self.history[self.best_epoch]
        return Rank(float(accuracy), -float(loss))


def fit(
    graph: Graph,
    settings: Settings,
    *,
    rng_seed: int,
    processes: Processes = ALONE,
    hardware: Hardware = ONE_THREAD,
) -> Fitted:
    """Train a model on the graph's training nodes.

    Parameters
    ----------
    graph
        With a split; see `check_trainable`.
    settings
        Model and training.
    rng_seed
        Of initial weights and dropout; equal seeds give equal weights.
    processes
        Those that train it together, each with its share of every batch; all of them
        call this function and get the same weights.
    hardware
        Device, and threads for products of large matrices: with small ones, threads
        mostly wait.

    Notes
    -----
    Training passes and validation passes each run on the exact closure of their nodes.
    With a batch size, training steps run on sampled neighbours, and validation is one
    exact pass over the whole graph.

    Raises
    ------
    BadConfig
        If a model cannot be trained in batches, or several processes are to train
        without them.
    """
    _check_batches(settings, processes)
    if processes.size > 1 and not hardware.by_kernels:
        raise BadConfig(
            where="device",
            found=f"{hardware.device} for {processes.size} processes",
            expected="the CPU, or one process",
            advice="Leave out --device, or start one process.",
        )
    with hardware.in_use():
        return _fit(
            graph,
            settings,
            rng_seed=rng_seed,
            processes=processes,
            hardware=hardware,
        )


def _fit(
    graph: Graph,
    settings: Settings,
    *,
    rng_seed: int,
    processes: Processes,
    hardware: Hardware,
) -> Fitted:
    begin = time.perf_counter()
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    model = build(settings, graph.x.shape[1], len(graph.output_names), rng=rng)
    model.to(hardware.device)
    A = model.normalise(graph.adjacency)
    process_rng = processes.rng(rng_seed, rng)
    drop_rng = hardware.drop_rng(process_rng)
    passes = _passes(model, graph, A, settings, hardware=hardware)
    optimiser = _optimiser(model, settings)
    stopping = _EarlyStopping(model, settings)
    for _ in range(settings.max_epochs):
        losses = []
        for share in passes.steps(rng, process_rng, processes):
            optimiser.zero_grad()
            loss = share.loss(model, drop_rng)
            processes.add_gradients(model.parameters())
            optimiser.step()
            losses.append(processes.total(loss))
        validation = Validation(*processes.from_first(passes.validate()))
        if stopping.is_done(float(np.mean(losses)), validation):
            break
    stopping.restore()
    return Fitted(
        weights=_weights(model),
        scores=scores_of(model, A, graph.x, hardware=hardware),
        history=np.array(stopping.history, dtype=np.float32),
        best_epoch=stopping.best_epoch,
        seconds=time.perf_counter() - begin,
    )


def _check_batches(settings: Settings, processes: Processes) -> None:
    if settings.batch_size is not None and settings.model in NEEDS_ALL_NODES:
        raise BadConfig(
            where="batch_size",
            found=f"batches for {settings.model}",
            expected="gcn, gat or sage",
            advice=NEEDS_ALL_NODES[settings.model],
        )
    if settings.batch_size is None and processes.size > 1:
        raise BadConfig(
            where="batch_size",
            found=f"no batches for {processes.size} processes",
            expected="a number of nodes per step, which they share",
            advice="Give --batch-size, or start one process.",
        )


@dataclass(frozen=True, slots=True)
class _Share:
    """A process's part of a training step: its nodes' closure and classes."""

    part: Part | None
    y: Tensor
    weight: float
    class_weights: Tensor | None

    def loss(self, model: Model, rng: DropRng) -> float:
        """Its part of the step's loss; adds the gradient to the weights."""
        if self.part is None:  # fewer nodes than processes
            return 0.0
        loss = self.weight * model.loss(self.part, self.y, rng, self.class_weights)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()


class _Passes(NamedTuple):
    """Training steps of an epoch, and the validation that ends it."""

    steps: Callable[[Rng, Rng, Processes], Iterable[_Share]]
    validate: Callable[[], Validation]


def _passes(
    model: Model,
    graph: Graph,
    A: csr_array,
    settings: Settings,
    *,
    hardware: Hardware,
) -> _Passes:
    train, val = map(np.flatnonzero, (graph.train_mask, graph.val_mask))
    y = torch.from_numpy(graph.targets).to(hardware.device)
    weights = class_weights(graph, settings.class_weights)
    if weights is not None:
        weights = weights.to(hardware.device)
    if settings.batch_size is None:
        train_part = hardware.part(model.parts(A, graph.x, train))
        step = _Share(train_part, y[train], 1.0, weights)
        val_part = hardware.part(model.parts(A, graph.x, val))
        return _Passes(
            lambda *_: [step],
            lambda: _validated(model, val_part, y[val], class_weights=weights),
        )
    depth = settings.n_layers
    sampler = NeighbourSampler(A, graph.x, fanouts=[settings.fanout] * depth)
    full = hardware.part(whole(A, graph.x, n_layers=depth))
    size = settings.batch_size

    def steps(rng: Rng, process_rng: Rng, processes: Processes) -> Iterator[_Share]:
        for batch in batches(train, size=size, rng=rng):
            nodes = processes.share(batch)
            part = None
            if len(nodes):
                part = hardware.part(sampler.draw(nodes, rng=process_rng))
            share = _total(y[nodes], weights) / _total(y[batch], weights)
            yield _Share(part, y[nodes], share, weights)

    return _Passes(
        steps,
        lambda: _validated(model, full, y[val], rows=val, class_weights=weights),
    )


def class_weights(graph: Graph, how: ClassWeights) -> Tensor | None:
    """Weight of each class in the loss.

    Parameters
    ----------
    graph
        With a split.
    how
        "balanced" is n / (k n_c): n training nodes, k classes, n_c nodes of the class;
        of several labels (n - n_c) / n_c, what a member weighs in comparison with the
        others, such that both weigh the same together. "none" weighs all nodes alike.

    Returns
    -------
    float32, shape (classes or labels,); None for "none".
    """
    if how == "none":
        return None
    counts = output_sizes(graph, graph.train_mask)
    n = int(graph.train_mask.sum())
    shares = np.maximum(n - counts, 1) / counts
    if not graph.is_multilabel:
        shares = n / (graph.num_classes * counts)
    return torch.tensor(shares, dtype=torch.float32)


def _total(y: Tensor, weights: Tensor | None) -> float:
    """Sum of the nodes' weights in the loss."""
    if weights is None or y.is_floating_point():
        return float(len(y))
    return weights[y].sum().item()


def _optimiser(model: Model, settings: Settings) -> torch.optim.Optimizer:
    weights = list(model.parameters())
    decayed, others_decay = weights, 0.0
    if isinstance(model, GCNII):
        decayed, others_decay = list(model.layers.parameters()), settings.dense_decay
    elif isinstance(model, Convolutions) and not settings.decay_all:
        decayed = list(model.layers[0].parameters())
    others = [
        weight for weight in weights if all(weight is not other for other in decayed)
    ]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": others_decay},
    ]
    return torch.optim.Adam(groups, lr=settings.learning_rate, fused=True)


def _validated(
    model: Model,
    part: Part,
    y: Tensor,
    *,
    rows: NDArray[np.int64] | None = None,
    class_weights: Tensor | None = None,
) -> Validation:
    """Loss and accuracy on a part, or on some rows of it."""
    with torch.no_grad():
        scores = model(part)
        scores = scores if rows is None else scores[rows]
        loss = node_loss(scores, y, class_weights).item()
        return Validation(loss, quality(scores, y))


class _Epoch(NamedTuple):
    train_loss: float
    val_loss: float
    val_accuracy: float


class _EarlyStopping:
    """Keeps the weights of the best epoch, and decides when to stop.

    The best epoch has the lowest validation loss or, if the settings say so, the
    highest validation accuracy, of equal ones the lowest loss.

    As in the programs of GAT and GRAND, training also continues while the accuracy
    equals its maximum so far; in that of GCNII only while the loss falls.
    """

    def __init__(self, model: Model, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._lowest, self._highest, self._waited = np.inf, 0.0, 0
        self._weights: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.history: list[_Epoch] = []

    def is_done(self, train_loss: float, validation: Validation) -> bool:
        """Record an epoch; return whether it was the last."""
        loss, accuracy = validation
        self._waited += 1
        is_good = loss < self._lowest
        if self._settings.renewed_by == "loss or accuracy":
            is_good |= loss == self._lowest or accuracy >= self._highest
        if is_good:
            self._waited = 0
        if self._is_best(validation):
            self.best_epoch = len(self.history)
            self._weights = {k: v.clone() for k, v in self._model.state_dict().items()}
        self._lowest = min(self._lowest, loss)
        self._highest = max(self._highest, accuracy)
        self.history.append(_Epoch(train_loss, loss, accuracy))
        return self._waited >= self._settings.patience

    def _is_best(self, validation: Validation) -> bool:
        """Whether no earlier epoch was as good."""
        if not self.history or self._settings.best_by == "loss":
            return validation.loss < self._lowest
        best = self.history[self.best_epoch]
        rank = Rank(best.val_accuracy, -best.val_loss)
        return Rank(validation.accuracy, -validation.loss) > rank

    def restore(self) -> None:
        """Load the best weights into the model."""
        self._model.load_state_dict(self._weights)


def _weights(model: Model) -> dict[str, NDArray[np.float32]]:
    return {name: value.cpu().numpy() for name, value in model.state_dict().items()}
