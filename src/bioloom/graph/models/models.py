"""The models: convolutions of one kind, GRAND's propagation, GCNII's many layers."""

from collections.abc import Iterator
from math import log

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from bioloom.graph.models.adjacency import (
    Closure,
    Part,
    closure,
    symmetric,
    whole,
)
from bioloom.graph.models.convolutions import Convolutions
from bioloom.graph.models.hardware import ONE_THREAD, Hardware
from bioloom.graph.models.layers import GCNIILayer, mostly_off, uniform
from bioloom.graph.models.losses import node_loss
from bioloom.graph.models.sparse import (
    DropRng,
    Features,
    Matrix,
    Rng,
    dropout,
    dropped,
    rows_dropped,
    thinned,
)
from bioloom.graph.settings import Settings


class Grand(nn.Module):
    r"""GRAND: random propagation, and consistency of the predictions.

    .. math:: \bar{X} = \frac{1}{K + 1} \sum_{k=0}^{K} \hat{A}^k \tilde{X}, \qquad
        Z = W_2 \, \mathrm{ReLU}(W_1 \bar{X})

    Each of S copies of X loses half of its nodes. The loss is their mean cross-entropy
    plus the squared distance of each copy's probabilities from their sharpened mean, on
    all nodes.

    Notes
    -----
    Unlike the authors' program, features are dropped before they are propagated, not
    after, so that X stays sparse and is projected first. As there, weights are first
    drawn with a negative mean: most hidden units start switched off.

    References
    ----------
    Feng W. et al. (2020) Graph random neural networks for semi-supervised learning on
    graphs. NeurIPS. arXiv:2005.11079
    """

    normalise = staticmethod(symmetric)

    def __init__(
        self, n_in: int, n_classes: int, *, settings: Settings, rng: Rng
    ) -> None:
        super().__init__()
        self.settings = settings
        self.W1 = mostly_off(n_in, settings.hidden, rng=rng)
        self.b1 = nn.Parameter(mostly_off(1, settings.hidden, rng=rng)[0].detach())
        self.W2 = mostly_off(settings.hidden, n_classes, rng=rng)
        self.b2 = nn.Parameter(torch.zeros(n_classes))

    def parts(self, A: csr_array, x: csr_array, nodes: NDArray[np.int64]) -> Closure:
        """The whole graph: the loss uses all nodes."""
        full = whole(A, x, n_layers=1)
        return Closure(nodes, full.x, full.blocks)

    def forward(self, part: Part) -> Tensor:
        """Scores of the wanted nodes."""
        return self.scores(part, rng=None)[0][_numbers(part)]

    def hidden(self, part: Part) -> Iterator[Tensor]:
        """Hidden rows of all nodes, from X."""
        (A,) = part.blocks
        H = propagated(A, part.x @ self.W1, order=self.settings.order)
        yield torch.relu(H + self.b1)

    def scores(self, part: Part, *, rng: DropRng | None) -> list[Tensor]:
        """Scores of all nodes, from S random copies or, without `rng`, from X."""
        p = self.settings.p_dropout
        (A,) = part.blocks
        copies = self._copies(part.x, rng)
        H = torch.cat([copy @ self.W1 for copy in copies], dim=1)
        H = propagated(A, H, order=self.settings.order)
        hidden = [
            torch.relu(copy + self.b1) for copy in H.tensor_split(len(copies), dim=1)
        ]
        return [dropout(copy, p, rng) @ self.W2 + self.b2 for copy in hidden]

    def loss(
        self, part: Part, y: Tensor, rng: DropRng, weight: Tensor | None = None
    ) -> Tensor:
        """`node_loss` of the training nodes plus consistency."""
        scores = self.scores(part, rng=rng)
        nodes = _numbers(part)
        known = [node_loss(copy[nodes], y, weight) for copy in scores]
        agreed = consistency(
            scores,
            sharpening=self.settings.sharpening,
            is_multilabel=y.is_floating_point(),
        )
        return torch.stack(known).mean() + self.settings.consistency * agreed

    def _copies(self, x: Features, rng: DropRng | None) -> list[Features]:
        if rng is None:
            return [x]
        p_dropnode, p = self.settings.p_dropnode, self.settings.p_dropout
        return [
            dropped(rows_dropped(x, p_dropnode, rng), p, rng)
            for _ in range(self.settings.n_samples)
        ]


def _numbers(part: Part) -> Tensor:
    """The wanted nodes, to choose rows by."""
    nodes = part.nodes
    return nodes if isinstance(nodes, Tensor) else torch.from_numpy(nodes)


