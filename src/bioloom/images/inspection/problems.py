"""Kinds of problems that a data set can have, and a problem of one picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from bioloom.run.language import mark

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
            mark("Probable label errors"),
            mark(
                "The head, fitted on other pictures, is confident of another label "
                "(confident learning). Score: probability of the label given, minus "
                "that of the likeliest other one; the lowest first."
            ),
            mark("look at it; correct the label if it is wrong"),
        ),
        "contrary": Kind(
            mark("The same content under several labels"),
            mark("The same bytes are in several classes: all but one are wrong."),
            mark("keep the one with the right label"),
        ),
        "near_other_label": Kind(
            mark("Near-duplicates under another label"),
            mark(
                "A picture that is nearly the same has another label. Score: "
                "closeness, 1 for the same hash."
            ),
            mark("look at both; correct one label"),
        ),
        "duplicate_other_side": Kind(
            mark("The same content on several sides"),
            mark("The same bytes are in the training pictures and in others."),
            mark("remove it from one side"),
        ),
        "near_other_side": Kind(
            mark("Near-duplicates on another side"),
            mark(
                "A picture that is nearly the same is on another side of the given "
                "split. Score: closeness."
            ),
            mark("move both to one side"),
        ),
        "unreadable": Kind(
            mark("Files that cannot be read"),
            mark("No picture could be decoded."),
            mark("replace it"),
        ),
        "format": Kind(
            mark("Formats that are not read"),
            mark("Pictures by their ending, of a format that is not read here."),
            mark("convert it to PNG or JPEG"),
        ),
        "blank": Kind(
            mark("Blank pictures"),
            mark("Hardly any contrast at all. Score: contrast."),
            mark("remove it"),
        ),
        "dark": Kind(
            mark("Dark pictures"),
            mark("Much darker than the rest. Score: robust z."),
            mark("look at it"),
        ),
        "bright": Kind(
            mark("Bright pictures"),
            mark("Much brighter than the rest. Score: robust z."),
            mark("look at it"),
        ),
        "low_contrast": Kind(
            mark("Pictures of low contrast"),
            mark("Much less contrast than the rest. Score: robust z."),
            mark("look at it"),
        ),
        "odd_size": Kind(
            mark("Odd sizes"),
            mark("Many more or fewer pixels than the rest. Score: robust z."),
            mark("look at it: it may be a thumbnail, or several pictures in one"),
        ),
        "odd_aspect": Kind(
            mark("Odd shapes"),
            mark("Much wider or higher than the rest. Score: robust z."),
            mark("look at it: it is squeezed to a square or cropped"),
        ),
        "duplicate": Kind(
            mark("Copies"),
            mark("The same bytes under the same label."),
            mark("keep one"),
        ),
        "near_duplicate": Kind(
            mark("Near-duplicates"),
            mark(
                "Nearly the same picture under the same label, on one side. Score: "
                "closeness. A split by groups keeps them together."
            ),
            mark("keep them together in a split, or keep one"),
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
