"""Edges of the story's network: story_edges.py RUN SITES NODES

miRNA sites, candidates with their cis partners, and candidates with coding genes that
change in the same direction; only between nodes of the node table.
"""

import csv
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

COLUMNS = ("source", "target", "kind")


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a table."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t")


def edges(run: Path, sites: Path) -> Iterator[tuple[str, str, str]]:
    """Every edge, as in `COLUMNS`."""
    for row in rows(sites):
        yield row["mirna"], row["target"], "site"
    for row in rows(run / "tables/partners.tsv"):
        if row["is_cis"] == "True":
            yield row["lncrna_transcript"], row["partner_gene"], "cis partner"
    yield from changed_alike(run)


def changed_alike(run: Path) -> Iterator[tuple[str, str, str]]:
    """Candidates and coding genes that change in the same direction."""
    kinds = {row["gene_id"]: row for row in rows(run / "tables/genes.tsv")}
    transcripts: dict[str, list[str]] = {}
    for row in rows(run / "tables/tx2gene.tsv"):
        transcripts.setdefault(row["gene_id"], []).append(row["transcript_id"])
    for direction in ("up", "down"):
        genes = [
            row["gene_id"]
            for row in rows(run / "tables/comparisons.tsv")
            if row["change"] == direction
        ]
        coding = [gene for gene in genes if kinds[gene]["kind"] == "coding"]
        lincrnas = [
            name
            for gene in genes
            if kinds[gene]["is_candidate"] == "True"
            for name in transcripts[gene]
        ]
        for lincrna, gene in product(lincrnas, coding):
            yield lincrna, gene, f"both {direction}"


def main() -> None:
    """Write the edges to standard output."""
    run, sites, nodes = map(Path, sys.argv[1:])
    known = {row["id"] for row in rows(nodes)}
    writer = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(
        edge for edge in edges(run, sites) if edge[0] in known and edge[1] in known
    )


if __name__ == "__main__":
    main()
