"""How each model is built and trained: the settings of its paper, free to change."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Annotated, Literal, get_args

from annotated_types import Ge, Gt, Lt

from bioloom.errors import UnknownName
from bioloom.run.language import mark
from bioloom.run.settings import Changes, changed, setting

Renewal = Literal["loss or accuracy", "loss"]
ModelName = Literal["gcn", "gat", "sage", "grand", "gcnii"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Architecture and training of a model; `SETTINGS` holds those of the papers."""

    model: ModelName = setting(MISSING, mark("The model."))
    hidden: Annotated[int, Ge(1)] = setting(
        MISSING, mark("Width of the hidden layer; in GAT of each head.")
    )
    p_dropout: Annotated[float, Ge(0), Lt(1)] = setting(
        MISSING, mark("Probability that a feature is dropped in training.")
    )
    learning_rate: Annotated[float, Gt(0)] = setting(
        MISSING, mark("Learning rate of Adam.")
    )
    weight_decay: Annotated[float, Ge(0)] = setting(MISSING, mark("L2 penalty."))
    decay_all: bool = setting(
        default=True,
        sentence=mark(
            "Apply the L2 penalty to all weights, not only the first layer's."
        ),
    )
    max_epochs: Annotated[int, Ge(1)] = setting(
        MISSING, mark("Maximum number of epochs.")
    )
    patience: Annotated[int, Ge(1)] = setting(
        MISSING, mark("Epochs without improvement in validation before training stops.")
    )
    renewed_by: Renewal = setting(
        "loss or accuracy", mark("Validation measure that counts as improvement.")
    )
    batch_size: Annotated[int, Ge(1)] | None = setting(
        None,
        mark("Training nodes per step, with sampled neighbours; all nodes if not set."),
    )
    fanout: Annotated[int, Ge(1)] = setting(
        10, mark("Neighbours sampled per node in each layer, if a batch size is set.")
    )
    n_heads: Annotated[int, Ge(1)] = setting(
        8, mark("Attention heads of GAT's first layer.")
    )
    order: Annotated[int, Ge(0)] = setting(8, mark("Propagation steps of GRAND."))
    n_samples: Annotated[int, Ge(1)] = setting(
        4, mark("Augmented copies of the graph in GRAND.")
    )
    p_dropnode: Annotated[float, Ge(0), Lt(1)] = setting(
        0.5, mark("Probability that GRAND drops a node.")
    )
    sharpening: Annotated[float, Gt(0)] = setting(
        0.5, mark("Temperature of the sharpened mean in GRAND.")
    )
    consistency: Annotated[float, Ge(0)] = setting(
        1.0, mark("Weight of the consistency loss in GRAND.")
    )
    n_layers: Annotated[int, Ge(1)] = setting(64, mark("Convolutions of GCNII."))
    first_share: Annotated[float, Ge(0)] = setting(
        0.1, mark("Share α of the first hidden row in each convolution of GCNII.")
    )
    identity: Annotated[float, Ge(0)] = setting(
        0.5, mark("λ of GCNII, on which the β of each layer depends.")
    )
    dense_decay: Annotated[float, Ge(0)] = setting(
        5e-4, mark("L2 penalty of the first and last weights of GCNII.")
    )


MODELS: tuple[ModelName, ...] = get_args(ModelName)
SETTINGS: Mapping[ModelName, Settings] = MappingProxyType(
    {
        "gcn": Settings(
            model="gcn",
            hidden=16,
            p_dropout=0.5,
            learning_rate=0.01,
            weight_decay=5e-4,
            decay_all=False,
            max_epochs=200,
            patience=200,
        ),
        "gat": Settings(
            model="gat",
            hidden=8,
            p_dropout=0.6,
            learning_rate=0.005,
            weight_decay=5e-4,
            max_epochs=1000,
            patience=100,
        ),
        "sage": Settings(
            model="sage",
            hidden=16,
            p_dropout=0.5,
            learning_rate=0.01,
            weight_decay=5e-4,
            max_epochs=200,
            patience=200,
        ),
        "grand": Settings(
            model="grand",
            hidden=32,
            p_dropout=0.5,
            learning_rate=0.01,
            weight_decay=5e-4,
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
        "grand": "GRAND's loss uses all nodes in each step.",
        "gcnii": "GCNII's many layers use all connected nodes in each step.",
    }
)
"""The models that cannot be trained in batches, and why."""


def settings_for(model: ModelName, changes: Changes | None = None) -> Settings:
    """The settings of a model's paper, with some of them changed.

    Parameters
    ----------
    model
        Its name.
    changes
        Values by name; those that are not given stay the paper's.

    Raises
    ------
    UnknownName
        If there is no such model or setting.

    Examples
    --------
    >>> settings_for("gcn", {"hidden": 32}).hidden
    32
    """
    if model not in SETTINGS:
        raise UnknownName(model, kind="model", where="graph", known=MODELS)
    names = [field.name for field in fields(Settings)]
    for name in changes or {}:
        if name not in names:
            raise UnknownName(name, kind="setting", where=model, known=names)
    return changed(SETTINGS[model], changes or {})
