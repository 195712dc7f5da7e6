"""Animated pictures of frames that were taken in a browser."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image


def write_gif(
    frames: Sequence[Image.Image],
    out: Path,
    *,
    frame_ms: int,
    palette_of: int,
    n_colours: int,
) -> None:
    """Write frames as a GIF that plays for ever.

    Parameters
    ----------
    frames
        All of one size.
    out
        File to write.
    frame_ms
        How long each is shown.
    palette_of
        Number of the frame whose colours all are drawn in.
    n_colours
        So many of them.
    """
    palette = frames[palette_of].quantize(n_colours)
    first, *others = [one.quantize(palette=palette, dither=0) for one in frames]
    first.save(
        out,
        save_all=True,
        append_images=others,
        duration=frame_ms,
        loop=0,
        optimize=True,
    )
