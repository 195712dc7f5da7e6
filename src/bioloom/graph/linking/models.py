"""Link models: two layers that encode nodes, and a decoder that scores pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor, nn

from bioloom.graph.linking.network import Links, TypedNetwork, adjacency_of_links
from bioloom.graph.linking.settings import LinkModelName, LinkSettings
from bioloom.graph.models.adjacency import Normalise, mean, symmetric, with_self_loops
from bioloom.graph.models.layers import (
    GATLayer,
    GCNLayer,
    SAGELayer,
    glorot,
    uniform,
)
from bioloom.graph.models.sparse import Rng, Sparse, dropout


class Messages(NamedTuple):
    """What an encoder reads: its matrices, one per edge type where it is typed."""

    matrices: tuple[Sparse, ...]


class TypedLayer(nn.Module):
    r"""One weight per edge type and direction, summed over types.

    .. math:: h'_i = W_{self} h_i + \sum_r \mathrm{mean}_{j \in N_r(i)} W_r h_j + b

    Parameters
    ----------
    n_in, n_out
        Features in and out.
    n_relations
        Edge types; both directions of a link between two types are two of them.
    rng
        Draws the first weights.

    References
    ----------
    Schlichtkrull M. et al. (2018) Modeling relational data with graph convolutional
    networks. ESWC. arXiv:1703.06103
    """

    def __init__(self, n_in: int, n_out: int, *, n_relations: int, rng: Rng) -> None:
        super().__init__()
        self.W_self = uniform(n_in, n_out, rng=rng)
        self.W = nn.ParameterList(
            uniform(n_in, n_out, rng=rng) for _ in range(n_relations)
        )
        self.b = nn.Parameter(torch.zeros(n_out))

    def forward(self, messages: Messages, H: Tensor) -> Tensor:
        """Shape (n_nodes, n_out)."""
        total: Tensor = H @ self.W_self + self.b
        for A, W in zip(messages.matrices, self.W, strict=True):
            if len(A.indices):
                total = total + A @ (H @ W)
        return total


class Encoder(nn.Module):
    r"""Hidden rows of all nodes.

    .. math:: Z = layer_2(A, \sigma(layer_1(A, X)))

    Nodes without features have a learnt row each (X is the identity). The second layer
    is linear in the rows of the neighbours.

    Parameters
    ----------
    network
        Its features and types.
    name, settings
        Kind and width of the layers.
    rng
        Draws the weights and, in training, the dropout.
    """

    def __init__(
        self,
        network: TypedNetwork,
        name: LinkModelName,
        settings: LinkSettings,
        *,
        rng: Rng,
    ) -> None:
        super().__init__()
        self.kind, self.p_dropout = name.encoder, settings.p_dropout
        n_in, width = network.x.shape[1], settings.hidden
        self.layers = nn.ModuleList(_layers(network, self.kind, settings, rng))
        self.embedding = glorot(n_in, width, rng=rng) if self.kind == "typed" else None

    def forward(self, messages: Messages, x: Sparse, rng: Rng | None = None) -> Tensor:
        """Z, shape (n_nodes, hidden); with `rng` as in training."""
        first, second = self.layers
        A = _input_of(self.kind, messages)
        H: Sparse | Tensor = x if self.embedding is None else x @ self.embedding
        hidden = torch.relu(first(A, H))
        Z: Tensor = second(A, dropout(hidden, self.p_dropout, rng))
        return Z

    def hidden(self, messages: Messages, x: Sparse) -> Tensor:
        """Rows that the second layer reads."""
        first, _ = self.layers
        H: Sparse | Tensor = x if self.embedding is None else x @ self.embedding
        return torch.relu(first(_input_of(self.kind, messages), H))


def _input_of(kind: str, messages: Messages) -> Messages | Sparse:
    return messages if kind == "typed" else messages.matrices[0]


def _layers(
    network: TypedNetwork, kind: str, settings: LinkSettings, rng: Rng
) -> list[nn.Module]:
    n_in, width = network.x.shape[1], settings.hidden
    if kind == "typed":
        n = 2 * network.n_relations
        return [TypedLayer(width, width, n_relations=n, rng=rng) for _ in range(2)]
    if kind == "gat":
        heads = settings.n_heads
        each = max(1, width // heads)
        first = GATLayer(n_in, each, n_heads=heads, join=True, p_dropout=0, rng=rng)
        second = GATLayer(
            each * heads, width, n_heads=1, join=False, p_dropout=0, rng=rng
        )
        return [first, second]
    layer = {"gcn": GCNLayer, "sage": SAGELayer}[kind]
    return [layer(n_in, width, rng=rng), layer(width, width, rng=rng)]


class Decoder(nn.Module):
    r"""Score of a pair from the rows of its ends; the order of the ends is no matter.

    .. math:: \text{dot: } \sum_d z_{ud} z_{vd}, \qquad
        \text{distmult: } \sum_d r_d z_{ud} z_{vd}, \qquad
        \text{mlp: } w \cdot \mathrm{ReLU}(W_1 (z_u \circ z_v) + W_2 (z_u + z_v) + b)

    with one r per pair of types.

    References
    ----------
    Yang B. et al. (2015) Embedding entities and relations. ICLR. arXiv:1412.6575
    """

    def __init__(self, kind: str, *, width: int, n_relations: int, rng: Rng) -> None:
        super().__init__()
        self.kind = kind
        if kind == "distmult":
            ones = torch.ones(n_relations, width)
            self.R = nn.Parameter(ones + 0.1 * glorot(n_relations, width, rng=rng))
            self.R = nn.Parameter(self.R.detach())
        if kind == "mlp":
            self.W1 = uniform(width, width, rng=rng)
            self.W2 = uniform(width, width, rng=rng)
            self.b = nn.Parameter(torch.zeros(width))
            self.w = uniform(width, 1, rng=rng)

    def forward(self, left: Tensor, right: Tensor, relations: Tensor) -> Tensor:
        """Scores, shape (n_pairs,)."""
        product = left * right
        if self.kind == "dot":
            return product.sum(dim=1)
        if self.kind == "distmult":
            return (self.R[relations] * product).sum(dim=1)
        inner = product @ self.W1 + (left + right) @ self.W2 + self.b
        return (torch.relu(inner) @ self.w)[:, 0]


class LinkModel(nn.Module):
    """Encoder and decoder.

    Parameters
    ----------
    network
        Nodes, types and features; its links are not used.
    name, settings
        Kind and width.
    rng
        Draws the weights.
    """

    def __init__(
        self,
        network: TypedNetwork,
        name: LinkModelName,
        settings: LinkSettings,
        *,
        rng: Rng,
    ) -> None:
        super().__init__()
        self.name = name
        self.encoder = Encoder(network, name, settings, rng=rng)
        self.decoder = Decoder(
            name.decoder,
            width=settings.hidden,
            n_relations=network.n_relations,
            rng=rng,
        )

    def scores(self, Z: Tensor, network: TypedNetwork, pairs: Links) -> Tensor:
        """Scores of pairs from the rows of all nodes."""
        ends = torch.from_numpy(pairs)
        relations = torch.from_numpy(network.relations(pairs))
        out: Tensor = self.decoder(Z[ends[:, 0]], Z[ends[:, 1]], relations)
        return out


def messages_of(network: TypedNetwork, name: LinkModelName, links: Links) -> Messages:
    """The matrices along which an encoder passes messages.

    Parameters
    ----------
    network
        Types of the nodes.
    name
        Of the model.
    links
        Those that may be used; GCN's are divided by the sums of their weights.
    """
    if name.encoder == "typed":
        return Messages(
            tuple(Sparse.of(mean(part)) for part in _by_relation(network, links))
        )
    normalise: Normalise = {
        "gcn": symmetric,
        "sage": mean,
        "gat": with_self_loops,
    }[name.encoder]
    weights = network.weights_of(links) if name.uses_weights else None
    A = adjacency_of_links(network.n_nodes, links, weights)
    return Messages((Sparse.of(normalise(A)),))


def _by_relation(network: TypedNetwork, links: Links) -> Sequence[csr_array]:
    """One matrix per pair of types and direction."""
    relations, n = network.relations(links), network.n_nodes
    first_is_low = network.types[links[:, 0]] <= network.types[links[:, 1]]
    low = np.where(first_is_low[:, None], links, links[:, ::-1])
    matrices = []
    for number in range(network.n_relations):
        target, source = low[relations == number].T
        ones = np.ones(len(target), dtype=np.float32)
        forward = csr_array((ones, (target, source)), shape=(n, n))
        matrices += [forward, csr_array(forward.T)]
    return matrices
