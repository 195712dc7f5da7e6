"""Figures of a training: learning curves, worst errors, heat maps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from bioloom.draw import INK, PALETTE, Wording, new_figure, style, wording
from bioloom.images.training.result import Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_ACCURACY = wording("validation accuracy")


def epochs_frame(training: Training) -> pd.DataFrame:
    """Losses and validation accuracy of every epoch."""
    columns = ["train_loss", "val_loss", "val_accuracy"]
    frame = pd.DataFrame(list(training.history), columns=columns)
    frame.insert(0, "epoch", range(1, len(frame) + 1))
    return frame


def learning_curves(training: Training, *, accuracy: str = _ACCURACY) -> "Figure":
    """Losses and validation accuracy by epoch; for a head, loss by its strength.

    Parameters
    ----------
    training
        Of a head or of all weights.
    accuracy
        What the validation accuracy is, in words.
    """
    with style():
        figure = new_figure(7.2, 3.0)
        if not training.history:
            axes = figure.subplots()
            tried = np.array(training.head.tried if training.head else ())
            axes.plot(*tried.T, marker="o", color=PALETTE["blue"])
            axes.set(
                xscale="log",
                xlabel=wording("C (larger: less regularised)"),
                ylabel=wording("cross-entropy"),
            )
            axes.set_title(wording("Linear head in folds of the training pictures"))
            return figure
        losses, accuracies = figure.subplots(1, 2)
        history = np.array(training.history)
        epochs = np.arange(1, len(history) + 1)
        for column, name, colour in (
            (0, Wording("training"), "grey"),
            (1, Wording("validation"), "orange"),
        ):
            values = history[:, column]
            losses.plot(epochs, values, "o-", ms=3, color=PALETTE[colour], label=name)
        accuracies.plot(epochs, history[:, 2], marker="o", ms=3, color=PALETTE["blue"])
        for axes, label in ((losses, Wording("loss")), (accuracies, accuracy)):
            axes.axvline(training.best_epoch + 1, color=INK, lw=0.8, ls=":")
            axes.set(xlabel=wording("epoch"), ylabel=label)
        losses.legend()
    return figure


class ShownError(NamedTuple):
    """Pixels of a wrongly predicted picture, its heat map, and a caption."""

    pixels: NDArray[np.uint8]
    heat: NDArray[np.uint8]
    caption: str


def worst_gallery(shown: Sequence[ShownError]) -> "Figure":
    """Wrongly predicted pictures beside the evidence that misled the model."""
    columns = 4
    rows = max(1, -(-len(shown) // columns))
    with style():
        figure = new_figure(7.2, 0.3 + 1.25 * rows)
        places = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in places:
            axes.set_axis_off()
        for axes, error in zip(places, shown, strict=False):
            pair = np.concatenate([error.pixels, error.heat], axis=1)
            axes.imshow(pair, interpolation="bilinear")
            axes.set_title(error.caption, fontsize=6)
        if not shown:
            places[0].set_title(wording("no test picture was wrong"))
    return figure


def heat_picture(
    pixels: NDArray[np.uint8], evidence: NDArray[np.float32]
) -> Image.Image:
    """A picture overlaid with the evidence for a class (Grad-CAM).

    Parameters
    ----------
    pixels
        Shape (S, S, 3).
    evidence
        For the class, shape (h, w); negative values are not shown.
    """
    from matplotlib import colormaps

    heat = np.maximum(evidence, 0)
    heat = heat / max(float(heat.max()), 1e-9)
    side = pixels.shape[0]
    small = Image.fromarray((heat * 255).astype(np.uint8))
    smooth = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC)) / 255
    colours = colormaps["magma"](smooth)[:, :, :3] * 255
    strength = (0.25 + 0.5 * smooth)[:, :, None]
    grey = pixels.mean(axis=2, keepdims=True)
    mixed = (1 - strength) * grey + strength * colours
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))
