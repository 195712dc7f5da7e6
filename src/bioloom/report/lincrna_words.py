"""Headings and sentences of the lincRNA report, in the language in force."""

from bioloom.lincrna.page.model import NEAR_SHARE, Answer, RunPage
from bioloom.lincrna.page.sections import PartnerSection
from bioloom.run.language import tr, trn
from bioloom.run.words import together


def page_words(page: RunPage) -> dict[str, str]:
    """Words of the page by their place in its template.

    Some hold marks for `bioloom.report.parts.marked`.
    """
    return {
        **_headings(page),
        **_attrition_words(),
        **_sample_words(),
        **_near_words(page),
        **_candidate_words(page),
        **_expression_words(),
        **_method_words(page),
        **(_partner_words(page.partners) if page.partners else {}),
        "lead": _lead(page.answer),
    }


def _lead(answer: Answer) -> str:
    """The result in a few sentences."""
    words = tr(
        "**{candidates}** {where}, out of {out_of} from {source}.",
        candidates=answer.candidates,
        where=answer.where,
        out_of=answer.out_of,
        source=answer.source,
    )
    more = []
    if answer.losses:
        more.append(
            tr(
                "The {n:,} others were dropped most often for: {reasons}.",
                n=answer.n_dropped,
                reasons=answer.losses,
            )
        )
    if answer.n_unexpressed:
        more.append(
            tr(
                "**Known, not expressed here: {n:,}** ([[{place}|listed apart]]): they "
                "pass everything but the expression asked for.",
                n=answer.n_unexpressed,
                place="#unexpressed",
            )
        )
    if answer.unjudged:
        more.append(tr("**Not judged:** {criteria}.", criteria=answer.unjudged))
    return together([words, *more])


def _headings(page: RunPage) -> dict[str, str]:
    n_warnings = len(page.warnings)
    return {
        "sections": tr("Sections"),
        "origins": tr(
            "Known: annotated, or in a file of known lncRNAs. Novel: only in the "
            "assembly."
        ),
        "warnings": tr("Warning") if n_warnings == 1 else tr("Warnings"),
        "dropped": tr("What was dropped"),
        "together": tr("Criteria failed together"),
        "paper": tr("For a paper"),
        "paper_words": tr(
            "What the run did, from its record, with what to cite; cite the "
            "annotation, the genome and the databases that were given yourself."
        ),
        "data_words": tr(
            "Availability of data: name the accession of the reads (SRA, ENA or GEO) "
            "and the release of genome and annotation; `{record}` has their SHA-256. "
            "`{command}` describes this folder for an archive such as {archive}.",
            record="run.json",
            command="bioloom crate RUN",
            archive="Zenodo",
        ),
        "dropped_why": tr("What was dropped, and why"),
        "measured": tr("Measured values"),
        "measured_thresholds": tr("Measured values and thresholds"),
        "near": tr("Near misses"),
        "samples": tr("Samples"),
        "candidates": tr("Candidates"),
        "expression": tr("Expression"),
        "partners": tr("Partners"),
        "annotation": tr("Annotation"),
        "method": tr("Settings and model"),
        "record": tr("Run record"),
        "files": tr("Files"),
    }


def _attrition_words() -> dict[str, str]:
    return {
        "transcripts_dropped": tr("Transcripts that each criterion dropped"),
        "loci_dropped": tr("Loci that each criterion dropped"),
        "criterion": tr("Criterion"),
        "drops": tr("Drops"),
        "known": tr("Known"),
        "novel": tr("Novel"),
        "n_dropped": tr("dropped"),
        "n_left": tr("left"),
        "n_failing": tr("failing"),
        "n_failing_only": tr("failing only"),
        "counting": tr(
            "Dropped counts each transcript once, at the first criterion that it "
            "fails; failing counts all that fail the criterion, whatever else they "
            "fail; failing only counts those that fail nothing else, which a looser "
            "threshold could recover."
        ),
        "by_locus": tr("The same by locus"),
        "locus_rule": tr(
            "A locus is dropped at the criterion that drops its last remaining "
            "transcript."
        ),
    }


