"""Training one model once: Adam, early stopping on the validation nodes.

Neither the labels nor the outputs of test nodes are looked at.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor
from torch.nn import functional

from bioloom.errors import BadConfig
from bioloom.graph.data.graph import Graph
from bioloom.graph.models.adjacency import Closure, whole
from bioloom.graph.models.models import GCNII, Model, TwoLayers, build, scores_of
from bioloom.graph.models.sparse import Rng
from bioloom.graph.settings import NEEDS_ALL_NODES, Settings
from bioloom.graph.training.processes import ALONE, Team
from bioloom.graph.training.sampler import NeighbourSampler, batches


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """One trained model and what it says.

    Parameters
    ----------
    weights
        By name, of the best epoch.
    scores
        Logits of all nodes, float32, shape (num_nodes, num_classes).
    history
        Of each epoch: training loss, validation loss, validation accuracy; float32,
        shape (epochs, 3).
    best_epoch
        Row of `history` whose weights were kept.
    """

    weights: dict[str, NDArray[np.float32]]
    scores: NDArray[np.float32]
    history: NDArray[np.float32]
    best_epoch: int

    @property
    def rank(self) -> tuple[float, float]:
        """Validation accuracy and loss, ordered so that the best model is largest."""
        _, loss, accuracy = self.history[self.best_epoch]
        return float(accuracy), -float(loss)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread: with matrices this small, more wait for each other."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


@one_thread()
def fit(
    graph: Graph, settings: Settings, *, rng_seed: int, team: Team = ALONE
) -> Fitted:
    """Train a model on the graph's training nodes.

    Parameters
    ----------
    graph
        With a split; see `check_trainable`.
    settings
        Model and training.
    rng_seed
        Of first weights and dropout; equal seeds give equal weights.
    team
        The processes that train it together, each with its share of every batch; all
        of them call this function and get the same weights.

    Notes
    -----
    Training passes and validation passes each run on the exact closure of their nodes,
    so that a pass costs what it must and no more. With a batch size, training steps run
    on drawn neighbours, and validation is one exact pass over the whole graph.

    Raises
    ------
    BadConfig
        If a model cannot be trained in batches, or several processes are to train
        without them.
    """
    _check_batches(settings, team)
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    model = build(settings, graph.x.shape[1], graph.num_classes, rng=rng)
    A = model.normalise(graph.adjacency)
    own_rng = team.rng(rng_seed, rng)
    steps, judged = _passes(model, graph, A, settings)
    optimiser = _optimiser(model, settings)
    keeper = _Keeper(model, settings)
    for _ in range(settings.max_epochs):
        losses = []
        for share in steps(rng, own_rng, team):
            optimiser.zero_grad()
            loss = share.loss(model, own_rng)
            team.add_gradients(model.parameters())
            optimiser.step()
            losses.append(team.total(loss))
        if keeper.is_done(float(np.mean(losses)), *team.firsts(judged())):
            break
    keeper.restore()
    return Fitted(
        weights=_weights(model),
        scores=scores_of(model, A, graph.x),
        history=np.array(keeper.history, dtype=np.float32),
        best_epoch=keeper.best_epoch,
    )


def _check_batches(settings: Settings, team: Team) -> None:
    if settings.batch_size is not None and settings.model in NEEDS_ALL_NODES:
        raise BadConfig(
            where="batch_size",
            found=f"batches for {settings.model}",
            expected="gcn, gat or sage",
            advice=NEEDS_ALL_NODES[settings.model],
        )
    if settings.batch_size is None and team.size > 1:
        raise BadConfig(
            where="batch_size",
            found=f"no batches for {team.size} processes",
            expected="a number of nodes a step, which they share",
            advice="Give --batch-size, or start one process.",
        )


@dataclass(frozen=True, slots=True)
class _Share:
    """A process's part of a training step: its nodes' closure and classes."""

    part: Closure | None
    y: Tensor
    weight: float

    def loss(self, model: Model, rng: Rng) -> float:
        """Its part of the step's loss, whose gradient is left at the weights."""
        if self.part is None:  # fewer nodes than processes
            return 0.0
        loss = self.weight * model.loss(self.part, self.y, rng)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()


