"""Gradients against PyTorch's and finite differences; bad networks."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import bioloom as bl
from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.data import read_problem
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.layers import Layer, Network, Parameter
from bioloom.backprop.tracing import trace
from bioloom.errors import BadConfig, MissingFile, UnknownName
from tests.backprop.naive import autograd, random_problem

STEP = 1e-6


@settings(max_examples=500)
@given(st.integers(0, 2**32 - 1))
def test_gradients_are_pytorchs_and_those_of_finite_differences(seed):
    """500 random networks, every parameter to 1e-6."""
    network, x, t = random_problem(np.random.default_rng(seed))
    found = trace(network, x, t)
    loss, weights, biases = autograd(network, x, t)
    assert found.loss == pytest.approx(loss, abs=1e-9)
    for k in range(len(network.layers)):
        assert found.weight_gradients(k + 1) == pytest.approx(weights[k], abs=1e-6)
        assert found.bias_gradients(k + 1) == pytest.approx(biases[k], abs=1e-6)
    for one in network.parameters():
        value = network.value(one)
        ends = [
            trace(network.with_value(one, value + step), x, t).loss
            for step in (STEP, -STEP)
        ]
        slope = (ends[0] - ends[1]) / (2 * STEP)
        assert found.gradient(one) == pytest.approx(slope, abs=1e-6)


def test_the_notes_example():
    network, (x, t) = read_problem()
    found = trace(network, x, t)
    assert found.a[1][0, 0] == pytest.approx(1.731058578630005)
    assert found.gradient(network.parameter("w11")) == pytest.approx(
        -0.0528770928, abs=1e-10
    )
    assert found.gradient(network.parameter("b1")) == found.gradient(
        network.parameter("w11")
    )
    rough = trace(network, x, t, decimals=3)
    by_hand = -0.269 * 1 * 1 * (0.731 * 0.269) * 1
    assert rough.gradient(network.parameter("w11")) == pytest.approx(by_hand, abs=1e-12)
    assert f"{by_hand:.7f}" == "-0.0528959"
    assert [one.tolist() for one in rough.a] == [[[0.731]], [[1.731]]]


def test_at_a_kink_the_slope_is_pytorchs():
    for name, torchs in (
        ("relu", torch.relu),
        ("leaky_relu", lambda z: torch.nn.functional.leaky_relu(z, 0.01)),
    ):
        z = torch.zeros(1, requires_grad=True)
        torchs(z).backward()
        ours = ACTIVATIONS[name].derivative(np.zeros(1), np.zeros(1), 0.01)
        assert float(ours[0]) == pytest.approx(float(z.grad))


def test_extreme_outputs_give_finite_losses_and_gradients():
    layers = {
        "binary_cross_entropy": "sigmoid",
        "cross_entropy": "softmax",
    }
    for loss, activation in layers.items():
        layer = Layer(np.array([[1.0], [-1.0]]), np.zeros(2), activation)
        network = Network((layer,), loss)
        found = trace(network, np.array([[800.0]]), np.array([[0.0, 1.0]]))
        assert np.isfinite(found.loss)
        assert found.loss > 100
        assert found.delta[0][0, 0] == pytest.approx(1 if loss[0] == "c" else 0.5)


def test_frames_hold_every_value():
    network, x, t = random_problem(np.random.default_rng(5))
    found = trace(network, x, t)
    frame = found.to_frame()
    assert len(frame) == network.n_parameters
    for row in frame.itertuples():
        one = network.parameter(row.parameter)
        assert row.gradient == pytest.approx(found.gradient(one), abs=1e-15)
        assert row.value == network.value(one)
    forward = found.forward_frame()
    assert len(forward) == len(x) * sum(network.widths[1:])
    last = forward[forward["layer"] == len(network.layers)]["a"].to_numpy()
    assert last == pytest.approx(found.a[-1].ravel())


def test_every_parameter_is_found_by_its_name():
    network, *_ = random_problem(np.random.default_rng(8))
    names = [network.name_of(one) for one in network.parameters()]
    assert len(set(names)) == len(names)
    assert [network.parameter(name) for name in names] == list(network.parameters())
    example, *_ = read_problem()
    assert example.parameter("w1[1,1]") == Parameter(1, 1, 1)
    assert example.parameter("b2[1]") == Parameter(2, 1)
    for name in ("w", "w31", "w12", "b3", "w1[2,1]", "b1[1,1]", "w1[1]", "q1", "b0"):
        with pytest.raises(UnknownName, match="no parameter"):
            example.parameter(name)
    wide = Network((Layer(np.ones((2, 1)), np.zeros(2)),))
    with pytest.raises(UnknownName, match=r"Did you mean .*'w1\[1,1\]'"):
        wide.parameter("w11")


LAYER = "layers: [{activation: %s, weights: [[1, 2]], bias: [0]}]\n"
BINARY = "loss: binary_cross_entropy\n" + LAYER % "sigmoid"
ONE = "examples: [{input: [1, 1], target: [1]}]\n"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (LAYER % "relo" + ONE, BadConfig, "layers.0.activation: found 'relo'"),
        (LAYER % "relu" + ONE + "los: mse\n", BadConfig, "los: found an unknown entry"),
        (
            "layers: [{weight: [[1]]}]\n" + ONE,
            BadConfig,
            "layers.0.weight: found an unknown entry, expected one of activation, wei",
        ),
        (LAYER % "relu", BadNetwork, "found no example"),
        ("layers: []\n" + ONE, BadNetwork, "found no layer"),
        (
            LAYER % "relu" + "examples: [{input: [1], target: [1]}]\n",
            BadNetwork,
            r"examples: found inputs of shape \(1, 1\)",
        ),
        (
            LAYER % "relu" + "examples: [{input: [1, .nan], target: [1]}]\n",
            BadNetwork,
            r"example 1: found the input \[1.0, nan\]",
        ),
        (
            "layers: [{weights: [[1, .inf]], bias: [0]}]\n" + ONE,
            BadNetwork,
            r"layer 1, weights, place \(1, 2\): found inf",
        ),
        (
            "layers: [{weights: [[1, 2], [1]], bias: [0, 0]}]\n" + ONE,
            BadNetwork,
            "layer 1: found rows of different length",
        ),
        (
            "layers: [{weights: [[1, 2]], bias: [0, 1]}]\n" + ONE,
            BadNetwork,
            r"layer 1: found weights of shape \(1, 2\) and 2 biases",
        ),
        ("layers: [{units: 3}]\n" + ONE, BadNetwork, "layer 1: found no weights"),
        (
            "rng_seed: 1\nlayers: [{units: 3}, {weights: [[1]], bias: [1]}]\n" + ONE,
            BadNetwork,
            "layer 2: found weights for 1 inputs, expected the 3 units of layer 1",
        ),
        (
            "loss: cross_entropy\n" + LAYER % "sigmoid" + ONE,
            BadNetwork,
            "loss: found cross_entropy after sigmoid, expected it after softmax",
        ),
        (
            BINARY + ONE.replace("[1]", "[2]"),
            BadNetwork,
            "targets of binary_cross_entropy from 0 to 1",
        ),
        (
            "loss: cross_entropy\n" + LAYER % "softmax" + ONE.replace("[1]", "[0.5]"),
            BadNetwork,
            "targets of cross_entropy that add up to 1",
        ),
        (LAYER % "relu" + ONE + "parameters: p.npz\n", MissingFile, "p.npz"),
    ],
)
def test_bad_networks(tmp_path, text, error, message):
    path = tmp_path / "n.yaml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        bl.backprop.trace(path)


def test_parameters_and_data_of_arrays(tmp_path):
    rng = np.random.default_rng(0)
    shapes = {"w1": (3, 2), "b1": (3,), "w2": (1, 3)}
    arrays = {name: rng.random(shape) for name, shape in shapes.items()}
    np.savez(tmp_path / "p.npz", **arrays)
    np.savez(tmp_path / "d.npz", x=rng.random((4, 2)), y=rng.random((4, 1)))
    path = tmp_path / "n.yaml"
    text = "layers: [{activation: gelu}, {bias: [0.5]}]\ndata: d.npz\n"
    path.write_text(text + "parameters: p.npz\n")
    network, (x, t) = read_problem(path)
    assert network.widths == (2, 3, 1)
    assert (network.layers[0].weights == arrays["w1"]).all()
    assert network.layers[1].bias.tolist() == [0.5]
    assert trace(network, x, t).n_examples == 4
    path.write_text(text.replace("d.npz", "p.npz"))
    with pytest.raises(BadNetwork, match="found no array x"):
        read_problem(path)
    (tmp_path / "d.npz").write_text("no arrays")
    path.write_text(text)
    with pytest.raises(BadNetwork, match=r"expected NumPy's \.npz"):
        read_problem(path)


def test_drawn_weights_repeat(tmp_path):
    path = tmp_path / "n.yaml"
    path.write_text("rng_seed: 3\nlayers: [{units: 4}, {units: 1}]\n" + ONE)
    first, second = (read_problem(path)[0] for _ in range(2))
    assert (first.layers[0].weights == second.layers[0].weights).all()
    assert first.widths == (2, 4, 1)
