"""What is understood of the heads of real annotations in a score of dialects.

    python benchmarks/dialects.py ../shared/data/lincrna/dialects

Prints the table of docs/annotations.md: for each file its rows, the transcripts made of
them, how many have a CDS, their kinds, and what was decided while reading.
"""

import argparse
from collections import Counter
from pathlib import Path

from bioloom.genome.gtf import read_annotation
from bioloom.genome.kinds import KINDS, meanings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print("\n".join(table(parser.parse_args().folder)))


def table(folder: Path) -> list[str]:
    """Rows of the table, in Markdown."""
    heads = ("file", "rows", "transcripts", "with CDS", "kinds", "said while reading")
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    for path in sorted(folder.glob("*.gz")):
        cells = (path.name.removesuffix(".gz"), *described(path))
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def described(path: Path) -> tuple[object, ...]:
    """Counts of one file; alignments are read as an assembly's."""
    matches = "gmap" in path.name or "pasa" in path.name
    annotation = read_annotation(path, matches=matches)
    kinds = Counter(meaning.kind for meaning in meanings(annotation.transcripts))
    return (
        sum(annotation.row_types.values()),
        len(annotation.transcripts),
        sum(bool(tx.cds) for tx in annotation.transcripts),
        ", ".join(f"{kind} {kinds[kind]}" for kind in KINDS if kinds[kind]),
        len(annotation.warnings),
    )


if __name__ == "__main__":
    main()
