"""Sentences of the lincRNA report: the answer, the settings, the files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from bioloom.lincrna.output.figures import drop_reasons, flow, not_judged
from bioloom.lincrna.output.result import FilterResult

MAX_SAMPLES_NAMED = 8

UNJUDGED: Mapping[str, str] = MappingProxyType(
    {
        "orf": "ORF length (left to the coding probability)",
        "coding": "coding potential (there was no threshold, or the model was unsure)",
        "domain": "protein domains (no domain models were given)",
    }
)

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "gap_multi_nt": "least distance to a coding gene on the same strand, nt, for "
        "transcripts with several exons",
        "gap_mono_nt": "the same for transcripts with one exon",
        "min_length_nt": "spliced length must be greater, nt",
        "max_orf_aa": "longest ORF must be shorter, aa without the stop",
        "orf_mode": "strict: the ORF's length is a rule; calibrated: it counts in the "
        "coding probability, whose threshold lets 1.3 % of mRNAs pass",
        "coding_model": "auto: trained on the annotation where it holds enough genes",
        "coding_threshold": "coding probability from which a transcript is coding",
        "coding_sure": "probability of either kind from which the call is sure",
        "when_unsure": "decide: the threshold decides on unsure calls; leave: nothing "
        "does",
        "vote_rule": "own: the model decides on coding potential; any, majority, all: "
        "so many of the votes, other programs' and its own, must say coding",
        "cpat_cutoff": "CPAT's probability from which it votes coding",
        "min_training_genes": "genes of either kind that training needs",
        "housekeeping_biotypes": "biotypes that are housekeeping RNA",
        "housekeeping_fraction": "shared exons, of the transcript or the housekeeping "
        "RNA, from which a transcript is dropped",
        "mitochondrial_chroms": "chromosomes that count as housekeeping throughout",
        "domain_cutoff": "what decides on a domain hit",
        "domain_max_evalue": "largest E-value where the E-value decides",
        "min_segment_aa": "shortest translated segment that is searched, aa",
        "priming_window_nt": "genomic bases behind the 3' end that are looked at, nt",
        "priming_a_fraction": "part of A in them that makes internal priming likely",
        "near_gene_nt": "a coding gene on its strand this near is a doubt, nt",
        "coding_biotypes": "gene biotypes that are protein-coding",
        "lncrna_biotypes": "gene biotypes that are known lncRNAs",
        "locus_criteria": "criteria that spoil a whole locus",
        "strictness": "locus: one bad isoform spoils its locus; transcript: each alone",
    }
)

EVALUATION: Mapping[str, str] = MappingProxyType(
    {
        "n_coding": "coding transcripts that it was tested on",
        "n_noncoding": "non-coding transcripts that it was tested on",
        "auc": "chance that a coding transcript scores above a non-coding one; 0.5 is "
        "guessing, 1 is perfect",
        "sensitivity": "of the coding transcripts, the part at or above the threshold",
        "specificity": "of the non-coding transcripts, the part below the threshold",
        "accuracy": "of all, the part on the right side of the threshold",
        "kept_at_leak": "of the non-coding transcripts, the part below the probability "
        "below which 1.3 % of the coding ones lie",
        "auc_length_matched": "auc of a subset in which length tells nothing",
        "accuracy_length_matched": "accuracy in that subset",
        "n_made_up": "non-coding sequences made of mRNAs to train on",
    }
)

FILES: Mapping[str, str] = MappingProxyType(
    {
        "candidates.gtf": "the candidates with their exons, for any genome browser",
        "candidates.bed": "the same as BED12",
        "candidates.fa": "their spliced sequences",
        "cells.h5ad": "UMIs by cell and gene, AnnData",
        "tables/transcripts.tsv": "every transcript, every criterion, every number",
        "tables/attrition.tsv": "what each criterion took away",
        "tables/samples.tsv": "reads, mapping and assembly of each sample",
        "tables/tpm.tsv": "expression of the candidates, transcripts per million",
        "tables/counts.tsv": "estimated read counts of the candidates",
        "tables/README.md": "what each column of the tables means",
        "figures/attrition.svg": "the flow above, for a paper",
        "figures/attrition.png": "the same as an image",
        "figures/distributions.svg": "the distributions above",
        "figures/distributions.png": "the same as an image",
        "run.json": "command, arguments, versions, inputs and their checksums",
        "log.txt": "what the run said while it worked",
    }
)


def count(n: int, noun: str) -> str:
    """A number with its noun, e.g. ``1 locus``, ``2 loci``."""
    if n == 1:
        return f"1 {noun}"
    plural = {"locus": "loci"}.get(noun, f"{noun}s")
    return f"{n:,} {plural}"


def listed(words: Sequence[str]) -> str:
    """Words in a row: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def source_of(samples: Sequence[str]) -> str:
    """Where the transcripts came from."""
    if not samples:
        return "an assembly given as a file, without samples"
    if len(samples) > MAX_SAMPLES_NAMED:
        return f"{len(samples)} samples"
    return f"{'sample' if len(samples) == 1 else 'samples'} {listed(samples)}"


def answer(result: FilterResult, samples: Sequence[str]) -> dict[str, str]:
    """The result in plain words: what was found, out of what, what was lost where."""
    candidates, rows = result.candidates, result.rows
    n_known = sum(row.collected.origin == "known" for row in candidates)
    n_loci = len({row.locus_id for row in candidates})
    known = sum(row.collected.origin == "known" for row in rows)
    return {
        "found": count(len(candidates), "lincRNA candidate"),
        "where": f"in {count(n_loci, 'locus')}: {n_known:,} known and "
        f"{len(candidates) - n_known:,} novel"
        if candidates
        else "passed all criteria",
        "out_of": f"{count(len(rows), 'transcript')} ({known:,} known lncRNAs and "
        f"{len(rows) - known:,} novel transcripts)",
        "source": source_of(samples),
        "dropped": f"{len(rows) - len(candidates):,}",
        "loss": _losses(result),
        "unjudged": listed([UNJUDGED.get(name, name) for name in not_judged(rows)]),
    }


def _losses(result: FilterResult) -> str:
    """The criteria that dropped the most transcripts."""
    reasons = drop_reasons(result.settings)
    stages = [stage for stage in flow(result.rows) if stage.n_dropped]
    stages.sort(key=lambda stage: -stage.n_dropped)
    return listed(
        [f"{reasons[one.criterion]} ({one.n_dropped:,})" for one in stages[:2]]
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


def files_of(out: Path) -> list[tuple[str, str]]:
    """Files of a run folder that are there, and what each holds."""
    return [(name, told) for name, told in FILES.items() if (out / name).is_file()]
