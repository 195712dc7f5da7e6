"""Figures of a training: curves, audit; and of one picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bioloom.draw import INK, PALETTE, new_figure, style
from bioloom.images.auditing.audit import STRONG, AuditResult
from bioloom.images.training.result import TrainResult

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOUR_OF = {"shortcut": "red", "note": "orange", "silent": "grey"}


def learning_curves(result: TrainResult) -> "Figure":
    """Losses and validation accuracy by epoch; of a head, loss by its strength."""
    with style():
        figure = new_figure(7.2, 3.0)
        if not result.history:
            axes = figure.subplots()
            tried = np.array(result.head.tried if result.head else ())
            axes.plot(*tried.T, marker="o", color=PALETTE["blue"])
            axes.set(xscale="log", xlabel="C (larger: freer)", ylabel="cross-entropy")
            axes.set_title("Linear head on the validation pictures")
            return figure
        losses, accuracies = figure.subplots(1, 2)
        history = np.array(result.history)
        epochs = np.arange(1, len(history) + 1)
        for column, name, colour in (
            (0, "training", "grey"),
            (1, "validation", "orange"),
        ):
            values = history[:, column]
            losses.plot(epochs, values, "o-", ms=3, color=PALETTE[colour], label=name)
        accuracies.plot(epochs, history[:, 2], marker="o", ms=3, color=PALETTE["blue"])
        for axes, name in ((losses, "loss"), (accuracies, "validation accuracy")):
            axes.axvline(result.best_epoch + 1, color=INK, lw=0.8, ls=":")
            axes.set(xlabel="epoch", ylabel=name)
        losses.legend()
    return figure


def audit_figure(audit: AuditResult, accuracy: float | None = None) -> "Figure":
    """How well each probe alone tells the classes apart, with 95 % intervals.

    Parameters
    ----------
    audit
        Of a folder.
    accuracy
        Balanced accuracy of the model on the test pictures, drawn beside.
    """
    findings = audit.findings
    with style():
        figure = new_figure(7.2, 0.9 + 0.28 * len(findings))
        axes = figure.subplots()
        for row, one in enumerate(findings):
            colour = PALETTE[_COLOUR_OF[one.verdict]]
            axes.plot([one.low, one.high], [row, row], color=colour, lw=1.5)
            axes.plot(one.balanced_accuracy, row, "o", color=colour, ms=5)
        chance = findings[0].chance
        axes.axvline(chance, color=INK, lw=0.8, ls=":")
        axes.axvline(
            chance + STRONG * (1 - chance), color=PALETTE["red"], lw=0.8, ls="--"
        )
        if accuracy is not None:
            blue = PALETTE["blue"]
            axes.axvline(accuracy, color=blue, lw=1.2)
            axes.text(accuracy, -0.9, "model ", color=blue, ha="right", va="center")
        axes.text(chance, -0.9, " guessing", va="center")
        axes.set_yticks(range(len(findings)), [one.probe for one in findings])
        axes.set(xlim=(0, 1.02), ylim=(len(findings) - 0.5, -1.4))
        axes.set_xlabel("balanced accuracy of this alone, cross-validated")
    return figure


def worst_gallery(
    shown: Sequence[tuple[NDArray[np.uint8], NDArray[np.float32], str]],
) -> "Figure":
    """Pictures beside the evidence that misled the model.

    Parameters
    ----------
    shown
        Pixels, evidence for the class that was said, and what to write above.
    """
    columns = 4
    rows = max(1, -(-len(shown) // columns))
    with style():
        figure = new_figure(7.2, 0.3 + 1.25 * rows)
        places = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in places:
            axes.set_axis_off()
        for axes, (pixels, evidence, words) in zip(places, shown, strict=False):
            pair = [pixels, np.asarray(heat_picture(pixels, evidence))]
            axes.imshow(np.concatenate(pair, axis=1), interpolation="bilinear")
            axes.set_title(words, fontsize=6)
        if not shown:
            places[0].set_title("no test picture was wrong")
    return figure


def heat_picture(
    pixels: NDArray[np.uint8], evidence: NDArray[np.float32]
) -> Image.Image:
    """A picture with what spoke for a class laid over it (Grad-CAM).

    Parameters
    ----------
    pixels
        Shape (S, S, 3).
    evidence
        Of the class, shape (h, w); what is negative is not shown.
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
