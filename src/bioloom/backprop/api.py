"""The Python API of the room; ``bl.backprop.X(...)`` is ``bioloom backprop X``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bioloom.backprop.data import Problem
    from bioloom.backprop.layers import Network
    from bioloom.backprop.results import TraceResult

__all__ = ["init", "trace"]


def init() -> str:
    """Return the embedded example as a network file to start from.

    Returns
    -------
    YAML with comments.

    Examples
    --------
    >>> import bioloom as bl
    >>> "layers:" in bl.backprop.init()
    True
    """
    from bioloom.backprop.data import EXAMPLE

    return EXAMPLE.read_text("utf-8")


def trace(
    network: str | Path | Mapping[str, Any] | Network | None = None,
    inputs: ArrayLike | None = None,
    target: ArrayLike | None = None,
) -> TraceResult:
    """Trace a network forward and backward: every value and every gradient.

    Parameters
    ----------
    network
        Path of a YAML file, its entries as a dictionary, or a
        `bioloom.backprop.layers.Network`; None takes the embedded example.
    inputs, target
        Examples to trace instead of the file's, shapes (n_examples, n_inputs) and
        (n_examples, n_outputs); one example may be given as a plain list.

    Returns
    -------
    All values; ``explain("w11")`` shows the chain rule for one parameter.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadConfig, BadNetwork
        If an entry is unknown, or parts or examples do not fit.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.backprop.trace()
    <TraceResult: 1-1-1, loss 0.0361647, 4 gradients>
    >>> layer = {"weights": [[0.5, -1.0]], "bias": [0], "activation": "sigmoid"}
    >>> bl.backprop.trace({"layers": [layer]}, [1, 2], [1]).gradient_of("b1")
    -0.12193833242754278
    """
    import numpy as np

    from bioloom.backprop.results import TraceResult
    from bioloom.backprop.tracing import trace as traced

    model, examples = _problem(network, inputs, target)
    core = traced(
        model,
        np.atleast_2d(np.asarray(examples.inputs, dtype=np.float64)),
        np.atleast_2d(np.asarray(examples.target, dtype=np.float64)),
    )
    return TraceResult.of(core, is_embedded=network is None)


def _problem(
    network: str | Path | Mapping[str, Any] | Network | None,
    inputs: ArrayLike | None,
    target: ArrayLike | None,
) -> Problem:
    import numpy as np

    from bioloom.backprop.data import (
        EXAMPLE,
        Examples,
        NetworkFile,
        Problem,
        problem_of,
        read_problem,
    )
    from bioloom.backprop.layers import Network
    from bioloom.run.config import check_config

    pairs = Examples(np.asarray(inputs), np.asarray(target))
    if isinstance(network, Network):
        return Problem(network, pairs)
    if not isinstance(network, Mapping):
        problem = read_problem(Path(network or EXAMPLE))
        return problem if inputs is None else Problem(problem.network, pairs)
    entries = dict(network)
    if inputs is not None:
        rows = zip(
            np.atleast_2d(pairs.inputs), np.atleast_2d(pairs.target), strict=True
        )
        entries["examples"] = [{"input": tuple(x), "target": tuple(y)} for x, y in rows]
    source = Path("the network given")
    return problem_of(check_config(entries, NetworkFile, source=source), source)
