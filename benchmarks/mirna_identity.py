"""bioloom's miRNA sites beside RNAhybrid's, pair by pair.

    python benchmarks/mirna_identity.py --pairs 100000 --rng-seed 1

Random and planted pairs under several sets of options; counts sites whose energy,
position or drawing differ, and ends with 1 if any does. RNAhybrid 2.1.2
(`apt-get install rnahybrid`) is run as a program. Its FASTA reader loses letters of
long lines and of a last line without its end, so lines are short here.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search.searcher import Searcher
from bioloom.seq.alphabet import decode
from bioloom.seq.fasta import Record, write_fasta

# options of RNAhybrid and ours; energy limits between two hundredths, because it holds
# its limit in single precision
OPTIONS = {
    "": SearchOptions(),
    "-f 2,7": SearchOptions(seed_region=(2, 7)),
    "-f 2,8": SearchOptions(seed_region=(2, 8)),
    "-u 3 -v 2": SearchOptions(max_loop=3, max_bulge=2),
    "-u 6 -v 15": SearchOptions(max_loop=6),
    "-b 3": SearchOptions(top=3),
    "-b 10": SearchOptions(top=10),
    "-b 5 -e -12.005": SearchOptions(top=5, max_mfe=-12.005),
    "-b 2 -f 2,6 -u 5": SearchOptions(top=2, seed_region=(2, 6), max_loop=5),
}


@dataclass
class Tally:
    pairs: int = 0
    sites: int = 0
    differ: dict[str, int] = field(default_factory=dict)
    shown: int = 0


def random_target(rng: np.random.Generator, mirnas: Sequence[np.ndarray]) -> np.ndarray:
    """30-500 nt, half of them with part of a miRNA's complement, some with unknowns."""
    target = rng.integers(0, 4, rng.integers(30, 501)).astype(np.uint8)
    if rng.random() < 0.5:
        mirna = mirnas[rng.integers(len(mirnas))]
        site = 3 - mirna[::-1]
        site[rng.random(len(site)) < rng.choice([0.05, 0.2, 0.3])] = rng.integers(4)
        cut = rng.integers(0, len(site))
        gap = rng.integers(0, 4, rng.integers(0, 6)).astype(np.uint8)
        site = np.concatenate([site[:cut], gap, site[cut + rng.integers(0, 4) :]])
        at = rng.integers(0, max(1, len(target) - len(site)))
        target[at : at + len(site)] = site[: len(target) - at]
    if rng.random() < 0.1:
        at = rng.integers(len(target))
        target[at : at + rng.integers(1, 40)] = 4
    return target


def rnahybrid(
    mirnas: Sequence[np.ndarray], targets: Sequence[np.ndarray], options: Sequence[str]
) -> dict[tuple[int, int], list[tuple[str, int, tuple[str, ...]]]]:
    """Energy, position and drawing of every site, by target and miRNA."""
    found: dict[tuple[int, int], list[tuple[str, int, tuple[str, ...]]]] = {}
    with TemporaryDirectory() as name:
        paths = []
        for kind, sequences in (("t", targets), ("q", mirnas)):
            paths += [f"-{kind}", str(Path(name) / f"{kind}.fa")]
            letters = (decode(one).replace("T", "U") for one in sequences)
            records = (Record(str(k), one) for k, one in enumerate(letters))
            write_fasta(paths[-1], records)
        command = ["RNAhybrid", "-c", "-s", "3utr_fly", *paths, *options]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        parts = line.split(":")
        sites = found.setdefault((int(parts[0]), int(parts[2])), [])
        if parts[6] != "0":
            sites.append((parts[4], int(parts[6]), tuple(parts[7:11])))
    return found


def ours(
    mirnas: Sequence[np.ndarray], targets: Sequence[np.ndarray], options: SearchOptions
) -> Iterator[tuple[tuple[int, int], list[tuple[str, int, tuple[str, ...]]]]]:
    searcher = Searcher(mirnas, options)
    for number, target in enumerate(targets):
        hits = searcher.search(target)
        sites: dict[int, list[tuple[str, int, tuple[str, ...]]]] = {}
        drawn = searcher.duplexes(target, hits)
        for mirna, duplex in zip(hits.mirna.tolist(), drawn, strict=True):
            site = (f"{duplex.summed:.1f}", duplex.position, duplex.lines)
            sites.setdefault(mirna, []).append(site)
        for mirna in range(len(mirnas)):
            yield (number, mirna), sites.get(mirna, [])


def compare(rng: np.random.Generator, n_pairs: int, flags: str, tally: Tally) -> None:
    options = OPTIONS[flags]
    mirnas = [
        rng.integers(0, 4, rng.integers(18, 27)).astype(np.uint8) for _ in range(20)
    ]
    targets = [random_target(rng, mirnas) for _ in range(-(-n_pairs // 20))]
    theirs = rnahybrid(mirnas, targets, flags.split())
    for pair, sites in ours(mirnas, targets, options):
        expected = theirs.get(pair, [])
        tally.pairs += 1
        tally.sites += len(expected)
        what = difference(sites, expected)
        if what:
            tally.differ[what] = tally.differ.get(what, 0) + 1
            tally.shown += 1
            if tally.shown <= 5:
                target, mirna = decode(targets[pair[0]]), decode(mirnas[pair[1]])
                print(f"{what} ({flags}): {target} {mirna}", sites, expected, sep="\n")


def difference(sites: list, expected: list) -> str:
    if len(sites) != len(expected):
        return "number of sites"
    for k, what in enumerate(("energy", "position", "drawing")):
        if [site[k] for site in sites] != [site[k] for site in expected]:
            return what
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--rng-seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.rng_seed)
    total = 0
    for flags in OPTIONS:
        tally = Tally()
        # several sets of miRNAs each
        for _ in range(5):
            compare(rng, options.pairs // len(OPTIONS) // 5, flags, tally)
        print(
            f"RNAhybrid {flags or '(no option)':18} {tally.pairs:7d} pairs, "
            f"{tally.sites:7d} sites: {tally.differ or 'all identical'}"
        )
        total += sum(tally.differ.values())
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
