"""Look at every picture of a list once: pixels, facts, hash, probes, measurements.

What is returned has one place for every path, readable or not, so that nothing that is
computed from it can get out of step.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bioloom.images.dataset.measures import Probes, measure, probes_of
from bioloom.images.errors import UnreadablePicture
from bioloom.images.files.reading import Facts, quiet_decoders, read_picture
from bioloom.images.files.view import model_view
from bioloom.images.merging.near import perceptual_hash
from bioloom.run.progress import OnStep, silent

SIDE = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is seen of one picture.

    Parameters
    ----------
    facts
        Of the file.
    phash
        Perceptual hash, 64 bits.
    measures
        Simple measurements.
    probes
        Of the picture as its file has it, composited on white.
    neutral_probes
        Of the picture as the model sees it, where it was neutralised.
    """

    facts: Facts
    phash: int
    measures: dict[str, float]
    probes: Probes
    neutral_probes: Probes | None


@dataclass(frozen=True, slots=True)
class Scan:
    """What is seen of many pictures, in the order of their paths.

    Parameters
    ----------
    paths
        Of the files.
    looks
        None where a file could not be read.
    reasons
        Why not; "" where it could.
    pixels
        As the model sees them, uint8, shape (n, side, side, 3); 0 where unreadable.
    """

    paths: Sequence[str]
    looks: Sequence[Look | None]
    reasons: Sequence[str]
    pixels: NDArray[np.uint8]

    @property
    def is_readable(self) -> NDArray[np.bool_]:
        """Which files could be read."""
        return np.array([look is not None for look in self.looks], dtype=bool)

    def facts(self, place: int) -> Facts | None:
        """Facts of one file."""
        look = self.looks[place]
        return look.facts if look else None


def scan(
    paths: Sequence[str],
    pixels: NDArray[np.uint8],
    *,
    neutralise: bool = False,
    threads: int = 1,
    on_step: OnStep = silent,
) -> Scan:
    """Look at pictures.

    Parameters
    ----------
    paths
        Their files.
    pixels
        Array to fill, shape (n, side, side, 3), zeros; a map of a file where many.
    neutralise
        Whether the model shall see them neutralised.
    threads
        That decode side by side.
    on_step
        Called as pictures are read.
    """
    side = pixels.shape[1]

    def look(place: int) -> tuple[Look | None, str]:
        view, seen, reason = look_at(paths[place], side=side, neutralise=neutralise)
        if view is not None:
            pixels[place] = view
        return seen, reason

    with quiet_decoders():
        seen = _in_order(look, len(paths), threads, on_step)
    return Scan(paths, [one for one, _ in seen], [why for _, why in seen], pixels)


def look_at(
    path: str, *, side: int, neutralise: bool
) -> tuple[NDArray[np.uint8] | None, Look | None, str]:
    """Pixels and look of one picture, and the reason where it cannot be read."""
    try:
        picture, facts = read_picture(path, at_least=side)
    except UnreadablePicture as problem:
        return None, None, problem.code
    view = model_view(picture, side=side, neutralise=neutralise)
    look = Look(
        facts=facts,
        phash=perceptual_hash(picture),
        measures=measure(view, facts),
        probes=probes_of(picture),
        neutral_probes=probes_of(view) if neutralise else None,
    )
    return np.asarray(view), look, ""


def _in_order(
    look: Callable[[int], tuple[Look | None, str]],
    n: int,
    threads: int,
    on_step: OnStep,
) -> list[tuple[Look | None, str]]:
    seen = []
    if threads == 1:
        for place in range(n):
            on_step("reading", place, n)
            seen.append(look(place))
        return seen
    with ThreadPoolExecutor(threads) as pool:
        for place, one in enumerate(pool.map(look, range(n))):
            on_step("reading", place, n)
            seen.append(one)
    return seen
