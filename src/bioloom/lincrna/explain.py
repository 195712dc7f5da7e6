"""The working behind one transcript's verdict, in words.

Numbers come from the judged transcript and from the functions that judged it; here
they only get their sentences.
"""

import math
from collections.abc import Mapping
from textwrap import wrap

import numpy as np

from bioloom.explain import Explanation, Outcome, Quantity, Step, Verdict
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.classcodes import MEANING
from bioloom.lincrna.coding import (
    FEATURES,
    CodingModel,
    CodingScore,
    by_group,
    feature_contributions,
)
from bioloom.lincrna.criteria import CRITERIA, UNSURE, Judgement, own_coding
from bioloom.lincrna.neighbours import Neighbour
from bioloom.lincrna.orf import Orf, protein_of, shown_sequence
from bioloom.lincrna.result import LOCUS, Judged
from bioloom.lincrna.settings import CriterionName, FilterSettings

LINE = 72
MAX_LINES = 60


def explain(
    row: Judged, sequence: str, model: CodingModel, settings: FilterSettings
) -> Explanation:
    """Show why a transcript is, or is not, a lincRNA candidate.

    Parameters
    ----------
    row
        The judged transcript.
    sequence
        Its spliced sequence, 5'→3' on its strand.
    model
        The coding model of the run.
    settings
        Thresholds of the run.
    """
    tx = row.collected.transcript
    steps = (
        _intergenic(row),
        _distance(row, settings),
        _length(row, settings),
        _orf(row, sequence, settings),
        _coding(row, model, settings),
        *_votes(row, settings),
        _housekeeping(row, settings),
        _domain(row),
        _locus(row, settings),
    )
    return Explanation(
        title=f"{tx.transcript_id}: {_conclusion(row)}",
        steps=steps,
        inputs=_inputs(row, tx),
    )


def _conclusion(row: Judged) -> str:
    if row.verdict == "candidate":
        return f"{row.collected.origin} lincRNA candidate"
    if row.reason == LOCUS:
        return "rejected, because an isoform of its locus fails"
    return f"rejected by {', '.join(row.failed)}"


def _inputs(row: Judged, tx: Transcript) -> dict[str, str]:
    support = row.collected.n_samples
    return {
        "place": f"{tx.region} ({tx.strand})",
        "exons": str(len(tx.exons)),
        "locus": row.locus_id,
        "origin": row.collected.origin
        + (f", as {row.collected.known_as}" if row.collected.known_as else ""),
        "support": "not known" if support is None else f"{support} samples",
    }


def _verdict(row: Judged, name: CriterionName, decimals: int = 0) -> Verdict:
    return _judged(name, row.judgements[name], decimals)


def _judged(name: CriterionName, judgement: Judgement, decimals: int) -> Verdict:
    if judgement.is_passed is None:
        return Verdict("note", text="not judged")
    outcome: Outcome = "pass" if judgement.is_passed else "fail"
    if not math.isfinite(judgement.margin) or name == "intergenic":
        return Verdict(outcome)
    margin = Quantity(abs(judgement.margin), _margin_unit(name, judgement), decimals)
    return Verdict(outcome, margin)


def _margin_unit(name: CriterionName, judgement: Judgement) -> str:
    by_evalue = name == "domain" and judgement.threshold < 1
    return "powers of ten" if by_evalue else CRITERIA[name].unit


def _intergenic(row: Judged) -> Step:
    found = row.evidence.class_code
    against = f" (against {found.ref_id})" if found.ref_id else ""
    return Step(
        claim=f"Class code {found.code}: {MEANING[found.code]}{against}.",
        verdict=_verdict(row, "intergenic"),
        source="doi:10.12688/f1000research.23297.2",
    )


def _distance(row: Judged, settings: FilterSettings) -> Step:
    tx, sides = row.collected.transcript, row.evidence.neighbours
    needed = settings.gap_multi_nt if tx.is_spliced else settings.gap_mono_nt
    kind = "several exons" if tx.is_spliced else "one exon"
    others = (sides.left, sides.right, sides.nearest_same_strand)
    near = dict.fromkeys([*sides.overlaps, *(side for side in others if side)])
    value = row.evidence.gap_nt
    return Step(
        claim=f"A transcript with {kind} must lie at least {needed} nt from coding "
        "genes on its strand.",
        value=Quantity(value, "nt") if math.isfinite(value) else None,
        verdict=_verdict(row, "distance"),
        detail=tuple(map(_neighbour_line, near)) or ("no coding gene on chromosome",),
    )


