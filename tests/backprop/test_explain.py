"""The working: every number is the trace's, every derivative SymPy's."""

import re

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import bioloom as bl
from bioloom.backprop import symbols
from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.chain import chain, has_one_path, n_paths
from bioloom.backprop.explaining import explain
from bioloom.backprop.figures import network_figure
from bioloom.backprop.layers import Layer, Network, Parameter
from bioloom.backprop.tracing import trace
from bioloom.explain import Explanation
from bioloom.report.backprop import write_report
from tests.backprop.naive import random_problem


def traced(*layers, loss="half_squared_error", x=((1.0,),), t=((2.0,),)):
    made = [Layer(np.array(w), np.array(b), name) for w, b, name in layers]
    return trace(Network(tuple(made), loss), np.array(x), np.array(t))


@pytest.fixture
def example():
    return bl.backprop.trace()


def value_of(told, claim):
    (step,) = [one for one in told.steps if one.claim.startswith(claim)]
    return step.value.number


def test_the_notes_example_is_told_as_they_tell_it(example):
    wrt = example.network.parameter("w11")
    told = explain(example, wrt, decimals=3)
    text = told.to_text()
    parts = (
        r"∂J/∂w_11 = ∂J/∂a_21 · ∂a_21/∂z_21 · ∂z_21/∂a_11 · ∂a_11/∂z_11 · ∂z_11/∂w_11",
        "∂J/∂a_21 = a_21 - t",
        "∂a_21/∂z_21 = [z_21 > 0]",
        "∂z_21/∂a_11 = w_21",
        "= a_11 (1 - a_11)",
        "∂z_11/∂w_11 = x_1",
        "∂J/∂w_11 = (-0.268941) · 1 · 1 · 0.196612 · 1",
        "→ -0.0528771",
        "the same, because x_1 = 1",
        "comes out as -0.0528959 instead of -0.0528771",
        "(-0.269) · 1 · 1 · 0.197 · 1 = -0.052993",
        "is negative, so w11 should increase",
    )
    for part in parts:
        assert part in text
    assert "<math" in told.to_html()
    values = [link.value for link in chain(example, wrt, 0)]
    assert np.prod(values) == pytest.approx(example.gradient(wrt), abs=1e-15)
    assert value_of(told, "The product") == pytest.approx(example.gradient(wrt))


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_the_product_is_the_gradient_for_every_parameter(seed):
    network, x, t = random_problem(np.random.default_rng(seed))
    found = trace(network, x, t)
    for one in network.parameters():
        if has_one_path(network, one):
            assert n_paths(network, one) == 1
            parts = [
                np.prod([link.value for link in chain(found, one, row)])
                for row in range(found.n_examples)
            ]
            assert np.mean(parts) == pytest.approx(found.gradient(one), abs=1e-12)
    one = list(network.parameters())[seed % network.n_parameters]
    told = explain(found, one)
    claim = "The product" if has_one_path(network, one) else "Times the input"
    if found.n_examples > 1:
        claim = "J is the mean"
    assert value_of(told, claim) == pytest.approx(found.gradient(one), abs=1e-12)
    new = network.value(one) - 0.1 * found.gradient(one)
    assert value_of(told, "The gradient is") == pytest.approx(new, abs=1e-12)
    assert told.to_text()


@pytest.mark.parametrize("name", [one for one in ACTIVATIONS if one != "softmax"])
def test_derivatives_are_sympys(name):
    z, a = sympy.symbols("z a")
    function = symbols.expression(name, z, 0.2)
    values = np.array([[-1.7, -0.3, 0.4, 2.2]])
    ours = ACTIVATIONS[name]
    derived = sympy.lambdify(z, sympy.diff(function, z), ["scipy", "numpy"])
    applied = ours.apply(values, 0.2)
    for k, one in enumerate(values[0]):
        assert applied[0, k] == pytest.approx(float(function.subs(z, one).evalf()))
        slope = ours.derivative(values, applied, 0.2)[0, k]
        assert slope == pytest.approx(float(derived(one)), abs=1e-12)
    short = symbols.short_slope(name, a)
    if short is not None:
        assert sympy.simplify(short.subs(a, function) - sympy.diff(function, z)) == 0


