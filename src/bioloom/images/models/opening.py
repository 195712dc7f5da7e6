"""Open a trained classifier with ONNX Runtime or torch, whichever is installed."""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from bioloom.errors import MissingFile, PackageMissing
from bioloom.images.models.inference import (
    ONNX_NAME,
    WEIGHTS_NAME,
    TrainedModel,
    not_ours,
    open_onnx,
)

Engine = Literal["auto", "onnx", "torch"]
INT8_NAME = "model_int8.onnx"


def open_model(
    path: Path, *, engine: Engine = "auto", int8: bool = False, threads: int = 1
) -> TrainedModel:
    """Open the model of a run folder, or a model file.

    Parameters
    ----------
    path
        Run folder, `model.onnx` or `best.safetensors`.
    engine
        "auto" uses ONNX Runtime if it is installed.
    int8
        Whether to use the run's 8-bit model, which needs ONNX Runtime.
    threads
        Processor threads to use.

    Raises
    ------
    MissingFile
        If there is none.
    BadModel
        If it is not a model of bioloom's. No code in it is ever executed.
    PackageMissing
        If neither ONNX Runtime nor torch is installed.
    """
    chosen = _engine("onnx" if int8 else engine)
    if path.is_dir():
        name = INT8_NAME if int8 else ONNX_NAME
        path = path / (name if chosen == "onnx" else WEIGHTS_NAME)
    if not path.is_file():
        raise MissingFile(path, role=_role(path))
    if path.suffix == ".safetensors":
        from bioloom.images.models.torchmodel import open_with_torch

        return open_with_torch(path, threads=threads)
    if path.suffix != ".onnx":
        raise not_ours(path)
    return open_onnx(path, threads=threads)


def _role(path: Path) -> str:
    made_by = "`bioloom images train"
    if path.name == INT8_NAME:
        return f"an 8-bit model, as {made_by} --int8` writes it"
    return f"a model of {made_by}`"


def _engine(engine: Engine) -> Engine:
    packages = {"onnx": "onnxruntime", "torch": "torch"}
    wanted = ("onnx", "torch") if engine == "auto" else (engine,)
    for name in wanted:
        if find_spec(packages[name]) is not None:
            return name  # type: ignore[return-value]
    raise PackageMissing(packages[wanted[0]], extra="images")