def _neighbour_line(found: Neighbour) -> str:
    name = found.gene_name or found.gene_id
    place = "overlaps it" if found.side == "overlap" else f"{found.distance_nt} nt away"
    return f"{name} ({found.strand}), {place}, {found.relation}"


def _length(row: Judged, settings: FilterSettings) -> Step:
    tx = row.collected.transcript
    sizes = [end - start for start, end in tx.exons]
    return Step(
        claim=f"A lincRNA's exons together have over {settings.min_length_nt} nt.",
        formula=r"L = \sum_i (e_i - s_i)",
        substitution="L = " + " + ".join(map(str, sizes)) + f" = {tx.length_nt}",
        value=Quantity(tx.length_nt, "nt"),
        verdict=_verdict(row, "length"),
    )


def _orf(row: Judged, sequence: str, settings: FilterSettings) -> Step:
    orfs = row.evidence.orfs
    claim = f"A lincRNA has no ORF of {settings.max_orf_aa} aa or more."
    if settings.orf_mode == "calibrated":
        claim = "The ORF's length is no rule here: it counts in the coding probability."
    if orfs.longest is None:
        return Step(
            claim=f"{claim} This transcript has no ATG.",
            value=Quantity(0, "aa"),
            verdict=_verdict(row, "orf"),
        )
    complete, open_end = (
        orf.length_aa if orf else 0 for orf in (orfs.complete, orfs.open_end)
    )
    return Step(
        claim=f"{claim} The longest with a stop codon has {complete} aa, the longest "
        f"that runs off the 3' end {open_end} aa; {_orf_place(orfs.longest)}.",
        value=Quantity(row.evidence.longest_orf_aa, "aa"),
        verdict=_verdict(row, "orf"),
        detail=_orf_lines(orfs.longest, sequence),
    )


def _orf_place(orf: Orf) -> str:
    strand = "" if orf.strand == "+" else " of the opposite strand"
    return f"frame {orf.frame}{strand}, nt {orf.start + 1}-{orf.start + orf.length_nt}"


def _orf_lines(orf: Orf, sequence: str) -> tuple[str, ...]:
    """Protein, then the sequence with the ORF in capitals, cut if very long."""
    lines = wrap(shown_sequence(orf, sequence), LINE)
    cut = (f"… {len(lines) - MAX_LINES} more lines",) * (len(lines) > MAX_LINES)
    return (*wrap(protein_of(orf, sequence), LINE), "", *lines[:MAX_LINES], *cut)


def _coding(row: Judged, model: CodingModel, settings: FilterSettings) -> Step:
    scored, own = row.evidence.coding, own_coding(row.evidence, settings)
    groups = by_group(model.contributions(np.array(scored.features)))
    log_odds = model.intercept + sum(groups.values())
    terms = " ".join(f"{part:+.3f}" for part in groups.values())
    return Step(
        claim="A lincRNA's coding probability is below "
        f"{own.threshold:.3f}{_how_set(settings, model)}. {_how_sure(row)}"
        f"Model: {model.name}.",
        formula=r"p = \frac{1}{1 + e^{-z}}, \quad z = b + \sum_g c_g",
        substitution=f"z = {model.intercept:.3f} {terms} = {log_odds:.3f}",
        value=Quantity(scored.probability, "", 4),
        verdict=_judged("coding", own, 4),
        source="doi:10.1214/aos/1013203451, doi:10.1093/nar/gkt006, "
        "doi:10.1093/nar/10.17.5303",
        detail=_coding_lines(scored, model, groups),
    )


