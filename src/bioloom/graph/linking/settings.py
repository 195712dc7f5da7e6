"""How link models are built, trained and judged."""

from dataclasses import dataclass, fields
from typing import Annotated, Literal, NamedTuple, get_args

from annotated_types import Ge, Gt, Lt

from bioloom.errors import UnknownName
from bioloom.run.language import mark
from bioloom.run.settings import Changes, changed, setting

Encoder = Literal["gcn", "sage", "gat", "typed"]
Decoder = Literal["dot", "distmult", "mlp"]
ENCODERS: tuple[Encoder, ...] = get_args(Encoder)
DECODERS: tuple[Decoder, ...] = get_args(Decoder)


class LinkModelName(NamedTuple):
    """Encoder and decoder of a model, written ``gcn-dot``."""

    encoder: Encoder
    decoder: Decoder

    @property
    def uses_weights(self) -> bool:
        """Whether its encoder uses more of a link than that it is there."""
        return self.encoder == "gcn"

    def __str__(self) -> str:
        """Such as ``gcn-dot``."""
        return f"{self.encoder}-{self.decoder}"


MODEL_NAMES: tuple[str, ...] = tuple(
    str(LinkModelName(encoder, decoder)) for encoder in ENCODERS for decoder in DECODERS
)
DEFAULT_MODELS = ("sage-dot", "typed-distmult")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Width and training of the link models; all of them share these."""

    hidden: Annotated[int, Ge(1)] = setting(
        64, mark("Width of both layers of the encoder.")
    )
    n_heads: Annotated[int, Ge(1)] = setting(
        4, mark("Attention heads of GAT's first layer, each of width hidden / heads.")
    )
    p_dropout: Annotated[float, Ge(0), Lt(1)] = setting(
        0.3, mark("Probability that a hidden feature is dropped in training.")
    )
    learning_rate: Annotated[float, Gt(0)] = setting(
        0.01, mark("Learning rate of Adam.")
    )
    weight_decay: Annotated[float, Ge(0)] = setting(0.0, mark("L2 penalty."))
    max_epochs: Annotated[int, Ge(1)] = setting(
        200, mark("Maximum number of passes over the training links.")
    )
    patience: Annotated[int, Ge(1)] = setting(
        20,
        mark("Epochs without a higher validation AUC before training stops."),
    )
    n_folds: Annotated[int, Ge(2)] = setting(
        4,
        mark(
            "Parts of the training links: each is predicted from messages of the "
            "others."
        ),
    )
    batch_size: Annotated[int, Ge(1)] | None = setting(
        None, mark("Training links per step; a whole part if not set.")
    )
    test_share: Annotated[float, Gt(0), Lt(0.5)] = setting(
        0.1, mark("Share of the scored links that test; as many validate.")
    )
    cold_share: Annotated[float, Gt(0), Lt(0.5)] = setting(
        0.1,
        mark("Share of the nodes that lose all their scored links in the cold start."),
    )
    top_k: Annotated[int, Ge(1)] = setting(
        20, mark("Hits@k: links that score above the k-th best negative.")
    )
    n_candidates: Annotated[int, Ge(1)] = setting(
        10, mark("Candidates listed per node.")
    )


def link_settings(changes: Changes | None = None) -> LinkSettings:
    """The settings, some of them changed.

    Raises
    ------
    UnknownName
        If there is no such setting.

    Examples
    --------
    >>> link_settings({"hidden": 32}).hidden
    32
    """
    names = [field.name for field in fields(LinkSettings)]
    for name in changes or {}:
        if name not in names:
            raise UnknownName(name, kind="setting", where="links", known=names)
    return changed(LinkSettings(), changes or {})


def model_named(name: str) -> LinkModelName:
    """Encoder and decoder of a name such as ``gcn-dot``.

    Raises
    ------
    UnknownName
        If there is no such model.

    Examples
    --------
    >>> model_named("sage-mlp").decoder
    'mlp'
    """
    if name not in MODEL_NAMES:
        raise UnknownName(name, kind="model", where="links", known=MODEL_NAMES)
    encoder, _, decoder = name.partition("-")
    return LinkModelName(encoder, decoder)  # type: ignore[arg-type]
