"""Files of predicted sites: TSV, JSON Lines, RNAhybrid's lines, BED12, GFF3, Parquet.

Sites come target by target and are written as they come. A false discovery rate needs
all of them: where there are p-values, the table goes to a temporary file first, and its
q column is filled in at the end.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import PackageMissing, UnknownName
from bioloom.genome.gtf import read_annotation
from bioloom.genome.transcript import Span, Transcript
from bioloom.mirna.options import Format
from bioloom.mirna.output.result import Sites, column_names
from bioloom.run.output import open_aside, written_aside
from bioloom.run.text import warn_input
from bioloom.statistics.multiple_testing import benjamini_hochberg

Transcripts = Mapping[str, Transcript]

_Q = "\x00"  # placeholder of a q that is not known yet


def read_transcripts(path: Path) -> Transcripts:
    """Transcripts of an annotation, by name: where targets of these names lie."""
    annotation = read_annotation(path)
    for message in annotation.warnings:
        warn_input(message)
    return {
        transcript.transcript_id: transcript for transcript in annotation.transcripts
    }


def write_sites(
    sites: Iterable[Sites],
    path: Path,
    form: Format,
    transcripts: Transcripts | None = None,
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
    transcripts
        Positions of the targets on a genome, by name: BED and GFF3 are lifted to it.

    Raises
    ------
    UnknownName
        If a target is not among these transcripts.
    PackageMissing
        If Parquet is asked for and pyarrow is not installed.
    """
    if form == "parquet":
        return _write_parquet(sites, path)
    if form in ("tsv", "jsonl"):
        return _write_table(sites, path, form)
    n = 0
    with open_aside(path) as stream:
        if form == "gff3":
            stream.write("##gff-version 3\n")
        for part in sites:
            n += len(part)
            stream.writelines(_LINES[form](part, transcripts))
    return n


def _write_table(
    sites: Iterable[Sites], path: Path, form: Literal["tsv", "jsonl"]
) -> int:
    lines, unknown = _TABLES[form]
    p: list[NDArray[np.float64]] = []
    with open_aside(path) as stream, TemporaryFile("w+", encoding="utf-8") as table:
        names = column_names(())
        for part in sites:
            names = column_names((part,))
            p.append(part.p)
            table.writelines(lines(part))
        all_p = np.concatenate([np.empty(0), *p])
        if form == "tsv":
            stream.write("\t".join(names) + "\n")
        table.seek(0)
        if np.isnan(all_p).any() or not len(all_p):
            stream.writelines(line.replace(_Q, unknown, 1) for line in table)
        else:
            for line, q in zip(table, benjamini_hochberg(all_p).tolist(), strict=True):
                stream.write(line.replace(_Q, f"{q:.3g}", 1))
    return len(all_p)


def _tsv_lines(sites: Sites) -> Iterator[str]:
    for row in zip(*_cells(sites).values(), strict=True):
        yield "\t".join(row) + "\n"


def _json_lines(sites: Sites) -> Iterator[str]:
    """One object per site: numbers as in the table, null where there is none."""
    cells = _cells(sites)
    columns = sites.columns()
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


def _cells(sites: Sites) -> dict[str, list[str]]:
    """Each column as text; q is not known yet."""
    shown = {name: _shown(name, column) for name, column in sites.columns().items()}
    shown["q"] = [_Q] * len(sites)
    return {name: shown[name] for name in column_names((sites,))}


_TABLES = {"tsv": (_tsv_lines, ""), "jsonl": (_json_lines, "null")}
_DECIMALS = {"mfe": "%.2f", "perfect_mfe": "%.2f", "mfe_ratio": "%.4f", "score": "%.3f"}
_CONTEXT_DECIMALS = {
    "opening_energy": "%.2f",
    "mfe_and_opening": "%.2f",
    "relative_position": "%.4f",
    "aligned_species": "%.0f",
    "seed_conservation": "%.4f",
}
_SHORT = {"p": "%.3g"}


def _shown(name: str, column: NDArray[Any]) -> list[str]:
    form = (_DECIMALS | _CONTEXT_DECIMALS | _SHORT).get(name)
    if form is None:
        return [str(value) for value in column.tolist()]
    return ["" if math.isnan(value) else form % value for value in column.tolist()]


def _rnahybrid_lines(sites: Sites, _: Transcripts | None) -> Iterator[str]:
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


def _bed_lines(sites: Sites, transcripts: Transcripts | None) -> Iterator[str]:
    """BED12; the score is 1000 times the energy over the perfect duplex's."""
    ratios = sites.ratio
    for row, (chrom, strand, blocks) in enumerate(_placed(sites, transcripts)):
        start, end = blocks[0][0], blocks[-1][1]
        score = round(1000 * float(np.clip(ratios[row], 0, 1)))
        sizes = ",".join(str(right - left) for left, right in blocks)
        starts = ",".join(str(left - start) for left, _ in blocks)
        place = (chrom, start, end, sites.names[row], score, strand, start, end, 0)
        yield _tabbed([*place, len(blocks), sizes, starts])


def _gff3_lines(sites: Sites, transcripts: Transcripts | None) -> Iterator[str]:
    mfe, p = sites.hits.mfe.tolist(), sites.p.tolist()
    for row, (chrom, strand, blocks) in enumerate(_placed(sites, transcripts)):
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


_LINES: Mapping[str, Callable[[Sites, Transcripts | None], Iterator[str]]] = {
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


def _placed(sites: Sites, transcripts: Transcripts | None) -> Iterator[_Place]:
    """Position of each site: on its target where there are no transcripts."""
    spans = zip(sites.hits.start.tolist(), sites.hits.end.tolist(), strict=True)
    if transcripts is None:
        yield from (_Place(sites.target, "+", (span,)) for span in spans)
        return
    tx = transcripts.get(sites.target)
    if tx is None:
        raise UnknownName(
            sites.target,
            kind="transcript",
            where="the annotation (targets must have the names of its transcripts)",
            known=tuple(transcripts),
        )
    for span in spans:
        yield _Place(tx.chrom, tx.strand, tx.lifted(span))


def _write_parquet(sites: Iterable[Sites], path: Path) -> int:
    if find_spec("pyarrow") is None:
        raise PackageMissing("pyarrow", extra="mirna")  # noqa: EM101
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts, names = [], column_names(())
    for part in sites:
        names = column_names((part,))
        parts.append(pa.table(part.columns()))
    table = pa.concat_tables(parts)
    q = benjamini_hochberg(table.column("p").to_numpy())
    table = table.append_column("q", pa.array(q)).select([*names])
    with written_aside(path) as target:
        pq.write_table(table, target)
    return int(table.num_rows)
