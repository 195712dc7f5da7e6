"""Kinds of problems that a data set can have, and a problem of one picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

NO_PLACE = -1


class Kind(NamedTuple):
    """A kind of problem.

    Parameters
    ----------
    title
        Of its part of the page.
    meaning
        What it is, and what its score is.
    action
        What to do.
    """

    title: str
    meaning: str
    action: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "label": Kind(
            "Probable label errors",
            "The head, fitted on other pictures, is confident of another label "
            "(confident learning). Score: probability of the label given, minus that "
            "of the likeliest other one; the lowest first.",
            "look at it; correct the label if it is wrong",
        ),
        "contrary": Kind(
            "The same content under several labels",
            "The same bytes are in several classes: all but one are wrong.",
            "keep the one with the right label",
        ),
        "near_other_label": Kind(
            "Near-duplicates under another label",
            "A picture that is nearly the same has another label. Score: closeness, "
            "1 for the same hash.",
            "look at both; correct one label",
        ),
        "duplicate_other_side": Kind(
            "The same content on several sides",
            "The same bytes are in the training pictures and in others.",
            "remove it from one side",
        ),
        "near_other_side": Kind(
            "Near-duplicates on another side",
            "A picture that is nearly the same is on another side of the given split. "
            "Score: closeness.",
            "move both to one side",
        ),
        "unreadable": Kind(
            "Files that cannot be read", "No picture could be decoded.", "replace it"
        ),
        "format": Kind(
            "Formats that are not read",
            "Pictures by their ending, of a format that is not read here.",
            "convert it to PNG or JPEG",
        ),
        "blank": Kind(
            "Blank pictures",
            "Hardly any contrast at all. Score: contrast.",
            "remove it",
        ),
        "dark": Kind(
            "Dark pictures", "Much darker than the rest. Score: robust z.", "look at it"
        ),
        "bright": Kind(
            "Bright pictures",
            "Much brighter than the rest. Score: robust z.",
            "look at it",
        ),
        "low_contrast": Kind(
            "Pictures of low contrast",
            "Much less contrast than the rest. Score: robust z.",
            "look at it",
        ),
        "odd_size": Kind(
            "Odd sizes",
            "Many more or fewer pixels than the rest. Score: robust z.",
            "look at it: it may be a thumbnail, or several pictures in one",
        ),
        "odd_aspect": Kind(
            "Odd shapes",
            "Much wider or higher than the rest. Score: robust z.",
            "look at it: it is squeezed to a square or cropped",
        ),
        "duplicate": Kind(
            "Copies",
            "The same bytes under the same label.",
            "keep one",
        ),
        "near_duplicate": Kind(
            "Near-duplicates",
            "Nearly the same picture under the same label, on one side. Score: "
            "closeness. A split by groups keeps them together.",
            "keep them together in a split, or keep one",
        ),
    }
)
"""In the order in which they are worth looking at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem of one picture.

    Parameters
    ----------
    path, label
        Of the picture, below the data folder.
    problem
        Its kind, a key of `KINDS`.
    detail
        What was found, in words.
    other
        The picture that it is compared with; "" for none.
    score
        As its kind says; NaN without one.
    place, other_place
        Numbers of both pictures; -1 for none.
    """

    path: str
    label: str
    problem: str
    detail: str
    other: str = ""
    score: float = float("nan")
    place: int = NO_PLACE
    other_place: int = NO_PLACE

    @property
    def action(self) -> str:
        """What to do."""
        return KINDS[self.problem].action
