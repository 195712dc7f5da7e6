"""Gradient descent, with momentum and Adam: as PyTorch does it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.backprop.data import read_problem
from bioloom.backprop.errors import BadNetwork
from bioloom.backprop.layers import Layer, Network

OPTIMIZERS = ("sgd", "momentum", "adam")


def network(rng, widths=(3, 4, 2), *, has_bias=True):
    layers = [
        Layer(
            rng.normal(size=(n, before)),
            rng.normal(size=n) * has_bias,
            "tanh" if place == 0 else "sigmoid",
            has_bias=has_bias,
        )
        for place, (before, n) in enumerate(zip(widths[:-1], widths[1:], strict=True))
    ]
    return Network(tuple(layers), "mse")


def by_torch(start, inputs, target, optimizer, settings, steps):
    """Losses and final values of PyTorch's optimizer in double precision."""
    import torch

    tensors, layers = [], []
    for layer in start.layers:
        weights = torch.tensor(layer.weights, requires_grad=True)
        bias = torch.tensor(layer.bias, requires_grad=layer.has_bias)
        tensors += [weights, bias] if layer.has_bias else [weights]
        layers.append((weights, bias, getattr(torch, layer.activation)))
    kinds = {
        "sgd": lambda: torch.optim.SGD(tensors, lr=settings["learning_rate"]),
        "momentum": lambda: torch.optim.SGD(
            tensors, lr=settings["learning_rate"], momentum=settings["momentum"]
        ),
        "adam": lambda: torch.optim.Adam(
            tensors,
            lr=settings["learning_rate"],
            betas=(settings["beta1"], settings["beta2"]),
        ),
    }
    optimiser, losses = kinds[optimizer](), []
    for step in range(steps + 1):
        values = torch.tensor(inputs)
        for weights, bias, activation in layers:
            values = activation(values @ weights.T + bias)
        loss = ((values - torch.tensor(target)) ** 2).mean()
        losses.append(loss.item())
        if step < steps:
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return losses, np.concatenate([one.detach().numpy().ravel() for one in tensors])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("has_bias", [True, False])
@given(seed=st.integers(0, 1000), rate=st.sampled_from([0.01, 0.1, 0.5]))
def test_losses_and_values_are_those_of_pytorch(optimizer, has_bias, seed, rate):
    rng = np.random.default_rng(seed)
    start = network(rng, has_bias=has_bias)
    inputs, target = rng.normal(size=(5, 3)), rng.random((5, 2))
    settings = {"learning_rate": rate, "momentum": 0.8, "beta1": 0.7, "beta2": 0.95}
    found = bl.backprop.descend(
        start, inputs, target, optimizer=optimizer, steps=7, **settings
    )
    losses, values = by_torch(start, inputs, target, optimizer, settings, 7)
    assert found.losses == pytest.approx(losses, abs=1e-12)
    assert found.moves[-1].after == pytest.approx(values, abs=1e-9)


def test_a_step_of_the_embedded_example_by_hand():
    found = bl.backprop.descend(steps=1, learning_rate=0.5)
    traced = bl.backprop.trace()
    frame = found.to_frame().set_index("parameter")
    for name, gradient in traced.to_frame()[["parameter", "gradient"]].values:
        row = frame.loc[name]
        assert row["gradient"] == pytest.approx(gradient)
        assert row["new_value"] == pytest.approx(row["value"] - 0.5 * gradient)
    assert found.losses[0] == traced.loss
    assert (
        found.end.network.value(found.end.network.parameter("w11"))
        == (frame.loc["w11", "new_value"])
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_working_has_the_numbers_of_every_step(optimizer):
    found = bl.backprop.descend(steps=25, optimizer=optimizer, learning_rate=0.05)
    working = found.explain("w21")
    assert len(working.steps) == 21  # twenty steps, and the outcome
    frame = found.to_frame().query("parameter == 'w21'")
    for step, new in zip(working.steps[:20], frame["new_value"][:20], strict=True):
        assert step.value.number == pytest.approx(new)
        assert f"= {new:.7g}" in step.substitution
    assert f"{found.losses[-1]:.7g}" in working.steps[-1].claim
    assert str(found.explain()) == str(found.explain("w11"))
    assert found.plot().axes[0].get_ylabel() == "loss"
    assert found.facts()["losses"] == found.losses


def test_too_long_steps_are_told():
    net, examples = read_problem()
    with pytest.raises(BadNetwork, match=r"step \d+: found a loss that is no finite"):
        bl.backprop.descend(net, *examples, learning_rate=1e200, steps=9)


def test_the_command_writes_working_table_and_picture(bioloom_cli, tmp_path):
    code, out, err = bioloom_cli(
        *("backprop", "descend", "--optimizer", "adam", "--steps", "3", "--wrt", "b2"),
        *("--table", tmp_path / "t.tsv", "--draw", tmp_path / "loss"),
    )
    assert code == 0, err
    assert "Gradient descent through 1-1-1: b2" in out
    assert (tmp_path / "t.tsv").read_text().count("\n") == 1 + 3 * 4
    assert (tmp_path / "loss.svg").exists()
    code, _, err = bioloom_cli("backprop", "descend", "--wrt", "w9")
    assert code == 1
    assert "w9" in err