Steps = Callable[[Rng, Rng, Team], Iterable[_Share]]
Judged = Callable[[], tuple[float, float]]


def _passes(
    model: Model, graph: Graph, A: csr_array, settings: Settings
) -> tuple[Steps, Judged]:
    """An epoch's steps, and the look at the validation nodes that ends it."""
    train, val = map(np.flatnonzero, (graph.train_mask, graph.val_mask))
    y = torch.from_numpy(graph.y)
    if settings.batch_size is None:
        step = _Share(model.parts(A, graph.x, train), y[train], 1.0)
        looked_at = model.parts(A, graph.x, val)
        return lambda *_: [step], lambda: _judged(model, looked_at, y[val])
    sampler = NeighbourSampler(A, graph.x, fanouts=[settings.fanout] * 2)
    full = whole(A, graph.x, n_layers=2)
    size = settings.batch_size

    def steps(rng: Rng, own_rng: Rng, team: Team) -> Iterator[_Share]:
        for batch in batches(train, size=size, rng=rng):
            nodes = team.share(batch)
            part = sampler.draw(nodes, rng=own_rng) if len(nodes) else None
            yield _Share(part, y[nodes], len(nodes) / len(batch))

    return steps, lambda: _judged(model, full, y[val], rows=val)


def _optimiser(model: Model, settings: Settings) -> torch.optim.Optimizer:
    weights = list(model.parameters())
    decayed, others_decay = weights, 0.0
    if isinstance(model, GCNII):
        decayed, others_decay = list(model.layers.parameters()), settings.dense_decay
    elif isinstance(model, TwoLayers) and not settings.decay_all:
        decayed = list(model.layers[0].parameters())
    others = [one for one in weights if all(one is not other for other in decayed)]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": others_decay},
    ]
    return torch.optim.Adam(groups, lr=settings.learning_rate, fused=True)


def _judged(
    model: Model, part: Closure, y: Tensor, *, rows: NDArray[np.int64] | None = None
) -> tuple[float, float]:
    """Loss and accuracy on a part, or on some rows of it."""
    with torch.no_grad():
        scores = model(part)
        scores = scores if rows is None else scores[rows]
        loss = functional.cross_entropy(scores, y).item()
        return loss, (scores.argmax(dim=1) == y).float().mean().item()


class _Keeper:
    """Keeps the weights of the lowest validation loss, and knows when to stop.

    As in the programs of GAT and GRAND, an accuracy as high as the highest so far is
    reason enough to go on; in that of GCNII only a loss that is lower is.
    """

    def __init__(self, model: Model, settings: Settings) -> None:
        self._model, self._settings = model, settings
        self._lowest, self._highest, self._waited = np.inf, 0.0, 0
        self._weights: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.history: list[tuple[float, float, float]] = []

    def is_done(self, train_loss: float, loss: float, accuracy: float) -> bool:
        """Take note of an epoch; whether it was the last."""
        self._waited += 1
        is_good = loss < self._lowest
        if self._settings.renewed_by == "loss or accuracy":
            is_good |= loss == self._lowest or accuracy >= self._highest
        if is_good:
            self._waited = 0
        if loss < self._lowest:
            self.best_epoch = len(self.history)
            self._weights = {k: v.clone() for k, v in self._model.state_dict().items()}
        self._lowest = min(self._lowest, loss)
        self._highest = max(self._highest, accuracy)
        self.history.append((train_loss, loss, accuracy))
        return self._waited >= self._settings.patience

    def restore(self) -> None:
        """Give the model its best weights back."""
        self._model.load_state_dict(self._weights)


def _weights(model: Model) -> dict[str, NDArray[np.float32]]:
    return {name: value.numpy() for name, value in model.state_dict().items()}
