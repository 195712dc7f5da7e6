"""Files of predicted sites: TSV, JSON Lines, RNAhybrid's lines, BED12, GFF3, Parquet.

Sites come target by target and are written as they come. A false discovery rate needs
them all: where there are p-values, the table is written aside and its q column filled
in at the end.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import PackageMissing, UnknownName
from bioloom.genome.transcript import Span, Transcript
from bioloom.mirna.output.result import COLUMNS, Sites
from bioloom.run.output import open_aside, written_aside
from bioloom.statistics.multiple_testing import benjamini_hochberg

Format = Literal["tsv", "jsonl", "rnahybrid", "bed", "gff3", "parquet"]
Transcripts = Mapping[str, Transcript]

_Q = "\x00"  # stands for a q not yet known


def write_sites(
    sites: Iterable[Sites],
    path: Path,
    form: Format,
    transcripts: Transcripts | None = None,
) -> int:
    """Write sites as they come and return how many there were.

    Parameters
    ----------
    sites
        Target by target.
    path
        File, or "-" for standard output.
    form
        Its format.
    transcripts
        Where the targets lie on a genome, by name: BED and GFF3 are then lifted to it.

    Raises
    ------
    UnknownName
        If a target is none of these transcripts.
    PackageMissing
        If Parquet is asked for and pyarrow is not installed.
    """
    if form == "parquet":
        return _write_parquet(sites, path)
    if form in ("tsv", "jsonl"):
        return _write_table(sites, path, form)
    lines: Callable[[Sites, Transcripts | None], Iterator[str]]
    lines = {"rnahybrid": _rnahybrid_lines, "bed": _bed_lines, "gff3": _gff3_lines}[
        form
    ]
    n = 0
    with open_aside(path) as stream:
        if form == "gff3":
            stream.write("##gff-version 3\n")
        for one in sites:
            n += len(one)
            stream.writelines(lines(one, transcripts))
    return n


def _write_table(
    sites: Iterable[Sites], path: Path, form: Literal["tsv", "jsonl"]
) -> int:
    lines, unknown = _TABLES[form]
    p: list[NDArray[np.float64]] = []
    with open_aside(path) as stream, TemporaryFile("w+", encoding="utf-8") as kept:
        if form == "tsv":
            stream.write("\t".join(COLUMNS) + "\n")
        for one in sites:
            p.append(one.p)
            kept.writelines(lines(one))
        known = np.concatenate([np.empty(0), *p])
        kept.seek(0)
        if np.isnan(known).any() or not len(known):
            stream.writelines(line.replace(_Q, unknown, 1) for line in kept)
        else:
            for line, q in zip(kept, benjamini_hochberg(known).tolist(), strict=True):
                stream.write(line.replace(_Q, f"{q:.3g}", 1))
    return len(known)


def _tsv_lines(sites: Sites) -> Iterator[str]:
    for row in zip(*_cells(sites).values(), strict=True):
        yield "\t".join(row) + "\n"


def _json_lines(sites: Sites) -> Iterator[str]:
    """An object a site: numbers as in the table, null where there is none."""
    cells = _cells(sites)
    columns = sites.columns()
    is_text = {name: one.dtype.kind not in "iuf" for name, one in columns.items()}
    told = {
        name: [json.dumps(cell, ensure_ascii=False) for cell in column]
        if is_text.get(name)
        else [cell or "null" for cell in column]
        for name, column in cells.items()
    }
    for row in zip(*told.values(), strict=True):
        pairs = (f'"{name}": {cell}' for name, cell in zip(told, row, strict=True))
        yield "{" + ", ".join(pairs) + "}\n"


def _cells(sites: Sites) -> dict[str, list[str]]:
    """Each column as text; q is not yet known."""
    shown = {name: _shown(name, column) for name, column in sites.columns().items()}
    shown["q"] = [_Q] * len(sites)
    return {name: shown[name] for name in COLUMNS}


_TABLES = {"tsv": (_tsv_lines, ""), "jsonl": (_json_lines, "null")}
_DECIMALS = {"mfe": "%.2f", "perfect_mfe": "%.2f", "mfe_ratio": "%.4f", "score": "%.3f"}
_SHORT = {"p": "%.3g"}


def _shown(name: str, column: NDArray[Any]) -> list[str]:
    form = _DECIMALS.get(name) or _SHORT.get(name)
    if form is None:
        return [str(value) for value in column.tolist()]
    return ["" if math.isnan(value) else form % value for value in column.tolist()]


def _rnahybrid_lines(sites: Sites, _: Transcripts | None) -> Iterator[str]:
    """What ``RNAhybrid -c`` prints: colon-separated."""
    hits = sites.hits
    rows = zip(
        *(hits.mirna.tolist(), hits.summed.tolist(), sites.p.tolist()),
        *(hits.position.tolist(), sites.lines.tolist()),
        strict=True,
    )
    for number, energy, p, position, lines in rows:
        chance = 1.0 if math.isnan(p) else p
        yield (
            f"{sites.target}:{sites.target_nt}:{sites.mirna_names[number]}:"
            f"{sites.mirna_nt[number]}:{energy:.1f}:{chance:.6f}:{position}:"
            f"{':'.join(lines)}\n"
        )


def _bed_lines(sites: Sites, transcripts: Transcripts | None) -> Iterator[str]:
    """BED12; the score is 1000 times the part of the perfect duplex's energy."""
    ratios = sites.hits.units / sites.perfect[sites.hits.mirna]
    for row, (chrom, strand, blocks) in enumerate(_placed(sites, transcripts)):
        start, end = blocks[0][0], blocks[-1][1]
        name = sites.mirna_names[sites.hits.mirna[row]]
        score = round(1000 * float(np.clip(ratios[row], 0, 1)))
        sizes = ",".join(str(right - left) for left, right in blocks)
        starts = ",".join(str(left - start) for left, _ in blocks)
        told = (chrom, start, end, name, score, strand, start, end, 0)
        yield "\t".join(map(str, (*told, len(blocks), sizes, starts))) + "\n"


