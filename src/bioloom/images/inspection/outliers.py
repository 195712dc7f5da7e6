"""Pictures that are unlike the rest by simple measures: light, contrast, size, shape.

References
----------
Iglewicz B., Hoaglin D.C. (1993) How to detect and handle outliers. ASQC: scores by the
median and the median absolute deviation, from 3.5.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.data import Pictures
from bioloom.images.dataset.scan import Scan
from bioloom.images.inspection.problems import Problem
from bioloom.run.language import tr

Floats = NDArray[np.float64]
MIN_Z = 3.5
"""Robust z from which a picture is an outlier."""
MIN_PICTURES = 10
BLANK = 0.01
"""Contrast (0 to 1) below which a picture is blank."""
_TO_NORMAL, _MEAN_TO_NORMAL = 1.4826, 1.2533  # of a normal distribution


class Rule(NamedTuple):
    """When a measure makes a picture an outlier.

    Parameters
    ----------
    kind
        Of the problem.
    sign
        Whether high (1) or low (-1) values are odd, or both (0).
    at_least
        Distance from the median that is needed besides the z.
    detail
        What is told of the picture.
    form
        How the value is written there.
    """

    kind: str
    measure: str
    sign: int
    at_least: float
    detail: str
    form: str = ".2f"


RULES = (
    Rule("dark", "brightness", -1, 0.15, detail="mean grey {value}"),
    Rule("bright", "brightness", 1, 0.15, detail="mean grey {value}"),
    Rule("low_contrast", "contrast", -1, 0.05, detail="contrast {value}"),
    Rule(
        "odd_size", "pixels", 0, float(np.log(2)), detail="{value} pixels", form=",.0f"
    ),
    Rule(
        "odd_aspect", "aspect", 0, float(np.log(1.5)), detail="width / height {value}"
    ),
)


def thresholds() -> str:
    """What an outlier is, in the language in force."""
    return tr(
        "An outlier is {z} robust standard deviations from the median (of all "
        "pictures, by the median absolute deviation), and besides: brightness 0.15 of "
        "1, contrast 0.05 of 1, pixels by a factor of 2, width / height by a factor of "
        "1.5. Blank: contrast below {blank}. Brightness and contrast are those of the "
        "picture on white, in grey. With fewer than {n} pictures only blank ones are "
        "sought.",
        z=MIN_Z,
        blank=BLANK,
        n=MIN_PICTURES,
    )


def robust_z(values: Floats) -> Floats:
    """Distances from the median in robust standard deviations.

    Where more than half of the values are equal, the mean absolute deviation is used.

    Examples
    --------
    >>> robust_z(np.array([1.0, 2.0, 3.0, 4.0, 50.0])).round(1).tolist()
    [-1.3, -0.7, 0.0, 0.7, 31.7]
    """
    if not len(values):
        return values
    away = values - np.median(values)
    spread = _TO_NORMAL * float(np.median(np.abs(away)))
    if spread < 1e-12:
        spread = _MEAN_TO_NORMAL * float(np.abs(away).mean())
    return away / spread if spread > 1e-12 else np.zeros_like(away)


def blank_places(scanned: Scan) -> NDArray[np.bool_]:
    """Whether each picture is blank; unreadable ones are not."""
    return np.array(
        [
            look is not None and look.measures["contrast"] < BLANK
            for look in scanned.looks
        ],
        dtype=bool,
    )


def outliers(pictures: Pictures, scanned: Scan) -> Iterator[Problem]:
    """Blank pictures, and those that are unlike the rest."""
    places = np.flatnonzero(scanned.is_readable).tolist()
    looks = [look for place in places if (look := scanned.looks[place])]
    found = {
        name: np.array([look.measures[name] for look in looks])
        for name in ("brightness", "contrast", "width", "height")
    }
    found["pixels"] = found["width"] * found["height"]
    found["aspect"] = found["width"] / np.maximum(found["height"], 1)
    is_blank = blank_places(scanned)[places]
    for row in np.flatnonzero(is_blank).tolist():
        value = float(found["contrast"][row])
        detail = f"contrast {value:.3f}"
        yield _problem(pictures, places[row], "blank", detail=detail, score=value)
    if len(places) < MIN_PICTURES:
        return
    for rule in RULES:
        z = _odd(rule, found[rule.measure])
        if rule.sign:  # of a blank picture its light says no more
            z = np.where(is_blank, 0.0, z)
        for row in np.flatnonzero(z).tolist():
            shown = format(found[rule.measure][row], rule.form)
            detail = rule.detail.format(value=shown)
            yield _problem(
                pictures, places[row], rule.kind, detail=detail, score=float(z[row])
            )


def _odd(rule: Rule, values: Floats) -> Floats:
    """Robust z where a value is odd, else 0; sizes and shapes by their logarithm."""
    if rule.sign == 0:
        values = np.log(np.maximum(values, 1e-9))
    z = robust_z(values)
    away = values - np.median(values)
    side = z * rule.sign > 0 if rule.sign else np.ones(len(z), dtype=bool)
    is_odd = side & (np.abs(z) >= MIN_Z) & (np.abs(away) >= rule.at_least)
    return np.where(is_odd, z, 0.0)


def _problem(
    pictures: Pictures, place: int, kind: str, *, detail: str, score: float
) -> Problem:
    return Problem(
        path=pictures.names[place],
        label=pictures.label(place),
        problem=kind,
        detail=detail,
        score=score,
        place=place,
    )
