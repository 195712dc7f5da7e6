"""Time De Bruijn sequences against lyndon-words (PyPI) in one run.

    pip install lyndon-words
    python benchmarks/debruijn_sequence.py [--order 10]

CPU seconds of one thread over the alphabet ACGT; numba's compiling is left out. Prints
the figures of `docs/debruijn.md`.
"""

import argparse
import time

import lyndon_words

from bioloom.debruijn.sequence import generate


def cpu_seconds(work):
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def peer(order) -> tuple[int, ...]:
    return lyndon_words.de_bruijn(alphabet_size=4, length=order)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--order", type=int, default=10)
    order = parser.parse_args().order
    methods = ("least", "euler", "random")
    for method in methods:
        "".join(generate("ACGT", 2, method=method))  # compile
    theirs, letters = cpu_seconds(lambda: peer(order))
    least = min(letters)
    expected = "".join("ACGT"[letter - least] for letter in letters)
    print(f"lyndon-words   {theirs:8.3f} s")
    for method in methods:
        times = []
        for _ in range(5):
            seconds, text = cpu_seconds(
                lambda m=method: "".join(generate("ACGT", order, method=m))
            )
            times.append(seconds)
        ours = sorted(times)[2]
        same = f", same sequence: {text == expected}" if method == "least" else ""
        print(f"{method:14s} {ours:8.4f} s, {theirs / ours:.0f} times as fast{same}")


if __name__ == "__main__":
    main()
