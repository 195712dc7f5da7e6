"""How each model is built and trained: the papers' settings, free to be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Renewal = Literal["loss or accuracy", "loss"]
ModelName = Literal["gcn", "gat", "sage", "grand", "gcnii"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Shape and training of a model.

    Parameters
    ----------
    model
        Its name.
    hidden
        Width of the hidden layer; of each head in GAT.
    p_dropout
        Probability that a feature is dropped while training.
    learning_rate
        Of Adam.
    weight_decay
        L2 penalty.
    decay_all
        Whether it concerns all weights, or those of the first layer only. GCNII: of the
        convolutions only, see `dense_decay`.
    max_epochs
        Most passes over the training nodes.
    patience
        Passes after which training ends, if none of them was good enough to go on.
    renewed_by
        What is good enough: validation loss or accuracy as good as ever, or the loss
        alone, lower than ever.
    batch_size
        Training nodes a step, with neighbours drawn at random; None takes all nodes
        with all their neighbours. Not for GRAND and GCNII.
    fanout
        Most neighbours that are drawn of a node, in each of the two layers.
    n_heads
        Attention heads of GAT's first layer.
    order, n_samples, p_dropnode, sharpening, consistency
        Of GRAND: steps of propagation, augmented copies of the graph, probability that
        a node is dropped, temperature of the sharpened mean, weight of its loss.
    n_layers, first_share, identity, dense_decay
        Of GCNII: convolutions, share α of the first hidden row in each, λ of
        β = log(λ / l + 1) for layer l, L2 penalty of the first and the last weights.
    """

    model: ModelName
    hidden: int
    p_dropout: float
    learning_rate: float
    weight_decay: float = 5e-4
    decay_all: bool = True
    max_epochs: int
    patience: int
    renewed_by: Renewal = "loss or accuracy"
    batch_size: int | None = None
    fanout: int = 10
    n_heads: int = 8
    order: int = 8
    n_samples: int = 4
    p_dropnode: float = 0.5
    sharpening: float = 0.5
    consistency: float = 1.0
    n_layers: int = 64
    first_share: float = 0.1
    identity: float = 0.5
    dense_decay: float = 5e-4


SETTINGS: Mapping[ModelName, Settings] = MappingProxyType(
    {
        "gcn": Settings(
            model="gcn",
            hidden=16,
            p_dropout=0.5,
            learning_rate=0.01,
            decay_all=False,
            max_epochs=200,
            patience=200,
        ),
        "gat": Settings(
            model="gat",
            hidden=8,
            p_dropout=0.6,
            learning_rate=0.005,
            max_epochs=1000,
            patience=100,
        ),
        "sage": Settings(
            model="sage",
            hidden=16,
            p_dropout=0.5,
            learning_rate=0.01,
            max_epochs=200,
            patience=200,
        ),
        "grand": Settings(
            model="grand",
            hidden=32,
            p_dropout=0.5,
            learning_rate=0.01,
            max_epochs=2000,
            patience=200,
        ),
        "gcnii": Settings(
            model="gcnii",
            hidden=64,
            p_dropout=0.6,
            learning_rate=0.01,
            weight_decay=0.01,
            max_epochs=1500,
            patience=100,
            renewed_by="loss",
        ),
    }
)

NEEDS_ALL_NODES: Mapping[str, str] = MappingProxyType(
    {
        "grand": "GRAND's loss looks at all nodes in each step.",
        "gcnii": "GCNII's many layers look at all connected nodes in each step.",
    }
)
"""The models that cannot be trained in batches, and why."""
