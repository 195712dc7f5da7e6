"""Folders of pictures: merged without loss, audited for shortcuts, classified.

- `merge`: several folders into one; identical files once, none lost or overwritten.
- `audit`: does something unrelated to the subject predict the class?
- `inspect`: what is wrong with a data set, picture by picture?
- `train`: a folder of class folders → a classifier, its measures with intervals, an
  audit, and a run folder with model (safetensors, ONNX), predictions and a page.
- `predict`: the classes of new pictures.
- `explain`: the working behind one prediction.
- `demo`: all of it on drawn creatures.

References
----------
Geirhos R. et al. (2020) Shortcut learning in deep neural networks. Nature Machine
Intelligence 2:665. doi:10.1038/s42256-020-00257-z
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.images.api import audit as audit
    from bioloom.images.api import demo as demo
    from bioloom.images.api import explain as explain
    from bioloom.images.api import inspect as inspect
    from bioloom.images.api import merge as merge
    from bioloom.images.api import predict as predict
    from bioloom.images.api import train as train

__all__ = ["audit", "demo", "explain", "inspect", "merge", "predict", "train"]


def __getattr__(name: str) -> Any:
    """Import a public function when it is first used (PEP 562)."""
    if name in __all__:
        return getattr(import_module("bioloom.images.api"), name)
    message = f"module 'bioloom.images' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Names that completion offers."""
    return sorted({*globals(), *__all__})
