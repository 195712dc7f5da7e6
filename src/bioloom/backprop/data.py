"""Networks and examples from a YAML file."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike, NDArray

from bioloom.backprop.activations import Name as ActivationName
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.layers import Layer, Network
from bioloom.backprop.losses import Name as LossName
from bioloom.errors import MissingFile
from bioloom.run.config import FORBID_UNKNOWN, check_config, read_entries

EXAMPLE = Path(__file__).with_name("example.yaml")
Values = NDArray[np.float64]
_ADVICE = "`bioloom backprop init` writes"


@dataclass(frozen=True, kw_only=True)
class LayerEntry:
    """A layer: its units and inputs are those of its weights, or stated.

    Parameters
    ----------
    activation, slope
        As for `Layer`.
    weights, bias
        A row of weights and a bias for each unit. A layer without a bias, or
        whose bias is false, has none; drawn weights come with one of 0.
    units
        Number of units, where the weights are drawn or stand in another file.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    activation: ActivationName = "identity"
    weights: tuple[tuple[float, ...], ...] | None = None
    bias: tuple[float, ...] | Literal[False] | None = None
    units: Annotated[int, Ge(1)] | None = None
    slope: float = 0.01


@dataclass(frozen=True, kw_only=True)
class ExampleEntry:
    """Inputs and targets of one example."""

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
        Examples listed here, or else
    data
        an ``.npz`` file with `x` and `y`.
    parameters
        An ``.npz`` file with `w1`, `b1`, `w2`, … of layers that have no weights here.
    rng_seed
        Seed of the weights that are not given: uniform within ±√(6 / (inputs +
        units)), biases 0 (Glorot & Bengio 2010).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    layers: tuple[LayerEntry, ...]
    loss: LossName = "half_squared_error"
    examples: tuple[ExampleEntry, ...] = ()
    data: Path | None = None
    parameters: Path | None = None
    rng_seed: Annotated[int, Ge(0)] | None = None


class Examples(NamedTuple):
    """Inputs and targets of a network.

    Parameters
    ----------
    inputs, target
        Shapes (n_examples, n_inputs) and (n_examples, n_outputs).
    """

    inputs: Values
    target: Values


class Problem(NamedTuple):
    """A network and examples to trace through it."""

    network: Network
    examples: Examples


def read_problem(path: Path = EXAMPLE) -> Problem:
    """Read a network and its examples; by default the embedded ones.

    Raises
    ------
    MissingFile, BadConfig, BadNetwork
        If a file is not there, an entry is unknown, or parts do not fit.
    """
    raw = read_entries(path, example=_ADVICE)
    entries = check_config(raw, NetworkFile, source=path)
    _refuse_shared(raw["layers"], path)
    return problem_of(entries, path)


def _refuse_shared(layers: Sequence[Mapping[str, Any]], path: Path) -> None:
    """A YAML alias makes one thing of two: a shared weight's gradient is another."""
    owner: dict[int, int] = {}
    for number, layer in enumerate(layers, 1):
        weights, bias = layer.get("weights") or [], layer.get("bias") or []
        for part in (layer, weights, bias, *weights):
            if len(part) and id(part) in owner:
                raise _shared(path, number, owner[id(part)])
            owner[id(part)] = number


def _shared(path: Path, number: int, owner: int) -> BadNetwork:
    return _bad(
        f"{path}: layer {number}",
        f"weights or biases that are those of layer {owner} (a YAML alias, *)",
        "numbers of its own",
        "Shared parameters are not supported: their gradient would be the sum over all "
        "places. Write the numbers out to make them separate.",
    )


def problem_of(entries: NetworkFile, path: Path) -> Problem:
    """Network and examples of a file's entries, which `path` names in messages.

    Raises
    ------
    MissingFile, BadNetwork
        If a file that it names is not there, or parts do not fit.
    """
    if not entries.layers:
        raise _bad(path, "no layer", "at least one", "List them under layers.")
    examples = _examples(entries, path)
    arrays = _arrays(entries.parameters) if entries.parameters else {}
    rng = None if entries.rng_seed is None else np.random.default_rng(entries.rng_seed)
    layers: list[Layer] = []
    for number, entry in enumerate(entries.layers, 1):
        n_inputs = layers[-1].n_units if layers else examples.inputs.shape[1]
        weights = _parameter(entry.weights, f"w{number}", arrays)
        bias = None
        if entry.bias is not False:
            bias = _parameter(entry.bias, f"b{number}", arrays)
        is_drawn = weights is None and rng is not None
        if weights is None and rng is not None and entry.units:
            top = np.sqrt(6 / (n_inputs + entry.units))
            weights = rng.uniform(-top, top, (entry.units, n_inputs))
        if weights is None:
            raise _without_weights(path, number)
        has_bias = bias is not None or (is_drawn and entry.bias is None)
        bias = np.zeros(len(weights)) if bias is None else bias
        layers.append(Layer(weights, bias, entry.activation, entry.slope, has_bias))
    return Problem(Network(tuple(layers), entries.loss), examples)


def _parameter(
    value: ArrayLike | None, name: str, arrays: dict[str, Values]
) -> Values | None:
    """Weights or biases from the network file, or else from the file of parameters."""
    if value is None:
        return arrays.get(name)
    return _rectangle(value, f"layer {name[1:]}")


def _rectangle(rows: ArrayLike, where: str) -> Values:
    try:
        return np.array(rows, dtype=np.float64)
    except ValueError:
        raise _bad(
            where, "rows of different length", "as many numbers in each", "Fill them."
        ) from None


def _examples(network_file: NetworkFile, path: Path) -> Examples:
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
        return Examples(np.atleast_2d(arrays["x"]), np.atleast_2d(arrays["y"]))
    return Examples(
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
            "Write it with numpy.savez, without pickled objects.",
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
