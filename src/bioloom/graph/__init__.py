"""Node classification on graphs, and neighbourhood aggregation explained.

A node's class is predicted from its features and those of its neighbours, by GCN, GAT,
GraphSAGE, GRAND or GCNII.

- `train`: fit models to a graph → measures, predictions, explanations, a run folder.
- `predict`: classify the nodes of another graph.
- `explain`: the aggregation A·H at a node, or what led to its predicted class.
- `draw`: a graph, or the predictions of models, as a figure.
- `nodes`: a node table of sequences.
- `links`: which missing links are likely, and how much of that is degree alone.

References
----------
Kipf T.N., Welling M. (2017) Semi-supervised classification with graph convolutional
networks. ICLR. arXiv:1609.02907
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.graph.api import draw as draw
    from bioloom.graph.api import explain as explain
    from bioloom.graph.api import nodes as nodes
    from bioloom.graph.api import predict as predict
    from bioloom.graph.api import train as train
    from bioloom.graph.linking.api import links as links

__all__ = ["draw", "explain", "links", "nodes", "predict", "train"]
_MODULES = {"links": "bioloom.graph.linking.api"}


def __getattr__(name: str) -> Any:
    """Import a public function when it is first used (PEP 562)."""
    if name in __all__:
        module = import_module(_MODULES.get(name, "bioloom.graph.api"))
        return getattr(module, name)
    message = f"module 'bioloom.graph' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """Names that completion offers."""
    return sorted({*globals(), *__all__})