def test_cross_entropies_derivatives_are_sympys():
    z, t = sympy.symbols("z t")
    for loss, rest in (("binary_cross_entropy", 1), ("cross_entropy", "R")):
        derived = sympy.diff(symbols.cross_entropy(loss, z, t), z)
        rest = sympy.Symbol(rest) if rest == "R" else rest
        y = sympy.exp(z) / (sympy.exp(z) + rest)
        assert sympy.simplify(derived - (y - t)) == 0


def test_only_what_is_on_the_way_becomes_a_symbol(monkeypatch):
    rng = np.random.default_rng(0)
    widths = (784, 128, 64, 10)
    layers = tuple(
        Layer(rng.normal(0, n**-0.5, (m, n)), np.zeros(m), name)
        for n, m, name in zip(
            widths, widths[1:], ("relu", "relu", "softmax"), strict=False
        )
    )
    network = Network(layers, "cross_entropy")
    found = trace(network, rng.random((1, 784)), np.eye(10)[[3]])
    made = []
    symbol = sympy.Symbol
    monkeypatch.setattr(sympy, "Symbol", lambda name: made.append(name) or symbol(name))
    one = network.parameter("w1[5,300]")
    told = explain(found, one)
    assert 0 < len(set(made)) < 20
    assert n_paths(network, one) == 640
    assert value_of(told, "Times the") == pytest.approx(found.gradient(one))
    assert len(told.to_text().splitlines()) < 150


def test_a_relu_at_exactly_0_is_told():
    found = traced(([[1.0]], [-1.0], "relu"), ([[2.0]], [0.0], "identity"))
    text = explain(found, Parameter(1, 1, 1)).to_text()
    assert "Layer 1, unit 1: z is exactly 0, where relu has a kink" in text
    assert "PyTorch uses 0 as well" in text
    assert "A factor is exactly 0 (layer 1)" in text
    assert "The gradient is 0, so w11 does not change" in text


def test_saturated_and_silent_units_are_told():
    steep = ([[9.0], [-9.0]], [0.0, 0.0], "sigmoid")
    found = traced(steep, ([[1.0, 1.0]], [0.0], "relu"))
    text = explain(found).to_text()
    assert "Layer 1, units 1, 2: sigmoid is saturated" in text
    found = traced(([[-1.0]], [0.0], "relu"))
    assert "z is below 0: ReLU gives 0" in explain(found).to_text()
    # with a cross-entropy the slope of the last sigmoid is no factor
    layer = ([[50.0]], [0.0], "sigmoid")
    found = traced(layer, loss="binary_cross_entropy", t=((0.0,),))
    assert "saturated" not in explain(found).to_text()
    assert found.gradient(Parameter(1, 1, 1)) == pytest.approx(1)


def test_a_step_that_is_too_long_is_told():
    found = traced(([[1.0]], [0.0], "identity"), t=((0.0,),))
    text = explain(found, Parameter(1, 1, 1), learning_rate=3.0).to_text()
    assert "takes the loss from 0.5 to 2." in text
    assert "✗ fail, the step is too long" in text


def test_tables_and_pages_of_any_network(tmp_path):
    network, x, t = random_problem(np.random.default_rng(11))
    found = trace(network, x, t)
    told = explain(found, next(network.parameters()), decimals=2)
    assert isinstance(told, Explanation)
    path = write_report(found, told, tmp_path / "p.html")
    page = path.read_text("utf-8")
    assert "<script" not in page
    assert "script-src 'none'" in page
    assert "<math" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_numbers_stand_on_the_edges(example):
    figure = network_figure(example, example.network.parameter("w11"))
    told = "\n".join(one.get_text() for one in figure.axes[0].texts)
    for part in ("w 1\n∂ -0.05288", "w 1\n∂ -0.1966", "z 1.731\nb 1, ∂ -0.2689"):
        assert part in told
    assert "J\n0.03616\nt = 2" in told


def test_wide_layers_are_drawn_in_part():
    rng = np.random.default_rng(1)
    layer = Layer(rng.random((9, 20)), np.zeros(9), "tanh")
    found = trace(Network((layer,)), rng.random((1, 20)), rng.random((1, 9)))
    figure = network_figure(found, found.network.parameter("w1[8,15]"))
    told = [one.get_text() for one in figure.axes[0].texts]
    assert "x15" in told
    assert "1, 8: tanh" in told
    assert {"… 14 more", "… 3 more"} <= set(told)
