"""Sentences of the report: the answer, the flow, and what each file holds."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bioloom.lincrna.output.figures import drop_reasons, flow, not_judged
from bioloom.lincrna.output.result import FilterResult
from bioloom.lincrna.page.model import Answer
from bioloom.run.language import mark, tr, trn
from bioloom.run.words import listed_in_words

MAX_SAMPLES_NAMED = 8

UNJUDGED: Mapping[str, str] = MappingProxyType(
    {
        "orf": mark("ORF length (left to the coding probability)"),
        "coding": mark(
            "coding potential (there was no threshold, or the model was unsure)"
        ),
        "domain": mark("protein domains (no domain models were given)"),
    }
)

FILES: Mapping[str, str] = MappingProxyType(
    {
        "candidates.gtf": mark(
            "the candidates with their genes and exons, sorted, for any genome browser"
        ),
        "candidates.gtf.gz": mark(
            "the same packed with bgzip, beside it its index (.tbi or .csi)"
        ),
        "candidates.bed": mark("the candidates as BED12, sorted"),
        "candidates.bed.gz": mark("the same packed with bgzip, beside it its index"),
        "candidates.fa": mark("their spliced sequences"),
        "methods.txt": mark("what the run did, as a paragraph for a paper"),
        "references.bib": mark("what it cites, as BibTeX"),
        "references.ris": mark("the same as RIS"),
        "browser/session.xml": mark(
            "session for IGV: candidates, annotated genes, coverage"
        ),
        "browser/session.json": mark("the same for igv.js"),
        "browser/igv.html": mark(
            "a page of candidates in igv.js to look around in, without a network"
        ),
        "browser/igv.zh.html": mark("the same page in Chinese"),
        "browser/hub.txt": mark("the same as a track hub for the UCSC Genome Browser"),
        "browser/candidates.bb": mark(
            "the candidates as bigBed, with what was measured"
        ),
        "browser/genes.bb": mark("the annotated genes as bigBed"),
        "browser/genome.2bit": mark("the genome"),
        "expression.h5ad": mark("counts and TPM of all genes by sample, AnnData"),
        "cells.h5ad": mark("UMIs by cell and gene, AnnData"),
        "tables/transcripts.tsv": mark(
            "every transcript, every criterion, every number"
        ),
        "tables/attrition.tsv": mark("what each criterion dropped"),
        "tables/names.tsv": mark(
            "names of the novel candidates' loci, for a later run too"
        ),
        "tables/samples.tsv": mark("reads, mapping and assembly of each sample"),
        "tables/tpm.tsv": mark("expression of the candidates, transcripts per million"),
        "tables/counts.tsv": mark("estimated read counts of the candidates"),
        "tables/gene_counts.tsv": mark(
            "estimated read counts of all genes, known and "
            "novel, for DESeq2 and its like"
        ),
        "tables/gene_tpm.tsv": mark("the same in transcripts per million"),
        "tables/transcript_counts.tsv": mark(
            "estimated read counts of all transcripts"
        ),
        "tables/transcript_tpm.tsv": mark("the same in transcripts per million"),
        "tables/genes.tsv": mark("what each gene is, and whether it is a candidate"),
        "tables/tx2gene.tsv": mark("the gene of each transcript, as tximport wants it"),
        "tables/comparisons.tsv": mark(
            "change of every gene between conditions, PyDESeq2"
        ),
        "tables/size_factors.tsv": mark(
            "size factor and principal components of each sample"
        ),
        "tables/specificity.tsv": mark(
            "how specific every gene is to tissues or conditions"
        ),
        "tables/partners.tsv": mark(
            "coding genes around each candidate, with their class and correlation"
        ),
        "tables/trans_partners.tsv": mark(
            "coding genes elsewhere that are expressed like a candidate"
        ),
        "tables/partner_gene_sets.tsv": mark("gene sets that partners belong to"),
        "tables/README.md": mark("what each column of the tables means"),
        "figures/attrition.svg": mark("the flow above, for a paper"),
        "figures/attrition.png": mark("the same as an image"),
        "figures/combinations.svg": mark("criteria that are failed together"),
        "figures/combinations.png": mark("the same as an image"),
        "figures/distributions.svg": mark("the distributions above"),
        "figures/distributions.png": mark("the same as an image"),
        "run.json": mark("command, arguments, versions, inputs and their checksums"),
        "log.txt": mark("messages of the run"),
    }
)


def source_of(samples: Sequence[str], *, has_expression: bool = False) -> str:
    """Where the transcripts, and their expression, came from."""
    if not samples and has_expression:
        return tr("an assembly and its expression, given as files")
    if not samples:
        return tr("an assembly given as a file, without samples")
    if len(samples) > MAX_SAMPLES_NAMED:
        return tr("{n} samples", n=len(samples))
    if len(samples) == 1:
        return tr("sample {name}", name=samples[0])
    return tr("samples {names}", names=listed_in_words(samples))


def answer(result: FilterResult, samples: Sequence[str]) -> Answer:
    """The result in words."""
    candidates, rows = result.candidates, result.rows
    n_known = sum(row.collected.origin == "known" for row in candidates)
    n_known_judged = sum(row.collected.is_known_lncrna for row in rows)
    where = tr("passed all criteria")
    if candidates:
        where = tr(
            "in {loci}: {known:,} known and {novel:,} novel",
            loci=trn("{n} locus", "{n:,} loci", result.n_candidate_loci),
            known=n_known,
            novel=len(candidates) - n_known,
        )
    return Answer(
        candidates=trn(
            "{n} lincRNA candidate", "{n:,} lincRNA candidates", len(candidates)
        ),
        where=where,
        out_of=tr(
            "{transcripts} ({known:,} known lncRNAs and {assembled:,} assembled "
            "transcripts)",
            transcripts=trn("{n} transcript", "{n:,} transcripts", len(rows)),
            known=n_known_judged,
            assembled=len(rows) - n_known_judged,
        ),
        source=source_of(
            samples, has_expression=any(row.evidence.expressed for row in rows)
        ),
        n_dropped=len(rows) - len(candidates),
        losses=_losses(result),
        n_unexpressed=len(result.unexpressed),
        unjudged=listed_in_words(
            [tr(UNJUDGED.get(name, name)) for name in not_judged(rows)]
        ),
    )


def _losses(result: FilterResult) -> str:
    """The criteria that dropped the most transcripts."""
    reasons = drop_reasons(result.settings)
    stages = [stage for stage in flow(result.rows) if stage.n_dropped]
    stages.sort(key=lambda stage: -stage.n_dropped)
    shown = [
        tr("{reason} ({n:,})", reason=reasons[stage.criterion], n=stage.n_dropped)
        for stage in stages[:2]
    ]
    if len(shown) < 2:
        return "".join(shown)
    return tr("{reason} and {other}", reason=shown[0], other=shown[1])


def flow_in_words(result: FilterResult) -> str:
    """What the attrition figure shows, for those who cannot see it."""
    reasons = drop_reasons(result.settings)
    words = trn("{n} transcript.", "{n:,} transcripts.", len(result.rows))
    for stage in flow(result.rows):
        if stage.is_judged:
            part = tr(
                "{reason}: {known:,} known and {novel:,} novel dropped, {n:,} left.",
                reason=reasons[stage.criterion],
                known=stage.dropped_known,
                novel=stage.dropped_novel,
                n=stage.n_after,
            )
        else:
            part = tr("{criterion}: not judged.", criterion=tr(stage.criterion))
        words = tr("{sentence} {more}", sentence=words, more=part)
    return words
