"""Which barcodes a sample has, which are errors, and which stand above the knee."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bioloom.errors import BadInput, MissingFile
from bioloom.lincrna.cells.knee import n_above_knee
from bioloom.lincrna.errors import NoCells
from bioloom.lincrna.inputs.cell_facts import COUNTS, read_counts
from bioloom.run.output import open_aside, open_text

MIN_LISTED_FRACTION = 0.1
_GROUP = re.compile(r"-\d+$")
"""What CellRanger writes behind a barcode: the number of its library."""
MIN_FOLD = 10
"""A barcode is an error of another one base away with so many times its reads."""


@dataclass(frozen=True, slots=True)
class BarcodeList:
    """Barcodes that a kit has: one list, or one for each part of the barcode.

    Parameters
    ----------
    parts
        Words of each part.
    lengths
        Length of each part but the last, which takes the rest.
    """

    parts: tuple[frozenset[str], ...]
    lengths: tuple[int, ...] = ()

    def __contains__(self, barcode: str) -> bool:
        """Whether each part of a barcode is in its list."""
        if len(self.parts) == 1:
            return barcode in self.parts[0]
        start = 0
        for words, length in zip(
            self.parts, [*self.lengths, len(barcode)], strict=True
        ):
            if barcode[start : start + length] not in words:
                return False
            start += length
        return True


@dataclass(frozen=True, slots=True)
class SampleBarcodes:
    """The barcodes of a sample.

    Parameters
    ----------
    counts
        Reads of each barcode that stays, those with an error in it included, most
        first.
    corrections
        Barcodes with one error, and the barcode each is taken for.
    above
        Barcodes that stand above the knee (or the number asked for), most reads first.
    n_reads
        Reads with a whole barcode and UMI.
    ranked
        Reads of every barcode, most first, those that no list has included.
    """

    counts: Mapping[str, int]
    corrections: Mapping[str, str]
    above: Sequence[str]
    n_reads: int
    ranked: Sequence[int]


def choose_barcodes(
    sample: str,
    counts: Mapping[str, int],
    *,
    n_cells: int | None = None,
    listed: Collection[str] | BarcodeList | None = None,
) -> SampleBarcodes:
    """Correct barcodes with one error, and find those above the knee.

    With a kit's list an unlisted barcode is taken for the listed one a single
    substitution away; without, a barcode is taken for the one a substitution away that
    has ten times its reads. One that could be two barcodes is taken for neither. The
    knee is found on all barcodes, before the list narrows them: a list that lacks the
    ambient barcodes would move it.

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
    corrections = (
        corrected_by_reads(counts)
        if listed is None
        else corrected_by_list(counts, listed)
    )
    total = sum(counts.values())
    joined: Counter[str] = Counter()
    for barcode, n in counts.items():
        joined[corrections.get(barcode, barcode)] += n
    allowed = {
        barcode: n
        for barcode, n in joined.items()
        if (barcode in listed if listed is not None else "N" not in barcode)
    }
    if listed is not None and sum(allowed.values()) < MIN_LISTED_FRACTION * total:
        raise _unlisted(sample, sum(allowed.values()), total)
    ranked = sorted(joined.values(), reverse=True)
    in_order = sorted(allowed.items(), key=lambda item: (-item[1], item[0]))
    above = _above(in_order, ranked, n_cells)
    if not above:
        raise NoCells(sample, n_barcodes=len(joined), n_reads=total)
    return SampleBarcodes(dict(in_order), corrections, above, total, ranked)


def _above(
    in_order: Sequence[tuple[str, int]], ranked: Sequence[int], n_cells: int | None
) -> list[str]:
    if n_cells is not None:
        return [barcode for barcode, _ in in_order[:n_cells]]
    n_above = n_above_knee(ranked)
    least = ranked[n_above - 1] if n_above else ranked[0] + 1 if ranked else 1
    return [barcode for barcode, n in in_order if n >= least]


def _unlisted(sample: str, n_listed: int, total: int) -> BadInput:
    return BadInput(
        where=f"sample {sample}",
        found=f"{n_listed} of {total} reads with a listed barcode",
        expected=f"at least {MIN_LISTED_FRACTION:.0%}",
        advice="Give the barcode list of this kit (v2 and v3 differ), or no list.",
    )