def _votes(row: Judged, settings: FilterSettings) -> tuple[Step, ...]:
    """Other programs' votes; no step where none were given."""
    votes = row.evidence.votes
    if not votes:
        return ()
    words = {True: "coding", False: "noncoding", None: "no call"}
    if settings.vote_rule == "own":
        claim, verdict = "They are told, and decide nothing.", Verdict("note")
    else:
        judgement = row.judgements["coding"]
        verdict = _verdict(row, "coding")
        claim = (
            f"{judgement.value:.0f} say coding, the model above counted; "
            f"{judgement.threshold:.0f} would make it coding "
            f"(rule: {settings.vote_rule})."
        )
    return (
        Step(
            claim=f"Votes of other programs on coding potential. {claim}",
            verdict=verdict,
            detail=tuple(
                f"{vote.tool}: {words[vote.is_coding]}, {vote.score:.4g}"
                for vote in votes
            ),
        ),
    )


def _how_set(settings: FilterSettings, model: CodingModel) -> str:
    """What the threshold means where it is not the user's own."""
    if settings.coding_threshold != model.threshold_in(settings.orf_mode):
        return ""
    if settings.orf_mode == "calibrated":
        return ", below which 1.3 % of mRNAs lie in cross-validation"
    return ", where sensitivity and specificity meet in cross-validation"


def _how_sure(row: Judged) -> str:
    if row.judgements["coding"].note == UNSURE:
        return "This one is between: the call is unsure. "
    return ""


def _coding_lines(
    scored: CodingScore, model: CodingModel, groups: Mapping[str, float]
) -> tuple[str, ...]:
    """What each group of features adds, the strongest first, then its features."""
    parts = feature_contributions(scored, model)
    facts = zip(
        FEATURES.items(), scored.features, model.typical.tolist(), parts, strict=True
    )
    lines = [f"{'evidence':22} {'value':>10} {'typical':>10} {'adds':>8}"]
    by_name: dict[str, list[str]] = {group: [] for group in groups}
    for (name, feature), value, typical, part in facts:
        by_name[feature.group].append(
            f"  {name:20} {value:10.4f} {typical:10.4f} {part:+8.3f}"
        )
    for group in sorted(groups, key=lambda group: -abs(groups[group])):
        lines += [f"{group:44} {groups[group]:+8.3f}", *by_name[group]]
    return tuple(lines)


def _housekeeping(row: Judged, settings: FilterSettings) -> Step:
    found = row.evidence.housekeeping
    claim = (
        "A lincRNA and a housekeeping RNA on its strand share less than "
        f"{settings.housekeeping_fraction:.0%} of the exons of either."
    )
    if found.rna:
        claim += (
            f" With {found.rna} ({found.biotype}) it shares {found.overlap_nt} nt: "
            f"{found.of_transcript:.1%} of the transcript, {found.of_rna:.1%} of the "
            "RNA."
        )
    return Step(
        claim=claim,
        value=Quantity(found.fraction, "", 3),
        verdict=_verdict(row, "housekeeping", 3),
    )


def _domain(row: Judged) -> Step:
    hit, verdict = row.evidence.domain, _verdict(row, "domain", 1)
    if not row.evidence.is_domain_searched:
        return Step(claim="No domain models were given.", verdict=verdict)
    if hit is None:
        return Step(
            claim="No domain model comes near any of its translated frames.",
            verdict=verdict,
        )
    name = f"{hit.model} ({hit.accession})" if hit.accession else hit.model
    limit = (
        "judged by E-value"
        if math.isnan(hit.threshold_bits)
        else f"gathering threshold {hit.threshold_bits:.1f} bits"
    )
    return Step(
        claim=f"Best domain model: {name}, segment {hit.segment} (frame:start), aa "
        f"{hit.start_aa + 1}-{hit.end_aa}, E-value {hit.evalue:.2g}, {limit}.",
        value=Quantity(hit.score_bits, "bits", 1),
        verdict=verdict,
        source="doi:10.1371/journal.pcbi.1002195, doi:10.1093/nar/gkaa913",
    )


def _locus(row: Judged, settings: FilterSettings) -> Step:
    if settings.strictness == "transcript":
        return Step(claim="Each transcript is judged alone.", verdict=Verdict("note"))
    listed = ", ".join(settings.locus_criteria)
    return Step(
        claim=f"No isoform of a lincRNA's locus ({row.locus_id}) fails by {listed}.",
        verdict=Verdict("fail" if row.spoiled_by else "pass"),
        detail=row.spoiled_by,
    )
