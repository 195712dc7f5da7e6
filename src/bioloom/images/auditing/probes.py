"""What is probed: the pixels a model gets, the usual conversion, and the file."""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.probes import PixelProbes
from bioloom.images.dataset.scan import Look
from bioloom.images.files.files import ENDINGS
from bioloom.images.files.reading import Facts

Of = Literal["picture", "before the cure", "usual script", "file"]
"""What a probe looks at. Only what is in the picture itself can be a shortcut."""
_HASHED = 256
_WORDS = 16
_NO_NUMBER = -1.0

NEUTRALISE = "--neutralise puts the content of every picture on white."
EQUALISE = "--equalise gives all pictures the same sharpness and grain."
_MARK = "Crop the mark off, or cover the same place in all classes."
_LIGHT = "Take pictures of all classes in the same light, or compare in grey."
SUBJECT = "It may be the subject itself: look at the figure."


@dataclass(frozen=True, slots=True)
class Probe:
    """Something about a picture that should not predict its class.

    Parameters
    ----------
    name
        Short, for tables.
    what
        In words.
    cure
        How to remove it, as a sentence.
    may_be_subject
        Whether the subject itself shows in it: then it is never called a shortcut.
    """

    name: str
    what: str
    cure: str
    may_be_subject: bool = False


PIXEL_PROBES: tuple[Probe, ...] = (
    Probe("corner", "the four corner pixels", NEUTRALISE),
    Probe("border", "32 pixels around the border", NEUTRALISE),
    Probe("background", "the border's colour and how plain it is", NEUTRALISE),
    Probe("thumbnail", "the picture at 8 x 8 pixels", NEUTRALISE),
    Probe("colour", "mean and spread of red, green and blue", _LIGHT),
    Probe("cast", "the tint of the darkest and brightest pixels", _LIGHT),
    Probe("greys", "the share of grey pixels, by lightness", _MARK),
    Probe("sharpness", "the width of the sharpest edges", EQUALISE),
    Probe("frequency", "the share of fine detail", EQUALISE),
    Probe("upscaling", "the detail lost on making the picture smaller", EQUALISE),
    Probe("noise", "the grain of flat parts", EQUALISE),
    Probe("steps", "small steps between neighbouring pixels", EQUALISE),
    Probe("grid", "periods of its rows and columns, as of blocks", EQUALISE),
    Probe("centre", "marks in the centre", _MARK),
    Probe("corners", "marks in the four corners", _MARK),
    Probe(
        "marks",
        "texture and lightness of 28 x 28 places",
        SUBJECT,
        may_be_subject=True,
    ),
    Probe("patches", "small patches in any order", SUBJECT, may_be_subject=True),
)

_SOURCE = "No model sees it, but the classes come from different sources."
USUAL_SCRIPT = Probe(
    "usual_script",
    "the four corner pixels after the usual conversion, without transparency",
    "bioloom lays transparent pictures on white.",
)
FILE_PROBES: tuple[Probe, ...] = (
    Probe("format", "kind, mode and ending of the file", _SOURCE),
    Probe("size", "width, height and bytes of the file", _SOURCE),
    Probe("alpha", "an alpha channel and how much is transparent", _SOURCE),
    Probe("jpeg_quality", "the JPEG's quality", _SOURCE),
    Probe("camera", "camera and other entries of EXIF", _SOURCE),
    Probe("profile", "the colour profile", _SOURCE),
    Probe("dpi", "the resolution that the file states", _SOURCE),
    Probe(
        "name",
        "the file's name",
        "No model sees it, but a random split may separate related pictures: "
        "--group-by-name.",
    ),
)
PROBES: Mapping[str, Probe] = MappingProxyType(
    {probe.name: probe for probe in (*PIXEL_PROBES, USUAL_SCRIPT, *FILE_PROBES)}
)
"""All probes by name."""


OF_THE_FRAME = frozenset({"corner", "border", "background", "corners"})
"""Probes of places where a subject seldom is. All others see whether it is there."""


def probe_values(
    looks: Sequence[Look], names: Sequence[str]
) -> Iterator[tuple[Of, str, NDArray[np.float32]]]:
    """What each probe looks at, its name, and its numbers, one row per picture."""
    sets: Mapping[Of, list[PixelProbes]] = {
        "picture": [look.probes for look in looks if look.probes],
        "before the cure": [look.uncured for look in looks if look.uncured],
    }
    for of, probes in sets.items():
        for probe in PIXEL_PROBES if probes else ():
            yield of, probe.name, _rows(each[probe.name] for each in probes)
    yield "usual script", USUAL_SCRIPT.name, _rows(_usual(look) for look in looks)
    for name, values in _FILE_VALUES.items():
        yield "file", name, _rows(values(look.facts) for look in looks)
    yield "file", "name", _rows(_name(name) for name in names)


def _rows(rows: Iterator[Sequence[float] | NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.array(list(rows), dtype=np.float32)


def _usual(look: Look) -> Sequence[float]:
    return look.facts.usual_corners


def _format(facts: Facts) -> list[float]:
    modes = ("RGB", "RGBA", "P", "L", "LA", "CMYK", "1")
    values = [facts.kind == kind for kind in ENDINGS]
    values += [facts.mode == mode for mode in modes]
    values += [facts.is_animated, facts.is_deep, facts.is_rotated]
    values.append(facts.has_own_ending)
    return [float(value) for value in values]


def _size(facts: Facts) -> list[float]:
    area = facts.width * facts.height
    return [
        facts.width,
        facts.height,
        facts.width / facts.height,
        facts.n_bytes,
        facts.n_bytes / area,
    ]


def _alpha(facts: Facts) -> list[float]:
    return [float(facts.has_alpha), facts.transparent]


def _quality(facts: Facts) -> list[float]:
    return [_number(facts.jpeg_quality)]


def _camera(facts: Facts) -> list[float]:
    return [float(facts.traces.n_exif), *_one_of_many(facts.traces.camera)]


def _profile(facts: Facts) -> list[float]:
    return _one_of_many(facts.traces.profile)


def _dpi(facts: Facts) -> list[float]:
    return [_number(facts.traces.dpi)]


_FILE_VALUES: Mapping[str, Callable[[Facts], list[float]]] = MappingProxyType(
    {
        "format": _format,
        "size": _size,
        "alpha": _alpha,
        "jpeg_quality": _quality,
        "camera": _camera,
        "profile": _profile,
        "dpi": _dpi,
    }
)


def _number(value: float) -> float:
    return _NO_NUMBER if np.isnan(value) else value


def _one_of_many(text: str) -> list[float]:
    """1 in the place of a text's checksum; no 1 without a text."""
    values = [0.0] * _WORDS
    if text:
        values[zlib.crc32(text.encode()) % _WORDS] = 1.0
    return values


def _name(name: str) -> NDArray[np.float32]:
    """Hashed counts of letter triples of the name; all digits count as the same."""
    stem = re.sub(r"\d", "0", name.rpartition("/")[2].lower())
    counts = np.zeros(_HASHED + 1, dtype=np.float32)
    padded = f"^{stem}$"
    for place in range(len(padded) - 2):
        counts[zlib.crc32(padded[place : place + 3].encode()) % _HASHED] += 1
    counts[-1] = len(stem)
    return counts
