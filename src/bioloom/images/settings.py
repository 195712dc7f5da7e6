"""How a classifier is trained."""

from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt

from bioloom.devices import DeviceName
from bioloom.errors import BadConfig, UnknownName
from bioloom.images.files.view import Conversion
from bioloom.run.language import mark
from bioloom.run.settings import Changes, changed, setting

Fit = Literal["head", "all"]
BACKBONE_NAMES = (
    "efficientnet-lite0",
    "efficientnet-lite1",
    "efficientnet-lite2",
    "lite-ensemble",
    "resnet18",
)
TORCHVISION, TIMM = "torchvision/", "timm/"
"""What a network of these packages begins with as a backbone."""
Precision = Literal["auto", "fp32", "bf16", "fp16"]
NearBy = Literal["features", "hash", "none"]
AuditNear = Literal["hash", "none"]
Contrary = Literal["out", "keep"]
SIDE_STEP = 32
"""Sides of pictures are multiples of this, the size of a cell of the last map."""

COMMAND = "images train"
"""As `run.json` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a classifier is trained."""

    fit: Fit = setting(
        "head",
        mark(
            "Train a linear head on fixed features (head), in seconds, or all weights "
            "(all)."
        ),
    )
    backbone: str = setting(
        "efficientnet-lite0",
        mark(
            "Network that computes the features: efficientnet-lite0, -lite1, -lite2, "
            "lite-ensemble (joins those of the three), resnet18, or, with a file of "
            "weights, torchvision/NAME or timm/NAME."
        ),
    )
    weights: str = setting(
        "auto",
        mark("Initial weights: auto, scratch, download (for resnet18), or a file."),
    )
    multilabel: bool = setting(
        default=False,
        sentence=mark(
            "A picture can have several labels: a cell a|b of a table is both, a bar "
            "alone is none of them; or the same content in several class folders."
        ),
    )
    side: Annotated[int, Ge(2 * SIDE_STEP)] = setting(
        224,
        mark("Width and height of pictures in the model, a multiple of 32."),
        unit="px",
    )
    neutralise: bool = setting(
        default=False,
        sentence=mark(
            "Crop pictures to their content, make plain backgrounds white, and encode "
            "all the same way."
        ),
    )
    equalise: bool = setting(
        default=False,
        sentence=mark(
            "Give all pictures the same sharpness and grain; fine detail is lost."
        ),
    )
    mirror: bool = setting(
        default=False,
        sentence=mark(
            "See every picture twice, once mirrored, in training and prediction; where "
            "left and right mean nothing."
        ),
    )
    near: NearBy = setting(
        "features",
        mark(
            "How near-duplicates are found: by hash and features, by hash only for "
            "classes of very similar pictures, or none."
        ),
    )
    name_pattern: str = setting(
        "",
        mark(
            "Regular expression; pictures whose names match the same text stay on "
            "one side of the split."
        ),
    )
    min_per_class: Annotated[int, Ge(1)] = setting(
        1,
        mark("Leave out classes with fewer readable pictures."),
    )
    contrary: Contrary = setting(
        "out",
        mark(
            "Files with the same content under several labels: leave them out, or "
            "keep them."
        ),
    )
    class_weights: bool = setting(
        default=False,
        sentence=mark("Give all classes the same weight, whatever their size."),
    )
    rng_seed: Annotated[int, Ge(0)] = setting(
        42, mark("Random seed of the split, weights, order and augmentation.")
    )
    folds: Annotated[int, Ge(0)] = setting(
        0,
        mark(
            "Train all weights anew in so many folds, for an accuracy of all pictures; "
            "0 for none."
        ),
    )
    epochs: Annotated[int, Ge(1)] = setting(
        10, mark("Maximum number of epochs when all weights are trained.")
    )
    batch_size: Annotated[int, Ge(1)] = setting(32, mark("Pictures per step."))
    learning_rate: Annotated[float, Gt(0)] = setting(
        3e-4,
        mark("Initial learning rate of Adam, with cosine decay."),
    )
    patience: Annotated[int, Ge(1)] = setting(
        4, mark("Epochs without improvement in validation before training stops.")
    )
    precision: Precision = setting(
        "auto", mark("Number format; auto uses 16 bits where they are faster.")
    )
    device: DeviceName = setting(
        "auto", mark("What computes; auto: a graphics card if there is one.")
    )
    int8: bool = setting(default=False, sentence=mark("Write an 8-bit model as well."))
    threads: Annotated[int, Ge(1)] = setting(1, mark("Processor threads to use."))

    def __post_init__(self) -> None:
        """Refuse settings that cannot be trained.

        Raises
        ------
        BadConfig
            If the side is not a multiple of 32, or a head would have random features.
        UnknownName
            If there is no such backbone.
        """
        if self.side % SIDE_STEP or self.side < 2 * SIDE_STEP:
            raise BadConfig(
                where="--side",
                found=str(self.side),
                expected="a multiple of 32, from 64",
                advice="The weights were trained on 224.",
            )
        if self.backbone not in BACKBONE_NAMES and not self.is_other:
            raise UnknownName(
                self.backbone,
                kind="network",
                where="--backbone",
                known=[*BACKBONE_NAMES, "torchvision/NAME", "timm/NAME"],
            )
        if self.is_other and self.int8:
            raise BadConfig(
                where="--int8",
                found=self.backbone,
                expected=f"one of {', '.join(BACKBONE_NAMES)}",
                advice="Leave out --int8: only these were tried in 8 bits.",
            )
        if self.folds and (self.fit == "head" or self.folds == 1):
            raise BadConfig(
                where="--folds",
                found=f"{self.folds} with --fit {self.fit}",
                expected="two or more with --fit all",
                advice="Leave it out: a head is cross-validated in any case.",
            )
        if self.multilabel and (option := self._of_one_class):
            raise BadConfig(
                where=option,
                found="it together with --multilabel",
                expected="one class a picture",
                advice="Leave it out: each label has a threshold of its own, and heads "
                "are cross-validated in any case.",
            )
        if self.fit == "head" and not self.is_trained_start:
            raise BadConfig(
                where="--weights",
                found="random weights of a backbone that is not trained",
                expected="trained ones",
                advice="Add --fit all, or give trained weights.",
            )

    @property
    def _of_one_class(self) -> str:
        """An option that holds only where a picture has one class; "" without any."""
        if self.folds:
            return "--folds"
        return "--class-weights" if self.class_weights else ""

    @property
    def conversion(self) -> Conversion:
        """How pictures become what the model gets."""
        return Conversion(
            side=self.side, neutralise=self.neutralise, equalise=self.equalise
        )

    @property
    def is_other(self) -> bool:
        """Whether the backbone is one of torchvision's or timm's."""
        return self.backbone.startswith((TORCHVISION, TIMM))

    @property
    def is_trained_start(self) -> bool:
        """Whether the initial weights are trained."""
        has_no_package = self.is_other or self.backbone == "resnet18"
        is_random = self.weights == "auto" and has_no_package
        return self.weights != "scratch" and not is_random

    def as_dict(self) -> dict[str, Any]:
        """All settings by name."""
        return asdict(self)


def settings_with(changes: Changes | None = None) -> Settings:
    """The default settings with some of them changed.

    Parameters
    ----------
    changes
        Values by name.

    Raises
    ------
    UnknownName
        If there is no such setting.
    BadConfig
        If settings do not fit together.

    Examples
    --------
    >>> settings_with({"side": 128}).side
    128
    """
    names = [field.name for field in fields(Settings)]
    for name in changes or {}:
        if name not in names:
            raise UnknownName(name, kind="setting", where="images", known=names)
    return changed(Settings(), changes or {})
