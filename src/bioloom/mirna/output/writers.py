"""Files of predicted sites: TSV, JSON Lines, RNAhybrid's lines, BED12, GFF3, Parquet.

Sites come target by target and are written as they come. A false discovery rate needs
all of them: where there are p-values, the table goes to a temporary file first, and its
q column is filled in at the end.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import PackageMissing
from bioloom.genome.transcript import Span
from bioloom.mirna.chance.false_discovery import false_discovery_rates
from bioloom.mirna.options import Format
from bioloom.mirna.output.result import COLUMNS, Sites, column_names
from bioloom.run.output import open_aside, written_aside

_Q = "\x00"  # placeholder of a q that is not known yet


def write_sites(
    sites: Iterable[Sites],
    path: Path,
    form: Format,
    *,
    n_pairs: int,
) -> int:
    """Write sites as they come; return their number.

    Parameters
    ----------
    sites
        Target by target.
    path
        File, or "-" for standard output.
    form
        Its format.
    n_pairs
        Pairs of a miRNA and a target that were tested, for q.

    Raises
    ------
    PackageMissing
        If Parquet is asked for and pyarrow is not installed.
    """
    if form == "parquet":
        return _write_parquet(sites, path, n_pairs)
    with open_aside(path) as stream:
        if form not in _TABLES:
            stream.write(_HEADINGS.get(form, ""))
            rows = RowWriter(form, stream)
            rows.write_all(sites)
            return rows.facts().n_sites
        with TemporaryFile("w+", encoding="utf-8") as table:
            rows = RowWriter(form, table)
            rows.write_all(sites)
            table.seek(0)
            facts = rows.facts()
            write_rows(form, stream, table, facts, n_pairs=n_pairs)
    return facts.n_sites


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What the rows of a file do not say, of all its sites.

    Parameters
    ----------
    columns
        Names of the columns of a table.
    p
        p-value of each site, shape (n,).
    is_best
        Whether each is the best of its pair, shape (n,).
    """

    columns: tuple[str, ...]
    p: NDArray[np.float64]
    is_best: NDArray[np.bool_]

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.p)


class RowWriter:
    """Writes sites as they come, without a heading; q of a table is filled in later.

    Parameters
    ----------
    form
        Format, but Parquet.
    stream
        Text file.
    """

    def __init__(self, form: Format, stream: IO[str]) -> None:
        self._stream = stream
        self._lines = _TABLES[form].lines if form in _TABLES else _LINES[form]
        self._columns = column_names(())
        self._p, self._is_best = [np.empty(0)], [np.empty(0, dtype=bool)]

    def write_all(self, every: Iterable[Sites]) -> None:
        """Write the sites of several targets."""
        for sites in every:
            self._columns = column_names((sites,))
            self._p.append(sites.p)
            self._is_best.append(sites.is_best)
            self._stream.writelines(self._lines(sites))

    def facts(self) -> RowFacts:
        """Of all sites that were written."""
        p, is_best = np.concatenate(self._p), np.concatenate(self._is_best)
        return RowFacts(self._columns, p, is_best)


def write_rows(
    form: Format, stream: IO[str], rows: Iterable[str], facts: RowFacts, *, n_pairs: int
) -> None:
    """Write a whole file of rows that `RowWriter` wrote, with heading and q.

    Parameters
    ----------
    form
        Format, but Parquet.
    stream
        Where to.
    rows
        Lines, in the order of the sites of `facts`.
    facts
        Of all sites.
    n_pairs
        Pairs of a miRNA and a target that were tested.
    """
    if form not in _TABLES:
        stream.write(_HEADINGS.get(form, ""))
        stream.writelines(rows)
        return
    if form == "tsv":
        stream.write("\t".join(facts.columns) + "\n")
    unknown = _TABLES[form].unknown
    rates = false_discovery_rates(facts.p, facts.is_best, n_pairs)
    for line, q in zip(rows, rates.tolist(), strict=True):
        shown = unknown if math.isnan(q) else f"{q:.3g}"
        stream.write(line.replace(_Q, shown, 1))


def _tsv_lines(sites: Sites) -> Iterator[str]:
    if len(sites):
        rows = zip(*_cells(sites.columns()).values(), strict=True)
        yield "\n".join(map("\t".join, rows)) + "\n"


def _json_lines(sites: Sites) -> Iterator[str]:
    """One object per site: numbers as in the table, null where there is none."""
    columns = sites.columns()
    cells = _cells(columns)
    is_text = {name: each.dtype.kind not in "iuf" for name, each in columns.items()}
    values = {
        name: [json.dumps(cell, ensure_ascii=False) for cell in column]
        if is_text.get(name)
        else [cell or "null" for cell in column]
        for name, column in cells.items()
    }
    for row in zip(*values.values(), strict=True):
        pairs = (f'"{name}": {cell}' for name, cell in zip(values, row, strict=True))
        yield "{" + ", ".join(pairs) + "}\n"


def _cells(columns: Mapping[str, NDArray]) -> dict[str, list[str]]:
    """Each column as text, in the order of the table; q is not known yet."""
    shown = {name: _shown(name, column) for name, column in columns.items()}
    shown["q"] = [_Q] * len(shown["mirna"])
    extra = (name for name in columns if name not in COLUMNS)
    return {name: shown[name] for name in (*COLUMNS, *extra)}


class _Table(NamedTuple):
    """A format with a column q: its lines, and how an unknown number is written."""

    lines: Callable[[Sites], Iterator[str]]
    unknown: str


