"""Training one model once: Adam, early stopping on the validation nodes.

Neither the labels nor the outputs of test nodes are looked at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bioloom.graph.adjacency import Closure, whole
from bioloom.graph.data import Graph
from bioloom.graph.models import Model, TwoLayers, build
from bioloom.graph.settings import Settings


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
def fit(graph: Graph, settings: Settings, *, rng_seed: int) -> Fitted:
    """Train a model on the graph's training nodes.

    Parameters
    ----------
    graph
        With a split; see `check_trainable`.
    settings
        Model and training.
    rng_seed
        Of first weights and dropout; equal seeds give equal weights.

    Notes
    -----
    Training passes and validation passes each run on the exact closure of their nodes,
    so that a pass costs what it must and no more.
    """
    rng = np.random.Generator(np.random.SFC64(rng_seed))
    model = build(settings, graph.x.shape[1], graph.num_classes, rng=rng)
    A = model.normalise(graph.adjacency)
    train, val = (
        (model.parts(A, graph.x, nodes), torch.from_numpy(graph.y[nodes]))
        for nodes in map(np.flatnonzero, (graph.train_mask, graph.val_mask))
    )
    optimiser = _optimiser(model, settings)
    keeper = _Keeper(model, settings.patience)
    for _ in range(settings.max_epochs):
        optimiser.zero_grad()
        loss = model.loss(*train, rng)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        if keeper.is_done(loss.item(), *_judged(model, *val)):
            break
    keeper.restore()
    full = whole(A, graph.x, n_layers=len(train[0].blocks))
    with torch.no_grad():
        scores = model(full)
    return Fitted(
        weights=_weights(model),
        scores=scores.numpy(),
        history=np.array(keeper.history, dtype=np.float32),
        best_epoch=keeper.best_epoch,
    )


def _optimiser(model: Model, settings: Settings) -> torch.optim.Optimizer:
    weights = list(model.parameters())
    first = list(model.layers[0].parameters()) if isinstance(model, TwoLayers) else []
    decayed = weights if settings.decay_all else first
    free = [one for one in weights if all(one is not other for other in decayed)]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.Adam(groups, lr=settings.learning_rate, fused=True)


def _judged(model: Model, part: Closure, y: Tensor) -> tuple[float, float]:
    """Loss and accuracy on a part."""
    with torch.no_grad():
        scores = model(part)
        loss = functional.cross_entropy(scores, y).item()
        return loss, (scores.argmax(dim=1) == y).float().mean().item()


class _Keeper:
    """Keeps the weights of the lowest validation loss, and knows when to stop.

    As in the programs of GAT and GRAND, an accuracy as high as the highest so far is
    reason enough to go on.
    """

    def __init__(self, model: Model, patience: int) -> None:
        self._model, self._patience = model, patience
        self._lowest, self._highest, self._waited = np.inf, 0.0, 0
        self._weights: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.history: list[tuple[float, float, float]] = []

    def is_done(self, train_loss: float, loss: float, accuracy: float) -> bool:
        """Take note of an epoch; whether it was the last."""
        self._waited += 1
        if loss <= self._lowest or accuracy >= self._highest:
            self._waited = 0
        if loss < self._lowest:
            self.best_epoch = len(self.history)
            self._weights = {k: v.clone() for k, v in self._model.state_dict().items()}
        self._lowest = min(self._lowest, loss)
        self._highest = max(self._highest, accuracy)
        self.history.append((train_loss, loss, accuracy))
        return self._waited >= self._patience

    def restore(self) -> None:
        """Give the model its best weights back."""
        self._model.load_state_dict(self._weights)


def _weights(model: Model) -> dict[str, NDArray[np.float32]]:
    return {name: value.numpy() for name, value in model.state_dict().items()}
