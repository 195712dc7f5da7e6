"""De Bruijn sequences, and De Bruijn graphs of sequencing reads.

- `sequence`: a cyclic sequence that contains each word of an alphabet exactly once.
- `count`, `locate`: the number of such sequences; the place of a word in one.
- `explain`, `draw`: how a sequence comes about, turn by turn, in words and figures.
- `graph`: the graph of reads, whose unbranched paths are the unitigs.
- `assemble`: contigs from reads, compared with a reference if there is one.

In the graph of reads, nodes are (k-1)-mers and edges are k-mers.

References
----------
de Bruijn N.G. (1946) A combinatorial problem. Proc. K. Ned. Akad. Wet. 49:758-764.
Pevzner P.A., Tang H., Waterman M.S. (2001) An Eulerian path approach to DNA fragment
assembly. PNAS 98:9748-9753. doi:10.1073/pnas.171285098
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.debruijn.api import assemble as assemble
    from bioloom.debruijn.api import count as count
    from bioloom.debruijn.api import draw as draw
    from bioloom.debruijn.api import explain as explain
    from bioloom.debruijn.api import graph as graph
    from bioloom.debruijn.api import locate as locate
    from bioloom.debruijn.api import sequence as sequence

__all__ = ["assemble", "count", "draw", "explain", "graph", "locate", "sequence"]


def __getattr__(name: str) -> Any:
    """Import the room's functions when one is first used (PEP 562)."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module("bioloom.debruijn.api"), name)


def __dir__() -> list[str]:
    """Names that completion offers."""
    return __all__
