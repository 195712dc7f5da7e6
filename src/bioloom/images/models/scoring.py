"""Scores and features of many pictures by a network in memory, through ONNX Runtime."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bioloom.images.models.inference import Pixels, Scored, open_onnx
from bioloom.images.models.networks import Classifier
from bioloom.images.models.onnxfile import write_onnx
from bioloom.run.progress import OnStep, silent


def scored_by(
    model: Classifier, pixels: Pixels, *, threads: int, on_step: OnStep = silent
) -> Scored:
    """Scores and features of pictures, several times faster than by torch.

    Parameters
    ----------
    model
        The network; it is put in evaluation mode.
    pixels
        uint8, shape (n, S, S, 3).
    threads
        Processor threads to use.
    on_step
        Called as pictures are done.
    """
    side = pixels.shape[1]
    names = [""] * model.head.out_features
    about = {"class_names": names, "side": side, "temperature": 1}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        write_onnx(model.eval(), path, side=side, about=about)
        return open_onnx(path, threads=threads).score(pixels, on_step=on_step)
