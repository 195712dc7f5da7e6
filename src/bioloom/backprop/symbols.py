"""LaTeX of the chain rule; derivatives are SymPy's.

Only terms on the path to one parameter become symbols: of a sum over 784 inputs,
the one term that counts.
"""

from typing import Any

from bioloom.backprop.activations import Name as ActivationName
from bioloom.backprop.chain import Link
from bioloom.backprop.layers import Layer, Network, Parameter
from bioloom.backprop.losses import Name as LossName
from bioloom.errors import PackageMissing


def unit(letter: str, layer: int, number: int) -> str:
    """Symbol of a unit's value: z_{11}, or z^{(1)}_{12} where digits would run on."""
    if layer < 10 and number < 10:
        return f"{letter}_{{{layer}{number}}}"
    return f"{letter}^{{({layer})}}_{{{number}}}"


def before(layer: int, number: int) -> str:
    """Symbol of a value that goes into a layer."""
    return f"x_{{{number}}}" if layer == 1 else unit("a", layer - 1, number)


def parameter(network: Network, which: Parameter) -> str:
    """Symbol of a parameter, like its name."""
    name = network.name_of(which)
    letter, rest = name[0], name[1:]
    if "[" not in rest:
        return f"{letter}_{{{rest}}}"
    layer, _, numbers = rest.removesuffix("]").partition("[")
    return f"{letter}^{{({layer})}}_{{{numbers}}}"


def target(network: Network, number: int) -> str:
    """Symbol of a target."""
    return "t" if network.widths[-1] == 1 else f"t_{{{number}}}"


def ratio(above: str, below: str) -> str:
    """A partial derivative."""
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def loss_of(n_examples: int, example: int) -> str:
    """Symbol of one example's loss: J, or J_{2} where J is the mean of several."""
    return "J" if n_examples == 1 else f"J_{{{example + 1}}}"


def left_side(network: Network, link: Link, wrt: Parameter, *, loss: str = "J") -> str:
    """The derivative that a link is; `loss` is the symbol of the loss."""
    a, z = (unit(letter, link.layer, link.unit) for letter in "az")
    below = wrt.unit if link.layer - 1 == wrt.layer else 1
    pairs = {
        "loss": (loss, a),
        "joint": (loss, z),
        "activation": (a, z),
        "weight": (z, before(link.layer, below)),
        "input": (z, parameter(network, wrt)),
        "bias": (z, parameter(network, wrt)),
    }
    return ratio(*pairs[link.kind])


def right_side(network: Network, link: Link, wrt: Parameter) -> str:
    """The derivative as SymPy writes it."""
    if link.kind == "loss":
        return loss_slope(network, link.unit)
    if link.kind == "joint":
        return joint_slope(network, link.unit)
    if link.kind == "activation":
        return activation_slope(network.layers[link.layer - 1], link.layer, link.unit)
    if link.kind == "weight":
        below = wrt.unit if link.layer - 1 == wrt.layer else 1
        weight = parameter(network, Parameter(link.layer, link.unit, below))
        return _sum_slope(weight, before(link.layer, below), by=1)
    symbol = parameter(network, wrt)
    if wrt.source is None:
        return _sum_slope("1", symbol, by=1)
    return _sum_slope(symbol, before(wrt.layer, wrt.source), by=0)


def loss_slope(network: Network, number: int) -> str:
    """∂J/∂a of a last unit for the squared errors."""
    sympy = _sympy()
    y = sympy.Symbol(unit("a", len(network.layers), number))
    t = sympy.Symbol(target(network, number))
    n = network.widths[-1] if network.loss == "mse" else 2
    return str(sympy.latex(sympy.diff((y - t) ** 2 / n, y)))


def joint_slope(network: Network, number: int) -> str:
    """∂J/∂z of a last unit for the cross-entropies, and its short form."""
    sympy = _sympy()
    last = len(network.layers)
    z = sympy.Symbol(unit("z", last, number))
    t = sympy.Symbol(target(network, number))
    n = network.widths[-1] if network.loss == "binary_cross_entropy" else 1
    derived = sympy.diff(cross_entropy(network.loss, z, t) / n, z)
    a = unit("a", last, number)
    short = f"{a} - {t}" if n == 1 else rf"\frac{{{a} - {t}}}{{{n}}}"
    return f"{sympy.latex(derived)} = {short}"


def cross_entropy(loss: LossName, z: Any, t: Any) -> Any:
    """An output's part of a cross-entropy; the other outputs' exponentials are R."""
    sympy = _sympy()
    rest = 1 if loss == "binary_cross_entropy" else sympy.Symbol("R")
    return sympy.log(sympy.exp(z) + rest) - t * z


def activation_slope(layer: Layer, number: int, place: int) -> str:
    """∂a/∂z of a unit, and its short form where a has one."""
    sympy = _sympy()
    z, a = (sympy.Symbol(unit(letter, number, place)) for letter in "za")
    derived = sympy.diff(expression(layer.activation, z, layer.slope), z)
    long_form = _told(derived)
    short = short_slope(layer.activation, a)
    return long_form if short is None else f"{long_form} = {sympy.latex(short)}"


def expression(name: ActivationName, z: Any, slope: float = 0.01) -> Any:
    """An activation in SymPy; of softmax one unit, the others' sum is R."""
    sympy = _sympy()
    expressions = {
        "identity": z,
        "sigmoid": 1 / (1 + sympy.exp(-z)),
        "tanh": sympy.tanh(z),
        "relu": sympy.Piecewise((z, z > 0), (0, True)),
        "leaky_relu": sympy.Piecewise((z, z > 0), (slope * z, True)),
        "gelu": z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2,
        "softmax": sympy.exp(z) / (sympy.exp(z) + sympy.Symbol("R")),
    }
    return expressions[name]


def short_slope(name: ActivationName, a: Any) -> Any:
    """A derivative by the activation's own value, None where there is none."""
    return {"sigmoid": a * (1 - a), "tanh": 1 - a**2}.get(name)


def _told(derived: Any) -> str:
    """LaTeX; cases become brackets that are 1 where they are true and 0 elsewhere."""
    sympy = _sympy()
    if not isinstance(derived, sympy.Piecewise):
        return str(sympy.latex(derived))
    (above, where), (below, _) = derived.args
    parts = [f"[{sympy.latex(where)}]"]
    if above != 1:
        parts[0] = f"{sympy.latex(above)} {parts[0]}"
    if below != 0:
        parts.append(f"{sympy.latex(below)} [{sympy.latex(sympy.Not(where))}]")
    return " + ".join(parts)


def _sum_slope(weight: str, value: str, *, by: int) -> str:
    """Derivative of ``weight · value + rest`` by the one or the other factor."""
    sympy = _sympy()
    known = {"1": sympy.Integer(1)}
    factors = [known.get(name, sympy.Symbol(name)) for name in (weight, value)]
    total = factors[0] * factors[1] + sympy.Symbol("rest")
    return str(sympy.latex(sympy.diff(total, factors[by])))


def _sympy() -> Any:
    try:
        import sympy
    except ImportError:
        package = "sympy"
        raise PackageMissing(package, extra="backprop") from None
    return sympy
