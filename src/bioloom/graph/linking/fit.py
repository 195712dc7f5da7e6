"""Training one link model: Adam, early stopping by the AUC of the validation links.

Test links are not passed to any function here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from bioloom.graph.linking.models import LinkModel, Messages, messages_of
from bioloom.graph.linking.negatives import NegativeKind, Sampler
from bioloom.graph.linking.network import Links, TypedNetwork, adjacency_of_links
from bioloom.graph.linking.settings import LinkModelName, LinkSettings
from bioloom.graph.linking.splits import TrainingLinks, folds
from bioloom.graph.models.hardware import ONE_THREAD
from bioloom.graph.models.sparse import Rng, Sparse
from bioloom.statistics.ranking import roc_auc


@dataclass(frozen=True, slots=True, eq=False)
class FittedLinks:
    """A trained link model.

    Parameters
    ----------
    name
        Encoder and decoder.
    model
        With the weights of the best epoch.
    history
        Of each epoch: training loss and validation AUC, shape (epochs, 2).
    best_epoch
        Row of `history` that the weights belong to.
    """

    name: LinkModelName
    model: LinkModel
    history: NDArray[np.float64]
    best_epoch: int

    @property
    def val_auc(self) -> float:
        """AUC of the validation links at the best epoch."""
        return float(self.history[self.best_epoch, 1])


class ValidationPairs(NamedTuple):
    """Validation links and the pairs without a link that they are compared with."""

    pairs: Links
    is_link: NDArray[np.bool_]


def validation_pairs(
    network: TypedNetwork, links: TrainingLinks, kind: NegativeKind, rng: Rng
) -> ValidationPairs:
    """Validation links with one negative each; test links may be among these."""
    known = np.concatenate([links.messages, links.val])
    adjacency = adjacency_of_links(network.n_nodes, links.messages)
    sampler = Sampler(network, known, adjacency, cold=links.cold_val)
    negatives = sampler.draw(links.val, kind, rng)
    pairs = np.concatenate([links.val[negatives.owner], negatives.pairs])
    is_link = np.arange(len(pairs)) < len(negatives.owner)
    return ValidationPairs(pairs, is_link)


class _Fold(NamedTuple):
    """Training links to predict, and the messages of all others."""

    messages: Messages
    links: Links


@ONE_THREAD.in_use()
def fit_links(
    network: TypedNetwork,
    links: TrainingLinks,
    name: LinkModelName,
    settings: LinkSettings,
    *,
    kind: NegativeKind,
    rng_seed: int,
) -> FittedLinks:
    """Train a model on the training links.

    Parameters
    ----------
    network
        Nodes, types and features; its links are not used.
    links
        Those that training may see.
    name, settings
        The model.
    kind
        How negatives are drawn, anew in each step.
    rng_seed
        Equal seeds give equal weights.

    Notes
    -----
    The training links are divided into parts. Each part is predicted from messages
    that run along all links but its own, as test links are later.
    """
    training = _Training(network, links, settings, _Start(name, kind, rng_seed))
    best = _Best(training.model, settings.patience)
    for _ in range(settings.max_epochs):
        loss = training.epoch()
        if best.is_done(loss, training.validation_auc()):
            break
    best.restore()
    return FittedLinks(name, training.model, np.array(best.history), best.epoch)


class _Start(NamedTuple):
    """Model, kind of negatives and seed of a training."""

    name: LinkModelName
    kind: NegativeKind
    rng_seed: int


class _Training:
    """A model, its optimiser, and the links that it sees."""

    def __init__(
        self,
        network: TypedNetwork,
        links: TrainingLinks,
        settings: LinkSettings,
        start: _Start,
    ) -> None:
        self.rng = np.random.Generator(np.random.SFC64(start.rng_seed))
        self.network, self.links, self.settings = network, links, settings
        self.name, self.kind, self.x = start.name, start.kind, Sparse.of(network.x)
        self.model = LinkModel(network, start.name, settings, rng=self.rng)
        self.folds = self._folds()
        adjacency = adjacency_of_links(network.n_nodes, links.messages)
        self.sampler = Sampler(network, links.messages, adjacency, barred=links.barred)
        self.validation = validation_pairs(network, links, start.kind, self.rng)
        self.messages = messages_of(network, start.name, links.messages)
        self.optimiser = torch.optim.Adam(
            self.model.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
            fused=True,
        )

    def _folds(self) -> list[_Fold]:
        parts = []
        train = self.links.train
        for members in folds(train, self.settings.n_folds, self.rng):
            others = np.delete(train, members, axis=0)
            seen = np.concatenate([self.links.context, others])
            messages = messages_of(self.network, self.name, seen)
            parts.append(_Fold(messages, train[members]))
        return parts

    def epoch(self) -> float:
        """Learn from every training link once; the mean loss."""
        losses = []
        for fold in _steps(self.folds, self.settings.batch_size, self.rng):
            self.optimiser.zero_grad()
            loss = self._loss(fold)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def _loss(self, fold: _Fold) -> Tensor:
        negatives = self.sampler.draw(
            fold.links, self.kind, self.rng, are_distinct=False
        )
        Z = self.model.encoder(fold.messages, self.x, self.rng)
        pairs = np.concatenate([fold.links, negatives.pairs])
        scores = self.model.scores(Z, self.network, pairs)
        wanted = torch.zeros(len(scores))
        wanted[: len(fold.links)] = 1
        return functional.binary_cross_entropy_with_logits(scores, wanted)

    def validation_auc(self) -> float:
        """AUC of the validation links."""
        with torch.no_grad():
            Z = self.model.encoder(self.messages, self.x)
            scores = self.model.scores(Z, self.network, self.validation.pairs)
        return roc_auc(scores.numpy().astype(np.float64), self.validation.is_link)


def _steps(parts: list[_Fold], size: int | None, rng: Rng) -> Iterator[_Fold]:
    """The parts, or batches of their links."""
    for part in parts:
        n = len(part.links)
        if size is None or size >= n:
            yield part
            continue
        drawn = part.links[rng.permutation(n)]
        for begin in range(0, n, size):
            yield part._replace(links=drawn[begin : begin + size])


class _Best:
    """Weights of the epoch with the highest validation AUC."""

    def __init__(self, model: LinkModel, patience: int) -> None:
        self._model, self._patience = model, patience
        self._weights: dict[str, Tensor] = {}
        self._highest = -np.inf
        self.epoch = 0
        self.history: list[tuple[float, ...]] = []

    def is_done(self, loss: float, auc: float) -> bool:
        """Record an epoch; return whether it was the last."""
        if auc > self._highest or not self._weights:
            self._highest, self.epoch = auc, len(self.history)
            state = self._model.state_dict()
            self._weights = {name: value.clone() for name, value in state.items()}
        self.history.append((loss, auc))
        return len(self.history) - 1 - self.epoch >= self._patience

    def restore(self) -> None:
        """Load the best weights into the model."""
        self._model.load_state_dict(self._weights)


@ONE_THREAD.in_use()
def link_scores(
    fitted: FittedLinks, network: TypedNetwork, messages: Links, pairs: Links
) -> NDArray[np.float64]:
    """Scores of pairs of nodes, messages running along the given links.

    Parameters
    ----------
    fitted
        The model.
    network
        Nodes, types and features.
    messages
        Links that may be used; of a pair that is scored as unknown, not its own.
    pairs
        Shape (n, 2).
    """
    with torch.no_grad():
        Z = node_rows(fitted, network, messages)
        scores = [
            fitted.model.scores(Z, network, pairs[begin : begin + _PAIRS]).numpy()
            for begin in range(0, max(len(pairs), 1), _PAIRS)
        ]
    return np.concatenate(scores).astype(np.float64)


_PAIRS = 1 << 16  # pairs scored at a time


def node_rows(fitted: FittedLinks, network: TypedNetwork, messages: Links) -> Tensor:
    """Rows of all nodes after the second layer, without gradient."""
    with torch.no_grad():
        seen = messages_of(network, fitted.name, messages)
        Z: Tensor = fitted.model.encoder(seen, Sparse.of(network.x))
    return Z
