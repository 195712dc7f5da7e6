"""A picture as models see it: one conversion for training, audit and prediction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image

from bioloom.images.files.equalise import equalised
from bioloom.images.files.neutralise import neutralised


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How pictures become what a model sees.

    Parameters
    ----------
    side
        Pixels of the square's side.
    neutralise
        Whether to remove a plain background and margins and to encode all alike
        (`bioloom.images.files.neutralise`).
    equalise
        Whether to give all the same sharpness and grain
        (`bioloom.images.files.equalise`).
    """

    side: int
    neutralise: bool = False
    equalise: bool = False

    @classmethod
    def of_model(cls, about: Mapping[str, Any]) -> "Conversion":
        """The conversion that a model was trained with, from its metadata."""
        return cls(
            side=int(about["side"]),
            neutralise=bool(about.get("neutralise")),
            equalise=bool(about.get("equalise")),
        )

    @property
    def is_cure(self) -> bool:
        """Whether it removes traces of a picture's source."""
        return self.neutralise or self.equalise

    @property
    def uncured(self) -> "Conversion":
        """The same size without any cure."""
        return replace(self, neutralise=False, equalise=False)

    def of(self, picture: Image.Image) -> Image.Image:
        """The RGB picture as a model sees it."""
        view = neutralised(picture, side=self.side) if self.neutralise else picture
        if view.size != (self.side, self.side):
            view = view.resize(
                (self.side, self.side), Image.Resampling.BILINEAR, reducing_gap=2.0
            )
        if self.equalise:
            view = Image.fromarray(equalised(np.asarray(view)))
        return view
