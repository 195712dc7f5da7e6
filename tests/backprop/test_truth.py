"""Sentences that once were not true of their numbers, judged by PyTorch, mpmath."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

import bioloom as bl
from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.losses import joint_slope
from bioloom.errors import UnknownName
from tests.backprop.naive import random_problem


@pytest.fixture
def batch(cases_dir):
    return bl.backprop.trace(cases_dir / "backprop" / "multi.yaml")


def torch_gradients(result):
    """Of each example's own loss by every weight of the first layer."""
    first, second = result.network.layers
    w = torch.tensor(first.weights, requires_grad=True)
    found = []
    for x, t in zip(result.inputs, result.target, strict=True):
        hidden = torch.tanh(w @ torch.tensor(x) + torch.tensor(first.bias))
        z = torch.tensor(second.weights) @ hidden + torch.tensor(second.bias)
        loss = -(torch.tensor(t) * torch.log_softmax(z, dim=0)).sum()
        (gradient,) = torch.autograd.grad(loss, w)
        found.append(gradient.numpy())
    return np.array(found)


@pytest.mark.parametrize("example", [1, 2, 3])
def test_every_product_is_true_of_the_numbers_beside_it(batch, example):
    truth = torch_gradients(batch)
    told = batch.explain("w1[2,1]", example=example)
    own, mean = truth[example - 1][1, 0], truth[:, 1, 0].mean()
    name = f"J_{example}"
    steps = {step.claim.partition(" ")[0]: step for step in told.steps}
    assert steps["Times"].value.number == pytest.approx(own)
    assert f"partial J_{{{example}}}" in steps["Times"].substitution
    assert steps["J"].value.number == pytest.approx(mean)
    terms = re.findall(r"-?\d[\d.e-]*", steps["J"].substitution.partition("left")[2])
    assert list(map(float, terms)) == pytest.approx(truth[:, 1, 0], abs=1e-5)
    twin = steps[f"∂{name}/∂w1[2,1]"]
    left, right = twin.substitution.split(" = ")
    factors = [float(x.strip("() ")) for x in left.split(r"\cdot")]
    assert np.prod(factors) == pytest.approx(float(right), abs=1e-5)
    assert float(right) == pytest.approx(own, abs=1e-6)
    assert "∂J/∂b1[2]" not in told.to_text()
    assert f"The loss {name} of example {example}" in told.to_text()


@given(st.integers(0, 400))
def test_one_examples_and_mean_gradients_of_random_batches(rng_seed):
    network, inputs, target = random_problem(np.random.default_rng(rng_seed))
    result = bl.backprop.trace(network, inputs, target)
    for parameter in network.parameters():
        each = [
            bl.backprop.trace(network, x, t).gradient(parameter)
            for x, t in zip(inputs, target, strict=True)
        ]
        assert result.gradients_by_example(parameter) == pytest.approx(each)
        assert result.gradient(parameter) == pytest.approx(np.mean(each))


def test_one_example_is_called_as_before():
    assert "J_1" not in bl.backprop.trace().explain("w11").to_text()


def test_a_layer_without_a_bias_has_none(tmp_path):
    path = tmp_path / "n.yaml"
    path.write_text(
        "layers:\n"
        "  - {activation: tanh, weights: [[0.5, -0.2], [0.1, 0.3]]}\n"
        "  - {activation: identity, weights: [[1.0, 2.0]], bias: [0.5]}\n"
        "  - {activation: identity, units: 3, bias: false}\n"
        "  - {activation: identity, units: 1}\n"
        "rng_seed: 1\n"
        "examples: [{input: [1, 2], target: [1]}]\n"
    )
    result = bl.backprop.trace(path)
    assert result.network.n_parameters == 4 + 3 + 3 + 4
    assert len(list(result.network.parameters())) == 14
    names = result.to_frame()["parameter"].tolist()
    assert [name for name in names if name[0] == "b"] == ["b2", "b4"]
    told = result.explain("w1[2,1]").to_text()
    assert "b1" not in told
    assert "parameters: 14" in told
    with pytest.raises(UnknownName):
        result.explain("b1[1]")
    result.plot("w1[2,1]")


