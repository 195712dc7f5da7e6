"""A picture as models see it."""

from PIL import Image

from bioloom.images.files.neutralise import neutralised


def model_view(picture: Image.Image, *, side: int, neutralise: bool) -> Image.Image:
    """A picture neutralised, or stretched to a square.

    Parameters
    ----------
    picture
        RGB.
    side
        Pixels of the square's side.
    neutralise
        Whether to crop it to its content on white and to encode it again.
    """
    if neutralise:
        return neutralised(picture, side=side)
    if picture.size == (side, side):
        return picture
    return picture.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
