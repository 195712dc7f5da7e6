"""Memory and coordinates on one very long target.

    python benchmarks/mirna_memory.py [--mb 1000]

Writes a target of one line and that many million bases with a miRNA's perfect site near
its end, predicts the best site in a process of its own, and prints seconds, the largest
resident memory, and whether the site is where it was put.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
SITE = b"AACTATACAACCTACTACCTCA"
BEFORE_END = 12_345


def write_target(path: Path, n_bases: int) -> int:
    """One record on one line; where the site begins."""
    rng = np.random.default_rng(1)
    letters = np.frombuffer(b"ACGT", dtype=np.uint8)
    start = n_bases - BEFORE_END
    with path.open("wb") as stream:
        stream.write(b">long\n")
        for first in range(0, n_bases, 1 << 24):
            size = min(1 << 24, n_bases - first)
            block = bytearray(letters[rng.integers(0, 4, size, dtype=np.uint8)])
            if first <= start < first + size - len(SITE):
                block[start - first : start - first + len(SITE)] = SITE
            stream.write(block)
    return start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mb", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mirna.fa").write_text(f">let-7\n{LET7}\n")
        start = write_target(folder / "target.fa", options.mb * 1_000_000)
        began = time.perf_counter()
        program = Path(sys.executable).with_name("bioloom")
        done = subprocess.run(
            [
                program,
                "mirna",
                "predict",
                "mirna.fa",
                "target.fa",
                "--p-values",
                "none",
            ],
            **{"cwd": folder, "capture_output": True, "text": True, "check": True},
        )
        seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    fields = done.stdout.splitlines()[1].split("\t")
    is_right = int(fields[2]) == start and int(fields[3]) == start + len(SITE)
    print(
        f"{options.mb} Mb in {seconds:.0f} s, {peak_mb:.0f} MB resident at most;",
        end=" ",
    )
    print("the site is where it was put" if is_right else f"wrong: {fields[:5]}")


if __name__ == "__main__":
    main()
