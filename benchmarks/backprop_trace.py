"""Time to trace 784-128-64-10 and to explain one weight, beside PyTorch's autograd.

    python benchmarks/backprop_trace.py

The first explanation pays for loading SymPy and is told apart. PyTorch computes the
same gradients in double precision; it keeps no table and explains nothing.
"""

import time
from collections.abc import Callable

import numpy as np

from bioloom.backprop.explaining import explain
from bioloom.backprop.layers import Layer, Network
from bioloom.backprop.tracing import trace

WIDTHS = (784, 128, 64, 10)
ACTIVATIONS = ("relu", "relu", "softmax")


def made(rng: np.random.Generator) -> Network:
    """A network as digits are classified with."""
    layers = [
        Layer(rng.normal(0, n**-0.5, (m, n)), np.zeros(m), name)
        for n, m, name in zip(WIDTHS, WIDTHS[1:], ACTIVATIONS, strict=False)
    ]
    return Network(tuple(layers), "cross_entropy")


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Least wall time of some runs."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def by_torch(network: Network, x: np.ndarray, target: np.ndarray) -> Callable[[], None]:
    """One forward and backward pass of PyTorch."""
    import torch

    torch.set_num_threads(1)
    weights = [torch.tensor(one.weights, requires_grad=True) for one in network.layers]
    biases = [torch.tensor(one.bias, requires_grad=True) for one in network.layers]
    t = torch.from_numpy(target)

    def run() -> None:
        value = torch.from_numpy(x)
        for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
            value = torch.nn.functional.linear(value, w, b)
            value = torch.relu(value) if k < len(weights) - 1 else value
        loss = -(t * torch.log_softmax(value, dim=1)).sum()
        loss.backward()

    return run


def main() -> None:
    rng = np.random.default_rng(1)
    network = made(rng)
    x, target = rng.random((1, WIDTHS[0])), np.eye(WIDTHS[-1])[[3]]
    found = trace(network, x, target)
    wrt = network.parameter("w1[5,300]")
    first = seconds(lambda: explain(found, wrt, decimals=3).to_text(), runs=1)
    passes = seconds(lambda: trace(network, x, target))
    told = seconds(lambda: explain(found, wrt, decimals=3).to_text())
    table = seconds(found.to_frame)
    torchs = seconds(by_torch(network, x, target))
    print(f"{'-'.join(map(str, WIDTHS))}, {network.n_parameters:,} parameters, ms")
    print(f"both passes            {1e3 * passes:8.1f}   PyTorch {1e3 * torchs:.1f}")
    print(
        f"explaining one weight  {1e3 * told:8.1f}   the first time {1e3 * first:.1f}"
    )
    print(f"table of all gradients {1e3 * table:8.1f}")


if __name__ == "__main__":
    main()
