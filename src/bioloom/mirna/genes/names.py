"""Which gene each target belongs to: from its header, or from a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from bioloom.errors import BadTable, UnknownName
from bioloom.mirna.inputs.records import Target
from bioloom.run.table_reader import name_of_source, table_blocks

_GENE = re.compile(r"(?:^|\s|\|)gene[=:](\S+)")


def gene_in(description: str) -> str:
    """Gene of a header, ``gene=NAME`` or ``gene:NAME``; empty if it names none.

    Examples
    --------
    >>> gene_in("gene=FBgn0003997 transcript=FBtr0075117 region=3utr")
    'FBgn0003997'
    """
    found = _GENE.search(description)
    return found.group(1) if found else ""


def genes_of(targets: Iterable[Target]) -> dict[str, str]:
    """Gene of each target by its header; a target that names none is its own gene."""
    return {
        target.name: gene_in(target.description) or target.name for target in targets
    }


def read_genes(path: Path) -> dict[str, str]:
    """Read a table of two columns: target, gene; a header may be there or not.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If it has fewer than two columns, or gives a target two genes.
    """
    genes: dict[str, str] = {}
    for block in table_blocks(
        path,
        role="a table of targets and genes",
        has_header=lambda _: False,
        names=("target", "gene", *(f"column {k}" for k in range(3, 33))),
    ):
        if block.shape[1] < 2:
            raise BadTable(
                where=name_of_source(path),
                found="one column",
                expected="two: target, gene",
                advice="Separate them by a tab or a comma.",
            )
        for target, gene in zip(block.iloc[:, 0], block.iloc[:, 1], strict=True):
            if genes.setdefault(target.strip(), gene.strip()) != gene.strip():
                raise BadTable(
                    where=f"{name_of_source(path)}: {target}",
                    found=f"the genes {genes[target.strip()]} and {gene.strip()}",
                    expected="one gene for each target",
                    advice="Remove one of the two rows.",
                )
    return genes


def check_known(genes: Mapping[str, str], targets: Iterable[str], where: str) -> None:
    """Check that every target has a gene.

    Raises
    ------
    UnknownName
        For the first that has none.
    """
    for target in targets:
        if target not in genes:
            raise UnknownName(target, kind="target", where=where, known=tuple(genes))