def _near_words(page: RunPage) -> dict[str, str]:
    shown, total = len(page.near_misses), page.n_near_misses
    count = trn(
        "{n} rejected transcript fails exactly one measured criterion, and by no more "
        "than {share:.0%} of its threshold.",
        "{n:,} rejected transcripts fail exactly one measured criterion, and by no "
        "more than {share:.0%} of its threshold.",
        total,
        share=NEAR_SHARE,
    )
    if total > shown:
        only = tr("The {n} closest are shown.", n=shown)
        count = tr("{sentence} {more}", sentence=count, more=only)
    if page.n_far_misses:
        far = trn(
            "{n} fails one by more.", "{n:,} fail one by more.", page.n_far_misses
        )
        count = tr("{sentence} {more}", sentence=count, more=far)
    if page.n_overlapping:
        overlapping = trn(
            "Overlap with a coding gene is either true or false: the {n} that fails "
            "only by it is not listed.",
            "Overlap with a coding gene is either true or false: the {n:,} that fail "
            "only by it are not listed.",
            page.n_overlapping,
        )
        count = tr("{sentence} {more}", sentence=count, more=overlapping)
    return {
        "near_count": count,
        "near_workings": tr("Workings of the near misses"),
        "near_none": tr(
            "No rejected transcript fails exactly one measured criterion by no more "
            "than {share:.0%} of its threshold.",
            share=NEAR_SHARE,
        ),
    }


def _sample_words() -> dict[str, str]:
    return {
        "sense": tr(
            "Sense fraction: of the reads on annotated exons, those on the sense "
            "strand. Near 1 is forward, near 0 reverse, near a half unstranded. Read "
            "counts of all genes, known and novel, are in `{counts}`; what each gene "
            "is, in `{genes}`.",
            counts="tables/gene_counts.tsv",
            genes="tables/genes.tsv",
        ),
        "cells": tr("Cells"),
        "quality": tr("Quality of the reads"),
    }


def _candidate_words(page: RunPage) -> dict[str, str]:
    rule = tr("For any other transcript, rejected ones too:")
    if page.n_workings < len(page.candidates):
        rule = tr(
            "The page contains the workings of the first {n:,} candidates. For any "
            "other transcript:",
            n=page.n_workings,
        )
    return {
        "workings": tr("Workings of the candidates"),
        "others": rule,
        "no_candidates": tr(
            "No transcript passed all criteria. The [[{near}|near misses]] and the "
            "[[{flow}|flow]] show which criterion was decisive.",
            near="#near",
            flow="#flow",
        ),
    }


def _expression_words() -> dict[str, str]:
    return {
        "wald": tr(
            "Wald test by PyDESeq2; fold changes are not shrunken. All genes are in "
            "`{file}`. The working of a gene:",
            file="tables/comparisons.tsv",
        ),
        "no_design": tr(
            "No design was given, so no conditions are compared: `{key}` in the "
            "configuration names what expression depends on.",
            key="comparison.design",
        ),
        "unexpressed": tr("Known, not expressed here"),
        "unexpressed_rule": tr(
            "These known lncRNAs pass everything but the expression that the settings "
            "ask for in these samples."
        ),
    }


def _method_words(page: RunPage) -> dict[str, str]:
    method = page.method
    words = {
        "method_heading": tr("Settings and coding model"),
        "model": tr("Coding model"),
        "model_words": tr(
            "{model} give the probability that a transcript is coding. What the "
            "features measure: {groups}. Trained on: {transcripts}. {threshold}",
            model=method.model,
            groups=method.groups,
            transcripts=method.trained_on,
            threshold=method.threshold,
        ),
        "settings": tr("Filter settings"),
        "command": tr("Command"),
        "started": tr("Started"),
        "seed": tr("Random seed"),
        "versions": tr("Versions"),
    }
    if page.inspection:
        words |= {
            "understood": tr("What was understood of the annotation"),
            "understood_words": tr(
                "{summary}. A word that is taken wrongly can be put right with a table "
                "of your own (setting `{setting}`).",
                summary=page.inspection.summary(),
                setting="biotypes",
            ),
        }
    return words


def _partner_words(section: PartnerSection) -> dict[str, str]:
    near = tr(
        "Coding genes near the candidates (cis: within {window:,} nt). What lies near "
        "may have to do with a candidate; that it lies near does not show it.",
        window=section.window_nt,
    )
    if section.has_expression:
        near = tr(
            "Coding genes near the candidates (cis: within {window:,} nt), and coding "
            "genes elsewhere that are expressed like them (trans). What lies near, or "
            "is expressed alike, may have to do with a candidate; neither shows that "
            "it does.",
            window=section.window_nt,
        )
    files = ["tables/partners.tsv"]
    files += ["tables/trans_partners.tsv"] if section.n_trans else []
    files += ["tables/partner_gene_sets.tsv"] if section.n_sets else []
    return {
        "near_genes": near,
        "partner_files": tr(
            "All partners are in {files}. The working of a pair:",
            files=tr(", ").join(f"`{file}`" for file in files),
        ),
        "decided": tr("What was decided"),
    }
