"""The chain rule, traced through a feed-forward network.

`trace` runs a network forward and backward and holds every intermediate value;
``trace(...).explain("w11")`` shows the path from the loss to one parameter: symbols,
derivatives, numbers, their product, the update. `descend` trains for some steps, by
gradient descent, with momentum or with Adam. `init` gives a network file to begin
with.

References
----------
Rumelhart D.E., Hinton G.E., Williams R.J. (1986) Learning representations by
back-propagating errors. Nature 323:533. doi:10.1038/323533a0
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bioloom.backprop.api import descend as descend
    from bioloom.backprop.api import init as init
    from bioloom.backprop.api import trace as trace

__all__ = ["descend", "init", "trace"]


def __getattr__(name: str) -> Any:
    """Import the API when it is first used (PEP 562)."""
    from bioloom.run.lazy import public

    return public(__name__, name, __all__)


def __dir__() -> list[str]:
    """The public functions."""
    return sorted(__all__)