_TABLES: Mapping[str, _Table] = {
    "tsv": _Table(_tsv_lines, ""),
    "jsonl": _Table(_json_lines, "null"),
}
_HEADINGS: Mapping[str, str] = {"gff3": "##gff-version 3\n"}
_DECIMALS = {
    "mfe": "%.2f",
    "perfect_mfe": "%.2f",
    "mfe_ratio": "%.4f",
    "score": "%.3f",
    "expectation": "%.1f",
    "opening_energy": "%.2f",
    "mfe_and_opening": "%.2f",
    "relative_position": "%.4f",
    "aligned_species": "%.0f",
    "seed_conservation": "%.4f",
    "conservation": "%.4f",
}
_SHORT = {"p": "%.3g"}
_FORMS = _DECIMALS | _SHORT


def _shown(name: str, column: NDArray[Any]) -> list[str]:
    form, values = _FORMS.get(name), column.tolist()
    if form is None:
        return list(map(str, values))
    if np.isnan(column).any():
        return ["" if math.isnan(value) else form % value for value in values]
    # one format of all of them is twice as fast as one of each
    return ("\n".join([form] * len(values)) % tuple(values)).splitlines()


def _rnahybrid_lines(sites: Sites) -> Iterator[str]:
    """What ``RNAhybrid -c`` prints: colon-separated."""
    hits = sites.hits
    rows = zip(
        hits.mirna.tolist(),
        hits.summed.tolist(),
        sites.p.tolist(),
        hits.position.tolist(),
        sites.lines.tolist(),
        strict=True,
    )
    for number, energy, p, position, lines in rows:
        chance = 1.0 if math.isnan(p) else p
        yield (
            f"{sites.target}:{sites.target_nt}:{sites.mirnas.names[number]}:"
            f"{sites.mirnas.lengths[number]}:{energy:.1f}:{chance:.6f}:{position}:"
            f"{':'.join(lines)}\n"
        )


def _bed_lines(sites: Sites) -> Iterator[str]:
    """BED12; the score is 1000 times the energy over the perfect duplex's."""
    ratios = sites.ratio
    for row, (chrom, strand, blocks) in _placed(sites):
        start, end = blocks[0][0], blocks[-1][1]
        score = round(1000 * float(np.clip(ratios[row], 0, 1)))
        sizes = ",".join(str(right - left) for left, right in blocks)
        starts = ",".join(str(left - start) for left, _ in blocks)
        place = (chrom, start, end, sites.names[row], score, strand, start, end, 0)
        yield _tabbed([*place, len(blocks), sizes, starts])


def _gff3_lines(sites: Sites) -> Iterator[str]:
    mfe, p = sites.hits.mfe.tolist(), sites.p.tolist()
    for row, (chrom, strand, blocks) in _placed(sites):
        name = sites.names[row]
        notes = {
            "ID": f"{sites.target}:{name}:{sites.hits.start[row] + 1}",
            "Name": str(name),
            "target": sites.target,
            "seed": sites.seeds.names[row],
        }
        notes |= {} if math.isnan(p[row]) else {"p": f"{p[row]:.3g}"}
        text = ";".join(f"{key}={_escaped(value)}" for key, value in notes.items())
        for start, end in blocks:
            place = (chrom, "bioloom", "miRNA_binding_site", start + 1, end)
            yield _tabbed([*place, f"{mfe[row]:.2f}", strand, ".", text])


def _tabbed(cells: Sequence[object]) -> str:
    return "\t".join(map(str, cells)) + "\n"


_LINES: Mapping[str, Callable[[Sites], Iterator[str]]] = {
    "rnahybrid": _rnahybrid_lines,
    "bed": _bed_lines,
    "gff3": _gff3_lines,
}


def _escaped(value: str) -> str:
    """Text without the letters that GFF3 reserves in its ninth column."""
    for letter in "%;=&,\t\n":
        value = value.replace(letter, f"%{ord(letter):02X}")
    return value


class _Place(NamedTuple):
    """Position of a site on a genome, or on its target."""

    chrom: str
    strand: str
    blocks: tuple[Span, ...]


class _PlacedSite(NamedTuple):
    """Row of a site, and its position."""

    row: int
    place: _Place


def _placed(sites: Sites) -> Iterator[_PlacedSite]:
    """Position of each site: on its target where there is none on a genome.

    Sites that reach into a poly(A) tail lie nowhere on a genome and are left out.
    """
    for row in range(len(sites)):
        if sites.place is None:
            yield _PlacedSite(row, _Place(sites.target, "+", sites.spans(row)))
        elif blocks := sites.blocks(row):
            tx = sites.place.blocks
            yield _PlacedSite(row, _Place(tx.chrom, tx.strand, blocks))


def _write_parquet(sites: Iterable[Sites], path: Path, n_pairs: int) -> int:
    if find_spec("pyarrow") is None:
        raise PackageMissing("pyarrow", extra="mirna")  # noqa: EM101
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts, is_best, names = [], [np.empty(0, dtype=bool)], column_names(())
    for part in sites:
        names = column_names((part,))
        parts.append(pa.table(part.columns()))
        is_best.append(part.is_best)
    table = pa.concat_tables(parts)
    p = table.column("p").to_numpy()
    q = false_discovery_rates(p, np.concatenate(is_best), n_pairs)
    table = table.append_column("q", pa.array(q)).select([*names])
    with written_aside(path) as target:
        pq.write_table(table, target)
    return int(table.num_rows)
