"""Steps before any transcript is judged: reference, reads, strandness, assemblies.

They start often, once for each sample, so this module imports no filter.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from bioloom.genome.gtf import Annotation, read_annotation, write_as_gtf, write_gtf
from bioloom.genome.intervals import exonic_overlap_nt, overlapping_pairs
from bioloom.genome.matching import on_genome
from bioloom.genome.sequence import Genome, unpacked_genome
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.errors import NoReads, NothingAssembled
from bioloom.lincrna.inputs.chemistry import KitStrand
from bioloom.lincrna.inputs.collect import same_strand
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.inputs.sample import StatedStrandness
from bioloom.lincrna.inputs.samples import tidy_assembly
from bioloom.lincrna.inputs.strandness import (
    HISAT2_OPTIONS,
    STRINGTIE_OPTIONS,
    ExonStrands,
    StrandCheck,
    check_strandness,
    count_strands,
)
from bioloom.lincrna.settings import RunConfig
from bioloom.run.output import open_aside, write_text
from bioloom.seq.fasta import ReadStats, check_fastq, joined_stats

LABELS = ("MSTRG.", "CELLS.")
"""How the workflow has StringTie name merged transcripts that are not annotated."""


def prepare_reference(config: RunConfig, out: Path) -> None:
    """Check that genome and annotation fit together, and unpack them.

    Writes ``genome.fa``, ``annotation.gtf`` (a GTF's rows as they are, a GFF3 as GTF)
    and ``splice_sites.tsv`` in HISAT2's form.

    Raises
    ------
    BioloomError
        If either is broken, or they do not fit.
    """
    annotation = read_annotation(config.annotation)
    plain = unpacked_genome(config.genome, out / "unpacked")
    with Genome(plain, cache=out) as genome:
        annotation, _ = on_genome(annotation, genome)
    sort_reference(annotation, config.filters)
    link = out / "genome.fa"
    link.unlink(missing_ok=True)
    link.symlink_to(plain.resolve())
    write_as_gtf(annotation, out / "annotation.gtf")
    _write_splice_sites(annotation, out / "splice_sites.tsv")


def _write_splice_sites(annotation: Annotation, path: Path) -> None:
    """Introns in HISAT2's form: the bases next to them, 0-based."""
    sites = {
        (tx.chrom, start - 1, end, tx.strand)
        for tx in annotation.transcripts
        for start, end in tx.introns
    }
    with open_aside(path) as target:
        for site in sorted(sites):
            target.write("\t".join(map(str, site)) + "\n")


def check_reads(
    sample: str, paths: Sequence[Path], *, stage: str, n_mates: int | None = None
) -> ReadStats:
    """Read a sample's FASTQ files to the end.

    Parameters
    ----------
    sample, stage
        Name, and "raw" or "trimmed", for messages.
    paths
        Its files, lane by lane.
    n_mates
        Files of a lane; None if all belong together.

    Raises
    ------
    BadFastq
        If one is truncated or broken.
    NoReads
        If they hold no reads.
    """
    step = n_mates or len(paths)
    lanes = [paths[start : start + step] for start in range(0, len(paths), step)]
    stats = joined_stats([check_fastq(lane) for lane in lanes])
    if stats.n_reads == 0:
        words = "in the file" if stage == "raw" else "after trimming"
        raise NoReads(sample, path=paths[0], stage=words)
    return stats


def infer_strandness(
    sample: str,
    sam_lines: Iterable[str],
    *,
    stated: StatedStrandness,
    is_paired: bool,
    annotation: Path,
    out: Path,
    kit: KitStrand | None = None,
) -> StrandCheck:
    """Check a sample's strandness; write it and the tools' options for it.

    Raises
    ------
    StrandnessMismatch
        If the stated strandness contradicts the reads.
    """
    exons = ExonStrands(read_annotation(annotation).transcripts)
    n_sense, n_antisense = count_strands(sam_lines, exons)
    check = check_strandness(
        sample, stated, n_sense=n_sense, n_antisense=n_antisense, kit=kit
    )
    write_strandness(sample, check, out, is_paired=is_paired)
    return check


def write_strandness(
    sample: str,
    check: StrandCheck,
    out: Path,
    *,
    is_paired: bool,
    is_tagged: bool = False,
) -> None:
    """Write a sample's strandness and the tools' options for it.

    Where alignments have their strand as a tag, there are no options.
    """
    used = "unstranded" if is_tagged else check.strandness
    write_text(out / f"{sample}.hisat2.txt", HISAT2_OPTIONS[used, is_paired] + "\n")
    write_text(out / f"{sample}.stringtie.txt", STRINGTIE_OPTIONS[used] + "\n")
    write_json(out / f"{sample}.json", asdict(check))


def tidy_assemblies(paths: Sequence[Path], out: Path) -> list[Path]:
    """Sort each sample's assembly and list those that hold a transcript.

    Raises
    ------
    NothingAssembled
        If none does.
    """
    assemblies = []
    for path in paths:
        lines = tidy_assembly(path)
        if lines:
            assemblies.append(out / path.name)
            write_text(assemblies[-1], "".join(lines))
    if not assemblies:
        raise NothingAssembled(len(paths))
    write_text(out / "assemblies.txt", "".join(f"{path}\n" for path in assemblies))
    return assemblies


def prefer_first(paths: Sequence[Path], out: Path) -> None:
    """Join merged assemblies; models of an earlier assembly take precedence.

    Two models are in one place if their exons overlap on one strand. Rows that copy
    an annotated transcript are in every assembly and are taken once.
    """
    models: dict[str, Transcript] = {}
    for path in paths:
        fresh = [
            tx
            for tx in read_annotation(path).transcripts
            if tx.transcript_id not in models
        ]
        novel = [tx for tx in models.values() if tx.transcript_id.startswith(LABELS)]
        taken = {
            left
            for left, right in overlapping_pairs(fresh, novel).tolist()
            if same_strand(fresh[left], novel[right])
            and exonic_overlap_nt(fresh[left].exons, novel[right].exons)
        }
        for number, tx in enumerate(fresh):
            if number not in taken:
                models[tx.transcript_id] = tx
    write_gtf(out, models.values())


def write_json(path: Path, entries: object) -> None:
    """Write entries as indented JSON."""
    write_text(path, json.dumps(entries, indent=2) + "\n")