def _gff3_lines(sites: Sites, transcripts: Transcripts | None) -> Iterator[str]:
    mfe, p = sites.hits.mfe.tolist(), sites.p.tolist()
    for row, (chrom, strand, blocks) in enumerate(_placed(sites, transcripts)):
        name = sites.mirna_names[sites.hits.mirna[row]]
        told = {
            "ID": f"{sites.target}:{name}:{sites.hits.start[row] + 1}",
            "Name": str(name),
            "target": sites.target,
            "seed": sites.seeds.names[row],
        }
        told |= {} if math.isnan(p[row]) else {"p": f"{p[row]:.3g}"}
        notes = ";".join(f"{key}={_escaped(value)}" for key, value in told.items())
        for start, end in blocks:
            place = (chrom, "bioloom", "miRNA_binding_site", start + 1, end)
            row_of = (*place, f"{mfe[row]:.2f}", strand, ".", notes)
            yield "\t".join(map(str, row_of)) + "\n"


def _escaped(value: str) -> str:
    """GFF3 reserves these letters in its ninth column."""
    for letter in "%;=&,\t\n":
        value = value.replace(letter, f"%{ord(letter):02X}")
    return value


def _placed(
    sites: Sites, transcripts: Transcripts | None
) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
    """Chromosome, strand and blocks of each site; the target's own without a genome."""
    spans = zip(sites.hits.start.tolist(), sites.hits.end.tolist(), strict=True)
    if transcripts is None:
        yield from ((sites.target, "+", (span,)) for span in spans)
        return
    tx = transcripts.get(sites.target)
    if tx is None:
        kind = "transcript"
        where = "the annotation (its transcripts must bear the targets' names)"
        raise UnknownName(
            sites.target, kind=kind, where=where, known=tuple(transcripts)
        )
    for span in spans:
        yield tx.chrom, tx.strand, tx.lifted(span)


def _write_parquet(sites: Iterable[Sites], path: Path) -> int:
    if find_spec("pyarrow") is None:
        package = "pyarrow"
        raise PackageMissing(package, extra="mirna")
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [pa.table(one.columns()) for one in sites]
    table = pa.concat_tables(parts)
    q = benjamini_hochberg(table.column("p").to_numpy())
    table = table.append_column("q", pa.array(q)).select([*COLUMNS])
    with written_aside(path) as target:
        pq.write_table(table, target)
    return int(table.num_rows)