@pytest.mark.parametrize(
    "layers",
    [
        "  - {weights: &w [[1, 2], [3, 4]], bias: [0, 0]}\n"
        "  - {weights: *w, bias: [0, 0]}\n",
        "  - {weights: [&r [1, 2], *r], bias: [0, 0]}\n",
        "  - {weights: [[1, 2], [3, 4]], bias: &b [0, 1]}\n"
        "  - {weights: [[1, 2], [3, 4]], bias: *b}\n",
        "  - &l {weights: [[1, 2], [3, 4]], bias: [0, 1]}\n  - *l\n",
        "  - &l {weights: [[1, 2], [3, 4]]}\n  - {<<: *l, activation: tanh}\n",
    ],
)
def test_shared_parameters_are_refused(tmp_path, layers):
    path = tmp_path / "n.yaml"
    example = "examples: [{input: &x [1, 2], target: *x}]\n"
    path.write_text(f"layers:\n{layers}{example}")
    with pytest.raises(BadNetwork, match="those of layer 1 .a YAML alias"):
        bl.backprop.trace(path)
    plain = re.sub(r"&\w+ ", "", layers.replace("*w", "[[1, 2], [3, 4]]"))
    plain = plain.replace("*r", "[1, 2]").replace("*b", "[0, 1]")
    if "*" not in plain:
        path.write_text(f"layers:\n{plain}{example}")
        bl.backprop.trace(path)


@given(st.floats(-300, 300))
def test_slopes_of_saturated_units_have_their_magnitude(z):
    mp.dps = 400
    high = mpf(z)
    sigmoid = 1 / (1 + mp.exp(-high))
    truth = {"sigmoid": sigmoid * (1 - sigmoid), "tanh": 1 - mp.tanh(high) ** 2}
    for name, slope in truth.items():
        activation, values = ACTIVATIONS[name], np.array([z])
        a = activation.apply(values, 0.01)
        found = activation.derivative(values, a, 0.01)[0]
        assert found == pytest.approx(float(slope), rel=1e-10, abs=1e-300)
    for t in (0.0, 1.0, 0.3):
        a = ACTIVATIONS["sigmoid"].apply(np.array([[z]]), 0.01)
        found = joint_slope("binary_cross_entropy", np.array([[z]]), a, np.array([[t]]))
        assert found[0, 0] == pytest.approx(
            float(sigmoid - mpf(t)), rel=1e-9, abs=1e-16
        )
        if t in (0.0, 1.0):
            truth_ = float(sigmoid - mpf(t))
            assert found[0, 0] == pytest.approx(truth_, rel=1e-10, abs=1e-300)


def test_a_sure_softmax_keeps_its_slope():
    z = np.array([[60.0, 0.0, 1.0]])
    a = ACTIVATIONS["softmax"].apply(z, 0.01)
    found = joint_slope("cross_entropy", z, a, np.array([[1.0, 0.0, 0.0]]))
    other = np.exp(-60) + np.exp(-59)
    assert found[0] == pytest.approx([-other, np.exp(-60), np.exp(-59)], rel=1e-12)


def test_the_working_shows_the_magnitude():
    layer = {"weights": [[40.0]], "bias": [0], "activation": "sigmoid"}
    told = bl.backprop.trace({"layers": [layer]}, [1], [0]).explain("w11").to_text()
    assert "(least 4.25e-18)" in told
    assert "exactly 0" not in told
    assert "→ 4.248e-18" in told


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("w11", "w1[1,1]"),
        ("w12", "w1[1,2]"),
        ("w1,2", "w1[1,2]"),
        ("w121", "w1[2,1]"),
        ("W1[2][1]", "w1[2,1]"),
        ("b1", "b1[1]"),
        ("b12", "b1[2]"),
    ],
)
def test_a_short_name_in_a_wide_layer_is_told_the_long_one(name, meant):
    layer = {"weights": [[1.0, 2.0], [3.0, 4.0]], "bias": [0, 0]}
    result = bl.backprop.trace({"layers": [layer]}, [1, 2], [1, 2])
    with pytest.raises(UnknownName, match=re.escape(meant)):
        result.explain(name)
