"""Networks and examples from a YAML file."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike, NDArray

from bioloom.backprop.activations import Name as ActivationName
from bioloom.backprop.layers import Layer, Network
from bioloom.backprop.losses import Name as LossName
from bioloom.errors import BadNetwork, MissingFile
from bioloom.run.config import FORBID_UNKNOWN, load_config

EXAMPLE = Path(__file__).with_name("example.yaml")
Values = NDArray[np.float64]
_ADVICE = "`bioloom backprop init` writes"


@dataclass(frozen=True, kw_only=True)
class LayerEntry:
    """A layer: its units and inputs are those of its weights, or told.

    Parameters
    ----------
    activation, slope
        As for `Layer`.
    weights, bias
        A row of weights and a bias for each unit.
    units
        Number of units, where the weights are drawn or stand in another file.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    activation: ActivationName = "identity"
    weights: tuple[tuple[float, ...], ...] | None = None
    bias: tuple[float, ...] | None = None
    units: Annotated[int, Ge(1)] | None = None
    slope: float = 0.01


@dataclass(frozen=True, kw_only=True)
class ExampleEntry:
    """What goes in and what should come out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    input: tuple[float, ...]
    target: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class NetworkFile:
    """A network with examples.

    Parameters
    ----------
    layers
        From input to output.
    loss
        half_squared_error, mse, binary_cross_entropy or cross_entropy.
    examples
        Listed here,
    data
        or in an ``.npz`` file with `x` and `y`.
    parameters
        An ``.npz`` file with `w1`, `b1`, `w2`, … of layers that have no weights here.
    rng_seed
        Draws the weights that stand nowhere: uniform within ±√(6 / (inputs + units)),
        biases 0 (Glorot & Bengio 2010).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    layers: tuple[LayerEntry, ...]
    loss: LossName = "half_squared_error"
    examples: tuple[ExampleEntry, ...] = ()
    data: Path | None = None
    parameters: Path | None = None
    rng_seed: Annotated[int, Ge(0)] | None = None


def read_problem(path: Path = EXAMPLE) -> tuple[Network, Values, Values]:
    """Read a network and its examples; by default those that bioloom brings.

    Returns
    -------
    The network, inputs (n_examples, n_inputs) and targets (n_examples, n_outputs).

    Raises
    ------
    MissingFile, BadConfig, BadNetwork
        If a file is not there, an entry is unknown, or parts do not fit.
    """
    entries = load_config(path, NetworkFile, example=_ADVICE)
    if not entries.layers:
        raise _bad(path, "no layer", "one at least", "List them under layers.")
    inputs, target = _examples(entries, path)
    arrays = _arrays(entries.parameters) if entries.parameters else {}
    rng = None if entries.rng_seed is None else np.random.default_rng(entries.rng_seed)
    layers: list[Layer] = []
    for number, entry in enumerate(entries.layers, 1):
        n_inputs = layers[-1].n_units if layers else inputs.shape[1]
        weights, bias = _parameters(entry, number, arrays)
        if weights is None and rng is not None and entry.units:
            top = np.sqrt(6 / (n_inputs + entry.units))
            weights = rng.uniform(-top, top, (entry.units, n_inputs))
        if weights is None:
            raise _without_weights(path, number)
        bias = np.zeros(len(weights)) if bias is None else bias
        layers.append(Layer(weights, bias, entry.activation, entry.slope))
    return Network(tuple(layers), entries.loss), inputs, target


def _parameters(
    entry: LayerEntry, number: int, arrays: dict[str, Values]
) -> tuple[Values | None, Values | None]:
    """Weights and biases as they stand in the file, or in that of the parameters."""
    found: list[Values | None] = []
    for value, name in ((entry.weights, "w"), (entry.bias, "b")):
        if value is None:
            found.append(arrays.get(f"{name}{number}"))
        else:
            found.append(_rectangle(value, f"layer {number}"))
    weights, bias = found
    return weights, bias


def _rectangle(rows: ArrayLike, where: str) -> Values:
    try:
        return np.array(rows, dtype=np.float64)
    except ValueError:
        raise _bad(
            where, "rows of different length", "as many numbers in each", "Fill them."
        ) from None


def _examples(network_file: NetworkFile, path: Path) -> tuple[Values, Values]:
    if bool(network_file.examples) == bool(network_file.data):
        raise _bad(
            path,
            "both examples and data" if network_file.data else "no example",
            "one of them",
            "List examples with input and target, or name an .npz file as data.",
        )
    if network_file.data:
        arrays = _arrays(network_file.data)
        for name in ("x", "y"):
            if name not in arrays:
                raise _bad(network_file.data, f"no array {name}", "x and y", "Add it.")
        return np.atleast_2d(arrays["x"]), np.atleast_2d(arrays["y"])
    return (
        _rectangle(
            [example.input for example in network_file.examples], "examples, input"
        ),
        _rectangle(
            [example.target for example in network_file.examples], "examples, target"
        ),
    )


def _arrays(path: Path) -> dict[str, Values]:
    if not path.is_file():
        raise MissingFile(path, role="arrays of numbers")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: np.asarray(file[name], np.float64) for name in file.files}
    except (OSError, ValueError, AttributeError, zipfile.BadZipFile) as problem:
        raise _bad(
            path,
            f"no such arrays ({problem})",
            "NumPy's .npz",
            "Write it by numpy.savez, without pickled objects.",
        ) from None


def _without_weights(path: Path, number: int) -> BadNetwork:
    return _bad(
        f"{path}: layer {number}",
        "no weights",
        "weights, or parameters that hold them, or units and rng_seed to draw them",
        "Add one of them.",
    )


def _bad(where: str | Path, found: str, expected: str, advice: str) -> BadNetwork:
    return BadNetwork(where=where, found=found, expected=expected, advice=advice)
