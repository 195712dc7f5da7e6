"""Sentences of the report: the answer, the flow, and what each file holds."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bioloom.lincrna.output.figures import drop_reasons, flow, not_judged
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.model import Answer
from bioloom.run.words import counted, joined

MAX_SAMPLES_NAMED = 8

UNJUDGED: Mapping[str, str] = MappingProxyType(
    {
        "orf": "ORF length (left to the coding probability)",
        "coding": "coding potential (there was no threshold, or the model was unsure)",
        "domain": "protein domains (no domain models were given)",
    }
)

FILES: Mapping[str, str] = MappingProxyType(
    {
        "candidates.gtf": "the candidates with their genes and exons, sorted, for any "
        "genome browser",
        "candidates.gtf.gz": "the same packed with bgzip, beside it its index "
        "(.tbi or .csi)",
        "candidates.bed": "the candidates as BED12, sorted",
        "candidates.bed.gz": "the same packed with bgzip, beside it its index",
        "candidates.fa": "their spliced sequences",
        "browser/session.xml": "session for IGV: candidates, annotated genes, coverage",
        "browser/session.json": "the same for igv.js",
        "browser/hub.txt": "the same as a track hub for the UCSC Genome Browser",
        "browser/candidates.bb": "the candidates as bigBed, with what was measured",
        "browser/genes.bb": "the annotated genes as bigBed",
        "browser/genome.2bit": "the genome",
        "expression.h5ad": "counts and TPM of all genes by sample, AnnData",
        "cells.h5ad": "UMIs by cell and gene, AnnData",
        "tables/transcripts.tsv": "every transcript, every criterion, every number",
        "tables/attrition.tsv": "what each criterion dropped",
        "tables/names.tsv": "names of the novel candidates' loci, for a later run too",
        "tables/samples.tsv": "reads, mapping and assembly of each sample",
        "tables/tpm.tsv": "expression of the candidates, transcripts per million",
        "tables/counts.tsv": "estimated read counts of the candidates",
        "tables/gene_counts.tsv": "estimated read counts of all genes, known and "
        "novel, for DESeq2 and its like",
        "tables/gene_tpm.tsv": "the same in transcripts per million",
        "tables/transcript_counts.tsv": "estimated read counts of all transcripts",
        "tables/transcript_tpm.tsv": "the same in transcripts per million",
        "tables/genes.tsv": "what each gene is, and whether it is a candidate",
        "tables/tx2gene.tsv": "the gene of each transcript, as tximport wants it",
        "tables/comparisons.tsv": "change of every gene between conditions, PyDESeq2",
        "tables/size_factors.tsv": "size factor and principal components of each "
        "sample",
        "tables/specificity.tsv": "how specific every gene is to tissues or conditions",
        "tables/partners.tsv": "coding genes around each candidate, with their class "
        "and correlation",
        "tables/trans_partners.tsv": "coding genes elsewhere that are expressed like "
        "a candidate",
        "tables/partner_gene_sets.tsv": "gene sets that partners belong to",
        "tables/README.md": "what each column of the tables means",
        "figures/attrition.svg": "the flow above, for a paper",
        "figures/attrition.png": "the same as an image",
        "figures/distributions.svg": "the distributions above",
        "figures/distributions.png": "the same as an image",
        "run.json": "command, arguments, versions, inputs and their checksums",
        "log.txt": "messages of the run",
    }
)


def source_of(samples: Sequence[str]) -> str:
    """Where the transcripts came from."""
    if not samples:
        return "an assembly given as a file, without samples"
    if len(samples) > MAX_SAMPLES_NAMED:
        return f"{len(samples)} samples"
    return f"{'sample' if len(samples) == 1 else 'samples'} {joined(samples)}"


def answer(result: FilterResult, samples: Sequence[str]) -> Answer:
    """The result in words."""
    candidates, rows = result.candidates, result.rows
    n_known = sum(row.collected.origin == "known" for row in candidates)
    n_known_judged = sum(row.collected.is_known_lncrna for row in rows)
    where = "passed all criteria"
    if candidates:
        where = (
            f"in {counted(result.n_candidate_loci, 'locus')}: {n_known:,} known and "
            f"{len(candidates) - n_known:,} novel"
        )
    return Answer(
        candidates=counted(len(candidates), "lincRNA candidate"),
        where=where,
        out_of=f"{counted(len(rows), 'transcript')} ({n_known_judged:,} known lncRNAs "
        f"and {len(rows) - n_known_judged:,} assembled transcripts)",
        source=source_of(samples),
        n_dropped=len(rows) - len(candidates),
        losses=_losses(result),
        n_unexpressed=len(result.unexpressed),
        unjudged=joined([UNJUDGED.get(name, name) for name in not_judged(rows)]),
    )


def _losses(result: FilterResult) -> str:
    """The criteria that dropped the most transcripts."""
    reasons = drop_reasons(result.settings)
    stages = [stage for stage in flow(result.rows) if stage.n_dropped]
    stages.sort(key=lambda stage: -stage.n_dropped)
    return joined(
        [f"{reasons[stage.criterion]} ({stage.n_dropped:,})" for stage in stages[:2]]
    )


def flow_in_words(result: FilterResult) -> str:
    """What the attrition figure shows, for those who cannot see it."""
    reasons = drop_reasons(result.settings)
    parts = [f"{len(result.rows):,} transcripts."]
    for stage in flow(result.rows):
        if not stage.is_judged:
            parts.append(f"{stage.criterion}: not judged.")
            continue
        parts.append(
            f"{reasons[stage.criterion]}: {stage.dropped_known:,} known and "
            f"{stage.dropped_novel:,} novel dropped, {stage.n_after:,} left."
        )
    return " ".join(parts)
