"""How each model is built and trained: the settings of its paper, free to change."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple, get_args

from annotated_types import Ge, Gt, Lt

from bioloom.errors import BadConfig, UnknownName
from bioloom.run.language import mark
from bioloom.run.settings import Changes, changed, setting

Renewal = Literal["loss or accuracy", "loss"]
ModelName = Literal["gcn", "gat", "sage", "grand", "gcnii"]
BestBy = Literal["loss", "accuracy"]
Norm = Literal["none", "layer", "batch"]
ClassWeights = Literal["none", "balanced"]
Thresholds = Literal["half", "validation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Architecture and training of a model; `SETTINGS` holds those of the papers."""

    model: ModelName = setting(MISSING, mark("The model."))
    hidden: Annotated[int, Ge(1)] = setting(
        MISSING, mark("Width of each hidden layer; in GAT of each head.")
    )
    n_layers: Annotated[int, Ge(1)] = setting(
        2, mark("Convolutions, each of which reads neighbours one step further away.")
    )
    p_dropout: Annotated[float, Ge(0), Lt(1)] = setting(
        MISSING, mark("Probability that a feature is dropped in training.")
    )
    p_input_dropout: Annotated[float, Ge(0), Lt(1)] | None = setting(
        None,
        mark("Probability that an input feature is dropped; like others if not set."),
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
    best_by: BestBy = setting(
        "loss",
        mark("Validation measure by which the best epoch is chosen."),
    )
    batch_size: Annotated[int, Ge(1)] | None = setting(
        None,
        mark("Training nodes per step, with sampled neighbours; all nodes if not set."),
    )
    fanout: Annotated[int, Ge(1)] = setting(
        10, mark("Neighbours sampled per node in each layer, if a batch size is set.")
    )
    n_heads: Annotated[int, Ge(1)] = setting(
        8, mark("Attention heads of GAT's hidden layers.")
    )
    norm: Norm = setting(
        "none",
        mark("Norm of hidden rows: over each row (layer), or over each unit (batch)."),
    )
    residual: bool = setting(
        default=False,
        sentence=mark(
            "Add a linear function of a node's own row to each hidden layer's sum."
        ),
    )
    linear_head: bool = setting(
        default=False,
        sentence=mark(
            "Make scores by a linear layer behind the last convolution, which is "
            "hidden too."
        ),
    )
    class_weights: ClassWeights = setting(
        "none",
        mark(
            "Weights of the classes in the loss; balanced: inverse to their numbers of "
            "training nodes."
        ),
    )
    thresholds: Thresholds = setting(
        "half",
        mark(
            "With several labels a node: the probability above which a node has a "
            "label; one half, or the one with the highest F1 of the label on the "
            "validation nodes."
        ),
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
            n_layers=64,
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


_CONVOLUTIONS: tuple[ModelName, ...] = ("gcn", "gat", "sage")
_WORKS_WITH: Mapping[str, tuple[ModelName, ...]] = MappingProxyType(
    {
        "n_layers": (*_CONVOLUTIONS, "gcnii"),
        "n_heads": ("gat",),
        "norm": _CONVOLUTIONS,
        "p_input_dropout": _CONVOLUTIONS,
        "residual": _CONVOLUTIONS,
        "linear_head": _CONVOLUTIONS,
        "decay_all": _CONVOLUTIONS,
        "batch_size": _CONVOLUTIONS,
        "fanout": _CONVOLUTIONS,
    }
)
"""Models that a setting has an effect on, where it is not all of them."""


class Idle(NamedTuple):
    """A setting that can't have an effect, and the reason."""

    name: str
    reason: str


def idle_change(
    models: Sequence[ModelName], changes: Changes, *, multilabel: bool = False
) -> Idle | None:
    """The first change that has no effect on any of the models, if there is one.

    Parameters
    ----------
    models
        Those that are to be trained.
    changes
        Settings by name.
    multilabel
        Whether a node can have several labels.

    Examples
    --------
    >>> idle_change(["gcn"], {"n_heads": 4})
    Idle(name='n_heads', reason='it works only with gat')
    """
    for name in changes:
        works_with = _WORKS_WITH.get(name)
        if works_with and not set(works_with) & set(models):
            return Idle(name, f"it works only with {', '.join(works_with)}")
    if "thresholds" in changes and not multilabel:
        return Idle("thresholds", "there are thresholds only with several labels")
    if "fanout" in changes and changes.get("batch_size") is None:
        return Idle("fanout", "neighbours are sampled only where there is a batch size")
    if changes.get("n_layers", 2) == 1 and not changes.get("linear_head"):
        for name in ("hidden", "n_heads", "norm", "residual"):
            if name in changes and not {"gcnii", "grand"} & set(models):
                return Idle(name, "one layer without a linear head has no hidden one")
    return None


def check_changes(
    models: Sequence[ModelName], changes: Changes, *, multilabel: bool = False
) -> None:
    """Refuse settings that can't have an effect on any of the models.

    Raises
    ------
    BadConfig
        If there is one.
    """
    idle = idle_change(models, changes, multilabel=multilabel)
    if idle:
        raise BadConfig(
            where=f"setting {idle.name}",
            found=f"{idle.name} for {', '.join(models)}",
            expected="settings that have an effect",
            advice=f"Leave it out: {idle.reason}.",
        )


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
