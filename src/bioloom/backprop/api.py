"""The Python API of the room; ``bl.backprop.X(...)`` is ``bioloom backprop X``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioloom.backprop.settings import DescentSettings

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bioloom.backprop.data import Problem
    from bioloom.backprop.layers import Network
    from bioloom.backprop.results import DescentResult, TraceResult
    from bioloom.backprop.settings import Optimizer

__all__ = ["descend", "init", "trace"]

_DESCENT = DescentSettings()


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


def descend(
    network: str | Path | Mapping[str, Any] | Network | None = None,
    inputs: ArrayLike | None = None,
    target: ArrayLike | None = None,
    *,
    optimizer: Optimizer = _DESCENT.optimizer,
    learning_rate: float = _DESCENT.learning_rate,
    steps: int = _DESCENT.steps,
    momentum: float = _DESCENT.momentum,
    beta1: float = _DESCENT.beta1,
    beta2: float = _DESCENT.beta2,
    epsilon: float = _DESCENT.epsilon,
) -> DescentResult:
    """Train a network for some steps: every gradient, velocity and value.

    Parameters
    ----------
    network, inputs, target
        As for `trace`; all examples are used in each step.
    optimizer
        sgd: plain gradient descent; momentum; or adam.
    learning_rate, steps
        η, and how often all parameters are moved.
    momentum
        Share of the last velocity that stays.
    beta1, beta2, epsilon
        Adam's constants.

    Returns
    -------
    Every step; ``explain("w11")`` shows how one parameter is moved.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadConfig, BadNetwork
        If an entry is unknown, a setting is out of range, parts or examples do not
        fit, or the loss grows beyond all numbers.

    Examples
    --------
    >>> import bioloom as bl
    >>> bl.backprop.descend(steps=3)
    <DescentResult: sgd, 3 steps of learning rate 0.1: loss 0.0361647 to 0.0125427>
    """
    from bioloom.backprop.descent import descend as descended
    from bioloom.backprop.results import DescentResult
    from bioloom.run.settings import changed

    changes = {
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "steps": steps,
        "momentum": momentum,
        "beta1": beta1,
        "beta2": beta2,
        "epsilon": epsilon,
    }
    start = trace(network, inputs, target)
    return DescentResult.of(descended(start, changed(_DESCENT, changes)))


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
