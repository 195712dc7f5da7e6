"""What IsoQuant is given, and its transcripts in StringTie's form."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bioloom.genome.gtf import gtf_lines, gtf_row, read_annotation
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.alignments.orienting import ORIENTED
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.samples import n_transcripts
from bioloom.run.output import open_aside, open_text


def isoquant_options(sample: Sample) -> str:
    """Options that say what the reads of a sample are, and where their 3' ends are.

    Direct RNA and PacBio reads end at the poly-A tail. Nanopore cDNA does where primers
    or tail told the strand, which a tag says; of given alignments IsoQuant looks for
    the tail itself.
    """
    if sample.kind == "ont_cdna":
        known = f"tag:{ORIENTED}" if sample.bam is None else "none"
        return f"--data_type nanopore --polya_trimmed {known}"
    data_type = "nanopore" if sample.kind == "ont_drna" else "pacbio_ccs"
    return f"--data_type {data_type} --stranded forward --polya_trimmed all"


def write_isoquant_annotation(annotation: Path, out: Path) -> None:
    """Write the exons of an annotation with rows of genes, every name once.

    Only structures count, so that genes and transcripts are numbered: in some
    annotations one name is at several loci.
    """
    genes: dict[tuple[str, str, str], list[Transcript]] = defaultdict(list)
    for tx in read_annotation(annotation).transcripts:
        if tx.strand != ".":
            genes[tx.gene_id, tx.chrom, tx.strand].append(tx)
    n_written = 0
    with open_aside(out) as target:
        for number, models in enumerate(genes.values(), 1):
            gene = f"G{number}"
            target.write(f"{_gene_row(models, gene)}\n")
            for tx in models:
                n_written += 1
                named = replace(tx, gene_id=gene, transcript_id=f"T{n_written}", cds=())
                target.writelines(f"{line}\n" for line in gtf_lines(named))


def _gene_row(models: Sequence[Transcript], gene: str) -> str:
    span = (min(tx.start for tx in models), max(tx.end for tx in models))
    return gtf_row(models[0], "gene", span, {"gene_id": gene})


def write_isoquant_models(results: Path, out: Path, *, sample: str) -> None:
    """Write what IsoQuant assembled as StringTie would: with coverage and TPM.

    A long read covers the transcript that it is from, so that coverage is the number
    of reads.

    Parameters
    ----------
    results
        Folder and prefix of IsoQuant's files, such as ``out/S/S``.
    out
        GTF to write; without rows if it found nothing.
    sample
        Put before the names of its transcripts.
    """
    gtf = results.with_name(f"{results.name}.transcript_models.gtf")
    counts, tpm = (_numbers(results, kind) for kind in ("counts", "tpm"))
    models = read_annotation(gtf).transcripts if n_transcripts(gtf) else ()
    with open_aside(out) as target:
        target.write("# transcripts by IsoQuant\n")
        for tx in models:
            name, level = tx.transcript_id, tpm.get(tx.transcript_id, 0.0)
            named = replace(
                tx,
                gene_id=f"{sample}.{tx.gene_id}",
                transcript_id=f"{sample}.{name}",
                cds=(),
            )
            numbers = {"cov": counts.get(name, 0.0), "FPKM": level, "TPM": level}
            target.writelines(f"{line}\n" for line in gtf_lines(named, numbers))


def _numbers(results: Path, kind: str) -> dict[str, float]:
    """One of IsoQuant's tables of the transcripts that it found."""
    path = results.with_name(f"{results.name}.discovered_transcript_{kind}.tsv")
    with open_text(path) as stream:
        next(stream, "")
        rows = (line.split("\t") for line in stream if not line.startswith("__"))
        return {name: float(number) for name, number in rows}
