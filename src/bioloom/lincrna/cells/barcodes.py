"""Which barcodes are cells, and which reads belong to them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dnaio

from bioloom.errors import BadInput, MissingFile
from bioloom.lincrna.errors import NoCells
from bioloom.lincrna.inputs.chemistry import BARCODE_NT, Chemistry
from bioloom.run.output import open_aside, open_text

MIN_LISTED_FRACTION = 0.1
MIN_READS = 10


@dataclass(frozen=True, slots=True)
class CellBarcodes:
    """The cells of a sample.

    Parameters
    ----------
    counts
        Reads with exactly this barcode, of each cell, most first.
    neighbours
        Barcodes one substitution away from a single cell, by cell: their reads are
        given to it.
    all_counts
        Reads of every barcode seen, most first, for the knee plot.
    n_reads
        Reads in all.
    """

    counts: Mapping[str, int]
    neighbours: Mapping[str, Mapping[str, int]]
    all_counts: Sequence[int]
    n_reads: int

    @property
    def n_exact(self) -> int:
        """Reads whose barcode is a cell's."""
        return sum(self.counts.values())

    @property
    def n_corrected(self) -> int:
        """Reads whose barcode is one substitution away from a cell's."""
        return sum(sum(counts.values()) for counts in self.neighbours.values())


def count_barcodes(read_1: Path, chemistry: Chemistry) -> Counter[str]:
    """Reads of each barcode; reads shorter than barcode and UMI are left out."""
    counts: Counter[str] = Counter()
    with dnaio.open(read_1) as reader:
        for record in reader:
            if len(record) >= chemistry.read_nt:
                counts[record.sequence[:BARCODE_NT]] += 1
    return counts


def choose_cells(
    sample: str,
    counts: Mapping[str, int],
    *,
    n_cells: int | None = None,
    listed: Collection[str] | None = None,
) -> CellBarcodes:
    """Choose the cells of a sample and correct barcodes with one error.

    Parameters
    ----------
    sample
        Name, for messages.
    counts
        Reads of each barcode.
    n_cells
        Most cells to take, those with the most reads; None takes those above the knee
        of the curve of reads by rank.
    listed
        Barcodes that the kit has; None takes any without N.

    Raises
    ------
    NoCells
        If no barcode stands out.
    BadInput
        If almost no read has a listed barcode.
    """
    total = sum(counts.values())
    allowed = {
        barcode: n
        for barcode, n in counts.items()
        if "N" not in barcode and (listed is None or barcode in listed)
    }
    if listed is not None and sum(allowed.values()) < MIN_LISTED_FRACTION * total:
        raise BadInput(
            where=f"sample {sample}",
            found=f"{sum(allowed.values())} of {total} reads with a listed barcode",
            expected=f"at least {MIN_LISTED_FRACTION:.0%}",
            advice="Give the barcode list of this kit (v2 and v3 differ), or no list.",
        )
    ranked = sorted(allowed.items(), key=lambda item: (-item[1], item[0]))
    n_chosen = _n_above_knee([n for _, n in ranked]) if n_cells is None else n_cells
    cells = dict(ranked[:n_chosen])
    if not cells:
        raise NoCells(sample, n_barcodes=len(allowed), n_reads=total)
    return CellBarcodes(
        counts=cells,
        neighbours=_neighbours(cells, counts),
        all_counts=sorted(counts.values(), reverse=True),
        n_reads=total,
    )


def _n_above_knee(counts: Sequence[int]) -> int:
    """Number of barcodes above the knee of the cumulative curve, by `umi_tools`."""
    from umi_tools.whitelist_methods import getKneeEstimateDistance

    if len(counts) < 3 or counts[0] < MIN_READS:
        return 0
    return len(getKneeEstimateDistance(Counter(dict(enumerate(counts)))))


def _neighbours(
    cells: Mapping[str, int], counts: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    neighbours: dict[str, dict[str, int]] = {cell: {} for cell in cells}
    for barcode, n in sorted(counts.items()):
        if barcode not in cells:
            near = [other for other in one_error_away(barcode) if other in cells]
            if len(near) == 1:
                neighbours[near[0]][barcode] = n
    return neighbours


def one_error_away(barcode: str) -> Iterator[str]:
    """Barcodes that differ by one substitution.

    Examples
    --------
    >>> list(one_error_away("A"))
    ['C', 'G', 'T']
    """
    for place, letter in enumerate(barcode):
        for other in "ACGT":
            if other != letter:
                yield barcode[:place] + other + barcode[place + 1 :]


def read_barcode_list(path: Path) -> frozenset[str]:
    """Read a kit's barcode list, one per line, plain or gzip; ``-1`` is dropped.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadInput
        If a line is not a barcode of 16 bases.
    """
    if not path.is_file():
        raise MissingFile(path, role="a list of cell barcodes")
    with open_text(path) as stream:
        barcodes = [line.strip().removesuffix("-1") for line in stream]
    for number, barcode in enumerate(barcodes, 1):
        if len(barcode) != BARCODE_NT or not set(barcode) <= set("ACGT"):
            raise BadInput(
                where=f"{path}: line {number}",
                found=repr(barcode[:40]),
                expected=f"a cell barcode of {BARCODE_NT} letters ACGT",
                advice="Give the kit's list, e.g. 3M-february-2018.txt.gz for v3.",
            )
    return frozenset(barcodes)


def write_whitelist(cells: CellBarcodes, path: Path) -> None:
    """Write the cells in the form that ``umi_tools extract --whitelist`` reads."""
    with open_aside(path) as stream:
        for cell, n in sorted(cells.counts.items()):
            near = cells.neighbours[cell]
            columns = (cell, ",".join(near), str(n), _joined(near.values()))
            stream.write("\t".join(columns) + "\n")


def _joined(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