def corrected_by_list(
    counts: Mapping[str, int], listed: Collection[str] | BarcodeList
) -> dict[str, str]:
    """Unlisted barcodes one substitution away from a listed one, and that one.

    Of several listed ones that with ten times the reads of each other is taken, or
    none.
    """
    corrections = {}
    for barcode in counts:
        if barcode not in listed:
            near = [other for other in one_error_away(barcode) if other in listed]
            near.sort(key=lambda other: counts.get(other, 0), reverse=True)
            first, second = [counts.get(other, 0) for other in (*near, "", "")][:2]
            if len(near) == 1 or first >= MIN_FOLD * max(1, second):
                corrections[barcode] = near[0]
    return corrections


def corrected_by_reads(counts: Mapping[str, int]) -> dict[str, str]:
    """Barcodes one substitution from one with ten times the reads, and that one."""
    parents: dict[str, set[str]] = {}
    for barcode, n in counts.items():
        if n >= MIN_FOLD and "N" not in barcode:
            for other in one_error_away(barcode, letters="ACGTN"):
                if 0 < MIN_FOLD * counts.get(other, 0) <= n:
                    parents.setdefault(other, set()).add(barcode)
    return {
        barcode: next(iter(near))
        for barcode, near in parents.items()
        if len(near) == 1 and not near & parents.keys()
    }


def one_error_away(barcode: str, letters: str = "ACGT") -> Iterator[str]:
    """Barcodes that differ by one substitution.

    Examples
    --------
    >>> list(one_error_away("A"))
    ['C', 'G', 'T']
    """
    for place, letter in enumerate(barcode):
        for other in letters:
            if other != letter:
                yield barcode[:place] + other + barcode[place + 1 :]


def read_barcode_lists(paths: Sequence[Path], parts_nt: Sequence[int]) -> BarcodeList:
    """Read a kit's barcode lists, plain or packed.

    The first word of a line counts; ``-1`` behind it is dropped.

    Parameters
    ----------
    paths
        One list of whole barcodes, or one for each part of the barcode, in the order
        of the parts in the read.
    parts_nt
        Length of each part, the longest where it varies.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadInput
        If a line is not a barcode of this length, or there are more or fewer lists
        than parts.
    """
    if len(paths) == 1:
        return BarcodeList((_read_words(paths[0], sum(parts_nt)),))
    if len(paths) != len(parts_nt):
        raise BadInput(
            where="barcodes",
            found=f"{len(paths)} lists",
            expected=f"one list, or {len(parts_nt)}: one for each part of the barcode",
            advice="Separate the files with commas, in the order of the read.",
        )
    words = [
        _read_words(path, length) for path, length in zip(paths, parts_nt, strict=True)
    ]
    return BarcodeList(tuple(words), tuple(parts_nt[:-1]))


def _read_words(path: Path, most_nt: int) -> frozenset[str]:
    """First word of each line, without CellRanger's number behind it."""
    if not path.is_file():
        raise MissingFile(path, role="a list of cell barcodes")
    barcodes = set()
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            words = re.split(r"[\s,;]", line.strip(), maxsplit=1)
            barcode = _GROUP.sub("", words[0].upper())
            if not line.strip():
                continue
            is_long = most_nt - 3 <= len(barcode) <= most_nt  # inDrop's vary by three
            if not is_long or not set(barcode) <= set("ACGT"):
                raise BadInput(
                    where=f"{path}: line {number}",
                    found=repr(line.strip()[:40]),
                    expected=f"a cell barcode of {most_nt} letters ACGT",
                    advice="Give the kit's list, e.g. 3M-february-2018.txt.gz for v3.",
                )
            barcodes.add(barcode)
    return frozenset(barcodes)


def write_barcodes(barcodes: SampleBarcodes, folder: Path) -> None:
    """Write ``barcodes.tsv.gz`` (barcode, reads) and ``corrections.tsv.gz``."""
    with open_aside(folder / COUNTS) as stream:
        for barcode, n in barcodes.counts.items():
            stream.write(f"{barcode}\t{n}\n")
    with open_aside(folder / "corrections.tsv.gz") as stream:
        for wrong, right in sorted(barcodes.corrections.items()):
            stream.write(f"{wrong}\t{right}\n")


def read_barcodes(folder: Path) -> dict[str, str]:
    """The barcode that each barcode of a sample is taken for, itself mostly."""
    taken = {barcode: barcode for barcode in read_counts(folder)}
    with open_text(folder / "corrections.tsv.gz") as stream:
        for line in stream:
            wrong, right = line.rstrip("\n").split("\t")
            if right in taken:
                taken[wrong] = right
    return taken
