"""Read every picture of a list once: pixels, facts, hash, probes, measurements.

The result has one entry for every path, readable or not, so that everything computed
from it stays aligned.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.measures import measure
from bioloom.images.dataset.probes import PixelProbes, pixel_probes
from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.notes import note_readings
from bioloom.images.files.reading import Facts, quiet_decoders, read_picture
from bioloom.images.files.view import Conversion
from bioloom.images.merging.near import perceptual_hash
from bioloom.run.progress import OnStep, silent

SIDE = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Properties of one picture.

    Parameters
    ----------
    facts
        Of the file.
    phash
        Perceptual hash, 64 bits.
    measures
        Simple measurements.
    probes
        Of the picture as the model gets it; None if it is not audited.
    uncured
        Of the picture without `--neutralise` and `--equalise`, where one was asked for.
    """

    facts: Facts
    phash: int
    measures: dict[str, float]
    probes: PixelProbes | None
    uncured: PixelProbes | None


@dataclass(frozen=True, slots=True)
class Scan:
    """Properties of many pictures, in the order of their paths.

    Parameters
    ----------
    paths
        Of the files.
    looks
        Of each picture; None where the file could not be read.
    reasons
        Why a file could not be read; "" where it could.
    pixels
        As the model sees them, uint8, shape (n, side, side, 3); 0 where unreadable.
    conversion
        How they became so.
    """

    paths: Sequence[str]
    looks: Sequence[Look | None]
    reasons: Sequence[str]
    pixels: NDArray[np.uint8]
    conversion: Conversion

    @property
    def is_readable(self) -> NDArray[np.bool_]:
        """Whether each file could be read."""
        return np.array([look is not None for look in self.looks], dtype=bool)

    def facts(self, place: int) -> Facts | None:
        """Facts of one file."""
        look = self.looks[place]
        return look.facts if look else None


def pixels_on_disk(
    n: int, side: int, *, folder: Path | None = None
) -> NDArray[np.uint8]:
    """Zeros in a file that goes with the array: pixels of many pictures are large.

    Parameters
    ----------
    n, side
        Pictures, and the width and height of each.
    folder
        Of the file; None for that of temporary files.

    Returns
    -------
    Shape (n, side, side, 3).
    """
    shape = (n, side, side, 3)
    if not n:
        return np.zeros(shape, dtype=np.uint8)
    with TemporaryFile(dir=folder) as stream:
        return np.memmap(stream, dtype=np.uint8, mode="w+", shape=shape)


def scan(
    paths: Sequence[str],
    pixels: NDArray[np.uint8],
    *,
    conversion: Conversion,
    audited: NDArray[np.bool_] | None = None,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Scan:
    """Read and measure pictures.

    Parameters
    ----------
    paths
        Their files.
    pixels
        Array of zeros to fill, shape (n, side, side, 3); may be mapped to a file.
    conversion
        How they become what a model gets.
    audited
        Whether each is audited; None for all.
    threads
        Threads that decode in parallel.
    on_step
        Called as pictures are read.
    """

    def read(place: int) -> View:
        is_audited = audited is None or bool(audited[place])
        view = read_view(paths[place], conversion, is_audited=is_audited)
        if view.pixels is not None:
            pixels[place] = view.pixels
        return view._replace(pixels=None)

    with quiet_decoders():
        views = _in_order(read, len(paths), threads, on_step)
    note_readings(view.look.facts for view in views if view.look)
    looks, reasons = [view.look for view in views], [view.reason for view in views]
    return Scan(paths, looks, reasons, pixels, conversion)


class View(NamedTuple):
    """A picture as the model sees it, or the reason why it could not be read."""

    pixels: NDArray[np.uint8] | None
    look: Look | None
    reason: str


def read_view(path: str, conversion: Conversion, *, is_audited: bool) -> View:
    """Pixels and properties of one picture, or the reason why it cannot be read."""
    try:
        picture, facts = read_picture(path, at_least=conversion.side)
    except UnreadablePicture as problem:
        return View(None, None, problem.code)
    view = conversion.of(picture)
    pixels = np.asarray(view)
    uncured = None
    if is_audited and conversion.is_cure:
        uncured = pixel_probes(np.asarray(conversion.uncured.of(picture)))
    look = Look(
        facts=facts,
        phash=perceptual_hash(picture),
        measures=measure(view, facts),
        probes=pixel_probes(pixels) if is_audited else None,
        uncured=uncured,
    )
    return View(pixels, look, "")


def _in_order(
    read: Callable[[int], View],
    n: int,
    threads: int,
    on_step: OnStep,
) -> list[View]:
    views = []
    if threads == 1:
        for place in range(n):
            on_step("reading", place, n)
            views.append(read(place))
        return views
    with ThreadPoolExecutor(threads) as pool:
        for place, view in enumerate(pool.map(read, range(n))):
            on_step("reading", place, n)
            views.append(view)
    return views