def propagated(A: Matrix, H: Tensor, *, order: int) -> Tensor:
    """Mean of H, A H, A² H, … up to `order`."""
    total = H
    for _ in range(order):
        H = A @ H
        total = total + H
    return total / (order + 1)


def consistency(
    scores: list[Tensor], *, sharpening: float, is_multilabel: bool = False
) -> Tensor:
    """Mean squared distance of each copy's probabilities from their sharpened mean.

    With several labels a node, the probabilities of each label and of its absence.
    """
    stacked = torch.stack(scores)
    if is_multilabel:
        stacked = torch.stack([stacked, torch.zeros_like(stacked)], dim=-1)
    probabilities = stacked.softmax(dim=-1)
    with torch.no_grad():
        sharp = probabilities.mean(dim=0) ** (1 / sharpening)
        sharp = sharp / sharp.sum(dim=-1, keepdim=True)
    return (probabilities - sharp).square().flatten(2).sum(dim=-1).mean()


class GCNII(nn.Module):
    r"""GCNII: many convolutions, each with a share of the first hidden rows.

    .. math:: H_0 = \mathrm{ReLU}(X W_1 + b_1), \qquad
        H_l = \mathrm{ReLU}(((1 - \alpha) \hat{A} H_{l-1} + \alpha H_0)
        ((1 - \beta_l) I + \beta_l W_l)), \qquad Z = H_L W_2 + b_2

    with :math:`\beta_l = \log(\lambda / l + 1)`, and dropout before each layer.

    References
    ----------
    Chen M. et al. (2020) Simple and deep graph convolutional networks. ICML.
    arXiv:2007.02133
    """

    normalise = staticmethod(symmetric)

    def __init__(
        self, n_in: int, n_classes: int, *, settings: Settings, rng: Rng
    ) -> None:
        super().__init__()
        width, self.p_dropout = settings.hidden, settings.p_dropout
        self.W1 = uniform(n_in, width, rng=rng)
        self.b1 = nn.Parameter(uniform(n_in, width, rng=rng)[0].detach())
        betas = [log(settings.identity / (l + 1) + 1) for l in range(settings.n_layers)]
        self.layers = nn.ModuleList(
            GCNIILayer(width, alpha=settings.first_share, beta=beta, rng=rng)
            for beta in betas
        )
        self.W2 = uniform(width, n_classes, rng=rng)
        self.b2 = nn.Parameter(uniform(width, n_classes, rng=rng)[0].detach())

    def parts(self, A: csr_array, x: csr_array, nodes: NDArray[np.int64]) -> Closure:
        """The closure of the nodes, often their whole connected component."""
        return closure(A, x, wanted=nodes, n_layers=len(self.layers))

    def hidden(self, part: Part, rng: DropRng | None = None) -> Iterator[Tensor]:
        """H_0, H_1, … in turn, before their dropout."""
        p = self.p_dropout
        H = H_0 = torch.relu(dropped(part.x, p, rng) @ self.W1 + self.b1)
        yield H_0
        for A, layer in zip(part.blocks, self.layers, strict=True):
            H = layer(A, thinned(H, p, rng), H_0).relu_()
            yield H

    def forward(self, part: Part, rng: DropRng | None = None) -> Tensor:
        """Scores, shape (wanted nodes, classes)."""
        for H in self.hidden(part, rng):
            last = H
        return thinned(last, self.p_dropout, rng) @ self.W2 + self.b2

    def loss(
        self, part: Part, y: Tensor, rng: DropRng, weight: Tensor | None = None
    ) -> Tensor:
        """Loss of the training nodes, with a weight per class if given."""
        return node_loss(self(part, rng), y, weight)


Model = Convolutions | Grand | GCNII


def build(settings: Settings, n_in: int, n_classes: int, *, rng: Rng) -> Model:
    """A model with its initial weights.

    Parameters
    ----------
    settings
        Name and shape.
    n_in, n_classes
        Number of features and classes.
    rng
        Draws the weights.
    """
    if settings.model == "grand":
        return Grand(n_in, n_classes, settings=settings, rng=rng)
    if settings.model == "gcnii":
        return GCNII(n_in, n_classes, settings=settings, rng=rng)
    return Convolutions(n_in, n_classes, settings=settings, rng=rng)


def scores_of(
    model: Model, A: csr_array, x: csr_array, *, hardware: Hardware = ONE_THREAD
) -> NDArray[np.float32]:
    """Scores of all nodes, shape (num_nodes, classes); A normalised by the model."""
    n_layers = 1 if isinstance(model, Grand) else len(model.layers)
    full = hardware.part(whole(A, x, n_layers=n_layers))
    with torch.no_grad():
        scores: Tensor = model(full)
    found: NDArray[np.float32] = scores.cpu().numpy()
    return found
