"""Time De Bruijn sequences against lyndon-words (PyPI) in one run.

    pip install lyndon-words
    python benchmarks/debruijn_sequence.py [--order 10]

CPU seconds of one thread, the median of 9 runs, over four letters; the compiler is left
out. Both sides keep all letter numbers but
where they are "streamed"; "as text" is ACGT on our side alone. Prints the
figures of `docs/debruijn.md`.
"""

import argparse
import time

import lyndon_words
import numpy as np

from bioloom.debruijn.sequences.generate import blocks, generate
from bioloom.debruijn.sequences.words import Words


def cpu_seconds(work, n_runs=9):
    times = []
    for _ in range(n_runs):
        begin = time.process_time()
        found = work()
        times.append(time.process_time() - begin)
    return sorted(times)[n_runs // 2], found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--order", type=int, default=10)
    order = parser.parse_args().order
    methods = ("least", "euler", "random")
    for method in methods:
        "".join(generate("ACGT", 2, method=method))  # compile
    theirs, expected = cpu_seconds(
        lambda: lyndon_words.de_bruijn(alphabet_size=4, length=order)
    )
    print(f"lyndon-words    {1000 * theirs:8.2f} ms")
    words = Words("ACGT", order)
    for method in methods:
        ours, parts = cpu_seconds(lambda m=method: list(blocks(words, m)))
        print(f"{method:15s} {1000 * ours:8.2f} ms, {theirs / ours:.0f} times as fast")
        if method == "least":
            same = np.array_equal(np.concatenate(parts), expected)
            print(f"                the same sequence: {same}")
    ours, n = cpu_seconds(lambda: sum(len(one) for one in blocks(words)))
    print(
        f"least, streamed {1000 * ours:8.2f} ms, {theirs / ours:.0f} times as fast, {n}"
    )
    ours, _ = cpu_seconds(lambda: "".join(generate("ACGT", order)))
    print(f"least, as text  {1000 * ours:8.2f} ms, {theirs / ours:.0f} times as fast")


if __name__ == "__main__":
    main()
