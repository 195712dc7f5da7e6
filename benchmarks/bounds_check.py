"""CPU time of checking a sample, beside plain loops over the same predictions.

    python benchmarks/bounds_check.py [--hypotheses 10000] [--examples 10000]

Each hypothesis's mistakes on the sample and on all examples are counted, h_train, h_all
and the largest gap are found. Peers: a loop over hypotheses with NumPy's means, and a
loop over hypotheses and examples in Python (of 20 hypotheses, scaled up).
"""

import argparse
import time
from collections.abc import Callable

import numpy as np

from bioloom.bounds.explaining import explain_check
from bioloom.bounds.losses import losses_of
from bioloom.bounds.representative import check

FEW = 20
Pair = tuple[np.ndarray, np.ndarray]


def numpy_loop(said: np.ndarray, label: np.ndarray, chosen: np.ndarray) -> Pair:
    """Losses by means of comparisons, one hypothesis at a time."""
    sample, population = np.empty(len(said)), np.empty(len(said))
    for row, one in enumerate(said):
        wrong = one != label
        sample[row], population[row] = wrong[chosen].mean(), wrong.mean()
    return sample, population


def python_loop(said: np.ndarray, label: np.ndarray, chosen: np.ndarray) -> Pair:
    """Losses by counting, one example at a time."""
    labels, flags = label.tolist(), chosen.tolist()
    found = []
    for one in said.tolist():
        wrong = [a != b for a, b in zip(one, labels, strict=True)]
        inside = [w for w, flag in zip(wrong, flags, strict=True) if flag]
        found.append((sum(inside) / len(inside), sum(wrong) / len(wrong)))
    sample, population = np.array(found).T
    return sample, population


def seconds(work: Callable[[], object]) -> float:
    """Least CPU time of three runs."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hypotheses", type=int, default=10_000)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.rng_seed)
    shape = options.hypotheses, options.examples
    said = rng.integers(0, 2, shape, dtype=np.int8)
    label = rng.integers(0, 2, options.examples, dtype=np.int8)
    chosen = np.arange(options.examples) < options.examples // 20
    found = check(losses_of(said, label, chosen), tolerance=0.02)
    for peer, part in ((numpy_loop, said), (python_loop, said[:FEW])):
        theirs = np.column_stack(peer(part, label, chosen))
        ours = np.column_stack([found.losses.sample, found.losses.population])
        assert np.allclose(ours[: len(part)], theirs)
    own = seconds(lambda: check(losses_of(said, label, chosen), tolerance=0.02))
    told = seconds(lambda: explain_check(found).to_text())
    by_numpy = seconds(lambda: numpy_loop(said, label, chosen))
    scale = options.hypotheses / FEW
    by_python = scale * seconds(lambda: python_loop(said[:FEW], label, chosen))
    print(f"{shape[0]:,} hypotheses x {shape[1]:,} examples, CPU seconds")
    print(f"bioloom      {own:8.3f}   (its working told: {told:.3f})")
    print(f"NumPy loop   {by_numpy:8.3f}   {by_numpy / own:6.1f} x")
    print(f"Python loop  {by_python:8.3f}   {by_python / own:6.0f} x")


if __name__ == "__main__":
    main()
