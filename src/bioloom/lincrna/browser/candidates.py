"""The candidates for genome browsers: sorted GTF and BED12, packed and indexed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import which
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from bioloom.genome.bed import bed12_line
from bioloom.genome.gtf import gtf_lines, gtf_row
from bioloom.genome.kinds import gene_key
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.verdict.judged import Judged
from bioloom.run.output import open_aside

TBI_LIMIT_NT = 1 << 29
"""Chromosomes up to here fit into a TBI index; longer ones need CSI."""

_Preset = Literal["gff", "bed"]
_KINDS = ("gene", "transcript", "exon", "CDS")
_NO_INDEX_NOTE = (
    "candidates.gtf.gz and candidates.bed.gz with their indexes were left out: they "
    "need the Python package pysam, or the programs bgzip and tabix."
)


def write_browser_files(rows: Sequence[Judged], out: Path) -> tuple[str, ...]:
    """Write candidates.gtf, candidates.bed, and both packed with their indexes.

    Both are sorted by chromosome (as bytes) and start, as tabix and bigBed want them.

    Returns
    -------
    Notes on what was left out.
    """
    gtf, bed = out / "candidates.gtf", out / "candidates.bed"
    _write_lines(gtf, _gtf_rows(rows))
    _write_lines(bed, _bed_rows(rows))
    longest = max((row.collected.transcript.end for row in rows), default=0)
    suffix = ".tbi" if longest <= TBI_LIMIT_NT else ".csi"
    for path in (gtf, bed):
        for ending in (".gz", ".gz.tbi", ".gz.csi"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
    are_written = [write_indexed(path, suffix) for path in (gtf, bed)]
    return () if all(are_written) else (_NO_INDEX_NOTE,)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with open_aside(path) as stream:
        stream.writelines(f"{line}\n" for line in lines)


def candidate_bed12(row: Judged) -> str:
    """A candidate as BED12; its score is 1000 less 1000 × the coding probability."""
    score = round(1000 * (1 - row.evidence.coding.probability))
    return bed12_line(row.collected.transcript, score=score)


def _bed_rows(rows: Sequence[Judged]) -> list[str]:
    lines = [candidate_bed12(row) for row in rows]

    def place(line: str) -> tuple[bytes, int, int]:
        chrom, start, end, *_ = line.split("\t")
        return chrom.encode(), int(start), int(end)

    return sorted(lines, key=place)


def _gtf_rows(rows: Sequence[Judged]) -> list[str]:
    """Gene, transcript, exon and CDS rows, a gene before its parts."""
    lines = _gene_rows(rows)
    for row in rows:
        tx = row.collected.transcript
        named = replace(tx, gene_id=gene_key(tx))
        lines += gtf_lines(named, _attributes(row))

    def place(line: str) -> tuple[bytes, int, int]:
        chrom, _, kind, first, *_ = line.split("\t")
        return chrom.encode(), int(first), _KINDS.index(kind)

    return sorted(lines, key=place)


class _GenePlace(NamedTuple):
    """A gene_id on one strand of one chromosome."""

    gene_id: str
    chrom: str
    strand: str


def _gene_rows(rows: Sequence[Judged]) -> list[str]:
    """One row per gene, from its first candidate's start to its last one's end."""
    by_gene: dict[_GenePlace, list[Judged]] = {}
    for row in rows:
        tx = row.collected.transcript
        place = _GenePlace(gene_key(tx), tx.chrom, tx.strand)
        by_gene.setdefault(place, []).append(row)
    return [_gene_row(place.gene_id, members) for place, members in by_gene.items()]


def _gene_row(gene_id: str, members: Sequence[Judged]) -> str:
    models: list[Transcript] = [row.collected.transcript for row in members]
    names = (tx.gene_name or row.name for tx, row in zip(models, members, strict=True))
    name = next(filter(None, names), "")
    loci = dict.fromkeys(row.locus_id for row in members)
    attributes = {
        "gene_id": gene_id,
        **({"gene_name": name} if name else {}),
        "locus_id": ",".join(loci),
    }
    span = (min(tx.start for tx in models), max(tx.end for tx in models))
    return gtf_row(models[0], "gene", span, attributes)


def _attributes(row: Judged) -> Mapping[str, object]:
    """What the ninth column of a candidate holds besides its names."""
    attributes: dict[str, object] = {
        **({"locus_name": row.name} if row.name else {}),
        "locus_id": row.locus_id,
        "origin": row.collected.origin,
        "class_code": row.evidence.class_code.code,
        "orf_aa": row.evidence.longest_orf_aa,
        "coding_probability": f"{row.evidence.coding.probability:.4f}",
    }
    if row.collected.n_samples is not None:
        attributes["n_samples"] = row.collected.n_samples
    if row.named_in:
        attributes["named_in"] = ",".join(map(str, row.named_in))
    return attributes


def write_indexed(path: Path, suffix: str) -> bool:
    """Write ``path.gz`` (bgzip) and its index beside a sorted GTF or BED file.

    Parameters
    ----------
    path
        The plain file; its suffix, ``.gtf`` or ``.bed``, says how to index it.
    suffix
        ".tbi" or ".csi".

    Returns
    -------
    Whether pysam, or bgzip and tabix, were there to write them.
    """
    from importlib.util import find_spec

    preset: _Preset = "gff" if path.suffix == ".gtf" else "bed"
    with TemporaryDirectory(dir=path.parent, prefix=".index") as folder:
        packed = Path(folder) / f"{path.name}.gz"
        if find_spec("pysam") is not None:
            _index_by_pysam(path, packed, preset, suffix)
        elif which("bgzip") and which("tabix"):
            _index_by_programs(path, packed, preset, suffix)
        else:
            return False
        for made in (packed, packed.with_name(packed.name + suffix)):
            made.replace(path.with_name(made.name))
    return True


def _index_by_pysam(path: Path, packed: Path, preset: _Preset, suffix: str) -> None:
    import pysam

    pysam.tabix_compress(str(path), str(packed), force=True)
    pysam.tabix_index(str(packed), preset=preset, force=True, csi=suffix == ".csi")


def _index_by_programs(path: Path, packed: Path, preset: _Preset, suffix: str) -> None:
    with packed.open("wb") as stream:
        run(["bgzip", "-c", path], stdout=stream, check=True)
    options = ["--csi"] if suffix == ".csi" else []
    run(["tabix", "--preset", preset, *options, packed], check=True)
