"""microRNAs and targets: binding sites, energies, seed classes and p-values.

- `predict`: sites of miRNAs on targets, as a table.
- `explain`: one site's energy loop by loop, its seed, its p-value.
- `draw`: one duplex, or all sites along a target.
- `orthologs`: sites that all orthologs of a target have, with one p-value.
- `sponge`: RNAs with more seed sites than chance, and pairs that share miRNAs.
- `evaluate`: how well energy and score tell your labelled pairs apart, with an audit.
- `targets`: 3'UTRs (or other regions) of an annotation, to be searched.
- `run`: a large prediction in blocks of targets.
- `demo`: all of it on files that come with bioloom.
- `calibrate`: laws for p-values, fitted once and used for several predictions.

Sequences are given as FASTA (a path or text), a single sequence, a dictionary by name,
or an open file; miRNAs may be written with U or T.

References
----------
Rehmsmeier M. et al. (2004) Fast and effective prediction of microRNA/target duplexes.
RNA 10:1507. doi:10.1261/rna.5248604
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.mirna.api import calibrate as calibrate
    from bioloom.mirna.api import demo as demo
    from bioloom.mirna.api import draw as draw
    from bioloom.mirna.api import evaluate as evaluate
    from bioloom.mirna.api import explain as explain
    from bioloom.mirna.api import orthologs as orthologs
    from bioloom.mirna.api import predict as predict
    from bioloom.mirna.api import run as run
    from bioloom.mirna.api import sponge as sponge
    from bioloom.mirna.api import targets as targets

__all__ = [
    "calibrate",
    "demo",
    "draw",
    "evaluate",
    "explain",
    "orthologs",
    "predict",
    "run",
    "sponge",
    "targets",
]


def __getattr__(name: str) -> Any:
    """Import the room's functions when one is first used (PEP 562)."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module("bioloom.mirna.api"), name)


def __dir__() -> list[str]:
    """Names that completion offers."""
    return __all__
