"""What reading has done to pictures that a user should know, in words."""

from collections.abc import Iterable

from bioloom.images.files.greys import PERCENTILES
from bioloom.images.files.reading import Facts
from bioloom.run.text import warn_input
from bioloom.run.words import counted


def note_worthy(facts: Facts) -> bool:
    """Whether `note_readings` would say something of a picture."""
    is_ignored = facts.profile == "ignored"
    return facts.grey_scale is not None or facts.is_dim or is_ignored


def note_readings(facts: Iterable[Facts]) -> None:
    """Warn (`InputWarning`) of stretched greys, dim colours, broken profiles.

    Parameters
    ----------
    facts
        Of all pictures that were read.
    """
    n_deep = n_stretched = n_ignored = n_dim = 0
    for picture in facts:
        scale = picture.grey_scale
        n_deep += scale is not None
        n_stretched += scale is not None and scale.is_stretched
        n_dim += picture.is_dim
        n_ignored += picture.profile == "ignored"
    if n_stretched:
        low, high = PERCENTILES
        warn_input(
            f"{counted(n_deep, 'picture')} with greys of more than 8 bits: of "
            f"{n_stretched:,}, the {low} to {high} percentiles of the values are shown "
            "as black to white"
        )
    if n_dim:
        warn_input(
            f"{counted(n_dim, 'picture')} with 16-bit colours of 12 bits or fewer: "
            "read as almost black; scale them to 16 bits"
        )
    if n_ignored:
        warn_input(
            f"{counted(n_ignored, 'picture')} with a colour profile that cannot be "
            "used: read as sRGB"
        )
