"""How a classifier is trained."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bioloom.errors import BadConfig

Fit = Literal["head", "all"]
BackboneName = Literal["efficientnet-lite0", "resnet18"]
Precision = Literal["auto", "fp32", "bf16"]
SIDE_STEP = 32
"""Sides of pictures are multiples of this: so much a cell of the last map covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a classifier is trained.

    Parameters
    ----------
    fit
        "head": the backbone stays as it is, its features are computed once, and a
        regularised linear head is fitted; "all": every weight is trained.
    backbone
        "efficientnet-lite0" or "resnet18".
    weights
        As for `bioloom.images.models.weights.load_weights`.
    side
        Pixels of a picture's side as the model sees it, a multiple of 32.
    neutralise
        Whether pictures are cropped to content and encoded alike first.
    near
        What near-duplicates are told by: "features" of trained weights as well, which
        sees crops and mirrors, or the "hash" alone, where all pictures of a class are
        alike to such weights (drawings of one hand, cells).
    name_pattern
        As for `bioloom.images.dataset.data.groups_of`.
    class_weights
        Whether rare classes count as much as frequent ones.
    rng_seed
        Of split, first weights, order and augmentation.
    epochs, batch_size, learning_rate, patience
        Of "all": most epochs, pictures a step, first step size of Adam (it falls as a
        cosine), and epochs without a better validation before it stops.
    precision
        "auto" takes bf16 where the machine is faster with it.
    int8
        Whether to write the model in 8 bits as well.
    threads
        Of the processor.
    """

    fit: Fit = "head"
    backbone: BackboneName = "efficientnet-lite0"
    weights: str = "auto"
    side: int = 224
    neutralise: bool = False
    near: Literal["features", "hash"] = "features"
    name_pattern: str = ""
    class_weights: bool = False
    rng_seed: int = 42
    epochs: int = 10
    batch_size: int = 32
    learning_rate: float = 3e-4
    patience: int = 4
    precision: Precision = "auto"
    int8: bool = False
    threads: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be trained.

        Raises
        ------
        BadConfig
            If the side is no multiple of 32, or a head is to be fitted on nothing.
        """
        if self.side % SIDE_STEP or self.side < 2 * SIDE_STEP:
            raise BadConfig(
                where="--side",
                found=str(self.side),
                expected="a multiple of 32, from 64",
                advice="224 is what the weights were trained on.",
            )
        if self.fit == "head" and not self.is_trained_start:
            raise BadConfig(
                where="--weights",
                found="random weights of a backbone that shall stay as it is",
                expected="trained ones",
                advice="Add --fit all, or give weights.",
            )

    @property
    def is_trained_start(self) -> bool:
        """Whether the first weights are trained ones."""
        is_random = self.weights == "auto" and self.backbone == "resnet18"
        return self.weights != "scratch" and not is_random

    def as_dict(self) -> dict[str, Any]:
        """All of it, by name."""
        return asdict(self)
