"""bioloom: from sequencing reads to lincRNAs and their partners, the working shown.

``import bioloom as bl`` is enough: rooms are imported when they are first used.

- `bioloom.lincrna`: RNA-seq reads or an assembly → lincRNA candidates.
- `bioloom.mirna`: microRNAs and targets → binding sites, energies and p-values.
- `bioloom.graph`: a network → classes of its nodes, drawings, aggregation explained.
- `bioloom.images`: folders of pictures → one folder; a classifier, honestly evaluated.
- `bioloom.debruijn`: alphabets → De Bruijn sequences; reads → unitigs and contigs.
- `bioloom.bounds`: losses, examples or predictions → what they prove.
- `bioloom.backprop`: a network and an example → every gradient and its chain rule.

`bioloom.lesson` writes pages that play these workings step by step.

The verbs of a room are those of its commands: ``bl.mirna.predict(...)`` is
``bioloom mirna predict``. Each call returns a `bioloom.result.Result`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom import backprop as backprop
    from bioloom import bounds as bounds
    from bioloom import debruijn as debruijn
    from bioloom import graph as graph
    from bioloom import images as images
    from bioloom import lesson as lesson
    from bioloom import lincrna as lincrna
    from bioloom import mirna as mirna

__version__ = "0.1.0"

ROOMS = ("lincrna", "mirna", "graph", "images", "debruijn", "bounds", "backprop")
__all__ = ["ROOMS", "__version__", "lesson", *ROOMS]


def __getattr__(name: str) -> Any:
    """Import a room when it is first used (PEP 562)."""
    if name in (*ROOMS, "lesson"):
        return import_module(f"bioloom.{name}")
    message = f"module 'bioloom' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Names that completion offers, rooms included."""
    return sorted({*globals(), "lesson", *ROOMS})
