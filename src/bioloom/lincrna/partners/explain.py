"""The working behind a partner and behind an enriched gene set, in words.

Numbers come from the results and from the functions that made them; here they only get
their sentences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, Verdict, cell
from bioloom.genome.intervals import Pairs
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.partners.classes import (
    SOURCE,
    Partner,
    PlacedPartners,
    direction_of,
    intergenic_subtype,
    location_of,
)
from bioloom.lincrna.partners.coexpression import numerators_of
from bioloom.lincrna.partners.enrichment import SOURCE as ENRICHMENT_SOURCE
from bioloom.lincrna.partners.enrichment import Enriched, hypergeometric_p
from bioloom.lincrna.partners.gene_pairs import (
    Coexpression,
    Expression,
    PairCorrelation,
)
from bioloom.lincrna.settings import PartnerSettings
from bioloom.run.language import listed, mark, tr
from bioloom.run.words import cut_lines

MAX_LINES = 60
_MOST_EXACT = 1 << 53  # whole numbers up to here are exact as floats

SUBTYPE_MEANING = {
    "containing": mark("The candidate's span holds the whole gene: containing."),
    "nested": mark("The gene's span holds the whole candidate: nested."),
    "overlapping": mark("Each span reaches over an end of the other: overlapping."),
    "same_strand": mark("Both lie on the same strand: same_strand."),
    "divergent": mark("On opposite strands, 5' ends face each other: divergent."),
    "convergent": mark("On opposite strands, 3' ends face each other: convergent."),
    "unknown": mark("Without both strands the subtype is unknown."),
}
LOCATION_MEANING = {
    "exonic": mark("Exons of the two share {n:,} bases: exonic."),
    "intronic": mark(
        "No exons share a base, and the candidate's exons within the gene's span lie "
        "in its introns: intronic."
    ),
    "none": mark("No exons share a base, and the gene has no intron: none."),
    "upstream": mark(
        "The candidate lies before the 5' end of the gene ({strand}): upstream, as "
        "seen from the gene."
    ),
    "downstream": mark(
        "The candidate lies behind the 3' end of the gene ({strand}): downstream, as "
        "seen from the gene."
    ),
    "unknown": mark("Without the gene's strand the location is unknown."),
}
DIRECTION_MEANING = {
    "sense": mark("Strands {ours} and {theirs} are the same: sense."),
    "antisense": mark("Strands {ours} and {theirs} are opposite: antisense."),
    "unknown": mark("Strands {ours} and {theirs}: the direction is unknown."),
}


@dataclass(frozen=True, slots=True)
class MeasuredPair:
    """Two genes with the expression and correlations of the run.

    Parameters
    ----------
    correlation
        Theirs; None if it was not tested.
    coexpression, expression, settings
        Of the run.
    is_cis
        Whether the pair is one of the cis pairs.
    """

    correlation: PairCorrelation | None
    coexpression: Coexpression
    expression: Expression
    settings: PartnerSettings
    is_cis: bool = True


def explain_pair(
    candidate: Transcript,
    partner: Partner,
    placed: PlacedPartners,
    measured: MeasuredPair | None,
) -> Explanation:
    """Show how a candidate lies to a gene near it, and how alike they are expressed.

    Parameters
    ----------
    candidate
        Its transcript.
    partner
        The gene.
    placed
        All partners by place.
    measured
        Expression of the two; None without samples.
    """
    steps = [*_place_steps(candidate, partner, placed)]
    if measured is not None and partner.is_cis:
        steps += _correlation_steps(measured)
    elif measured is not None:
        steps.append(_beyond_step())
    words = listed(map(tr, partner.place_class))
    return Explanation(
        title=tr(
            "{candidate} and {gene}: {words}",
            candidate=candidate.transcript_id,
            gene=partner.name,
            words=words,
        ),
        steps=tuple(steps),
        inputs={
            tr("candidate"): f"{candidate.region} ({candidate.strand})",
            tr("partner gene"): f"{partner.gene_id} {partner.gene_name}".strip(),
            tr("its transcript"): f"{partner.partner_id}, {partner.chrom}:"
            f"{partner.start + 1}-{partner.end} ({partner.strand})",
        },
    )


def explain_trans(candidate: str, gene: str, measured: MeasuredPair) -> Explanation:
    """Show how alike a candidate's gene and a gene elsewhere are expressed.

    Parameters
    ----------
    candidate
        Name of the candidate's gene.
    gene
        The other gene.
    measured
        Expression of the two.
    """
    return Explanation(
        title=tr("{candidate} and {gene}: trans pair", candidate=candidate, gene=gene),
        steps=tuple(_correlation_steps(measured)),
        inputs={tr("candidate"): candidate, tr("partner gene"): gene},
    )


def _place_steps(
    candidate: Transcript, partner: Partner, placed: PlacedPartners
) -> Iterator[Step]:
    yield _distance_step(candidate, partner, placed.window_nt)
    direction = direction_of(candidate.strand, partner.strand)
    yield Step(
        claim=tr(
            DIRECTION_MEANING[direction], ours=candidate.strand, theirs=partner.strand
        )
    )
    location, subtype = partner.location, partner.subtype
    if partner.kind == "intergenic":
        is_left = candidate.end <= partner.start
        location = location_of(partner.strand, is_left=is_left)
        subtype = intergenic_subtype(direction, location)
    yield Step(
        claim=tr(
            LOCATION_MEANING[location], n=partner.overlap_nt, strand=partner.strand
        )
    )
    yield Step(claim=tr(SUBTYPE_MEANING[subtype]), source=SOURCE)
    yield _best_step(partner, placed)


def _distance_step(candidate: Transcript, partner: Partner, window_nt: int) -> Step:
    verdict = Verdict("pass" if partner.is_cis else "fail")
    rule = tr("A cis partner lies within {window:,} nt.", window=window_nt)
    if partner.kind == "genic":
        return Step(
            claim=tr("{rule} The two spans share bases: genic.", rule=rule),
            value=Quantity(0, "nt"),
            verdict=verdict,
        )
    left, right = sorted((tx.start, tx.end) for tx in (candidate, partner))
    return Step(
        claim=tr("{rule} The two spans share no base: intergenic.", rule=rule),
        formula=r"d = s_2 - e_1 - 1",
        substitution=f"d = {right[0] + 1} - {left[1]} - 1 = {partner.distance_nt}",
        value=Quantity(partner.distance_nt, "nt"),
        verdict=verdict,
    )


def _best_step(partner: Partner, placed: PlacedPartners) -> Step:
    others = [row for row in placed.rows if row.transcript_id == partner.transcript_id]
    claim = tr(
        "The best partner is the gene whose exons share the most bases with the "
        "candidate's, or the nearest one if no span overlaps."
    )
    lines = [
        tr(
            "{gene}: {kind}, {overlap:,} shared bases, {distance:,} nt away",
            gene=row.name,
            kind=tr(row.kind),
            overlap=row.overlap_nt,
            distance=row.distance_nt,
        )
        for row in others
    ]
    word = tr("best partner") if partner.is_best else tr("not the best partner")
    return Step(
        claim=claim,
        verdict=Verdict("note", text=word),
        detail=cut_lines(lines, MAX_LINES),
    )


def _beyond_step() -> Step:
    return Step(
        claim=tr(
            "Beyond the window they are no cis pair: their correlation counts among "
            "the trans pairs, and is listed there if it is strong enough."
        )
    )


def _correlation_steps(measured: MeasuredPair) -> Iterator[Step]:
    pair = measured.correlation
    if pair is None:
        yield Step(
            claim=tr(
                "Their correlation is not tested: one of the genes is not coding, "
                "below {least:g} TPM on average, or of the same rank in every sample.",
                least=measured.settings.min_mean_tpm,
            )
        )
        return
    yield from _rank_steps(pair, measured)
    yield _rho_step(pair, measured)
    found = measured.coexpression
    if found.null is None:
        yield Step(claim=found.reason, verdict=Verdict("note"))
        return
    yield _p_step(pair, found)
    yield _q_step(pair, measured)


def _rank_steps(pair: PairCorrelation, measured: MeasuredPair) -> Iterator[Step]:
    """TPM and ranks of each group of samples."""
    found, expression = measured.coexpression, measured.expression
    rows = [expression.row_of[name] for name in (pair.candidate, pair.gene)]
    ours, theirs = _doubled(pair, measured)
    for group, places in zip(found.strata.groups, found.strata.members, strict=True):
        claim = tr(
            "Each sample: TPM and rank r of the candidate's gene, TPM and rank s of "
            "the partner gene."
        )
        if group.name:
            claim = tr(
                "Each sample of group {group}: TPM and rank r of the candidate's gene, "
                "TPM and rank s of the partner gene.",
                group=group.name,
            )
        yield Step(
            claim=claim,
            detail=cut_lines(
                _rank_table(
                    group.samples,
                    expression.tpm[rows][:, places],
                    [_ranks(values[places]) for values in (ours, theirs)],
                ),
                MAX_LINES,
            ),
        )


def _ranks(doubled: np.ndarray) -> list[float]:
    return [(value + len(doubled) + 1) / 2 for value in doubled.tolist()]


def _rank_table(
    samples: Sequence[str], tpm: np.ndarray, ranks: Sequence[Sequence[float]]
) -> list[str]:
    widest = max(map(len, samples))
    return [
        cell(name, widest + 2)
        + "".join(
            cell(text, 12, to="right")
            for text in (
                f"{tpm[0, place]:.6g}",
                f"r = {ranks[0][place]:g}",
                f"{tpm[1, place]:.6g}",
                f"s = {ranks[1][place]:g}",
            )
        )
        for place, name in enumerate(samples)
    ]


@dataclass(frozen=True, slots=True)
class _Sums:
    """The three sums of a correlation."""

    product: float
    ours: float
    theirs: float


def _places(pair: PairCorrelation, measured: MeasuredPair) -> Pairs:
    found, row_of = measured.coexpression, measured.expression.row_of
    return Pairs(
        np.array([found.candidates.place_of[row_of[pair.candidate]]]),
        np.array([found.coding.place_of[row_of[pair.gene]]]),
    )


def _doubled(pair: PairCorrelation, measured: MeasuredPair) -> list[np.ndarray]:
    """Doubled, centred ranks of the two genes."""
    found, places = measured.coexpression, _places(pair, measured)
    return [
        found.candidates.ranks.values[places.left[0]],
        found.coding.ranks.values[places.right[0]],
    ]


def _sums(pair: PairCorrelation, measured: MeasuredPair) -> _Sums:
    found, places = measured.coexpression, _places(pair, measured)
    left, right = found.candidates.ranks, found.coding.ranks
    # ranks were doubled
    return _Sums(
        int(numerators_of(left, right, places)[0]) / 4,
        int(left.squares[places.left[0]]) / 4,
        int(right.squares[places.right[0]]) / 4,
    )


def _rho_step(pair: PairCorrelation, measured: MeasuredPair) -> Step:
    sums = _sums(pair, measured)
    return Step(
        claim=tr(
            "The correlation of the ranks, each taken from the mean of its group."
        ),
        formula=r"\rho = \frac{\sum_i (r_i - \bar{r}) (s_i - \bar{s})}"
        r"{\sqrt{\sum_i (r_i - \bar{r})^2 \sum_i (s_i - \bar{s})^2}}",
        substitution=rf"\rho = \frac{{{sums.product:g}}}"
        rf"{{\sqrt{{{sums.ours:g} \cdot {sums.theirs:g}}}}} = {pair.rho:.4f}",
        value=Quantity(pair.rho, "", 4),
    )


def _p_step(pair: PairCorrelation, found: Coexpression) -> Step:
    null = found.null
    if null is None:
        raise TypeError
    n = null.n_permutations
    if null.is_exact:
        as_large = pair.p * n
        count = f"{round(as_large):,}" if n < _MOST_EXACT else f"{as_large:.4g}"
        return Step(
            claim=tr(
                "Of all {n:,} orders of the samples within their groups, {count} give "
                "a correlation of this size or more, of either sign.",
                n=n,
                count=count,
            ),
            formula=r"p = k / N",
            substitution=rf"p = {_plain(count)} / {n} = {pair.p:.4g}",
            value=Quantity(pair.p, "", None),
        )
    as_large = round(pair.p * (n + 1) - 1)
    return Step(
        claim=tr(
            "Of {n:,} random orders of the samples within their groups, {count:,} give "
            "a correlation of this size or more, of either sign.",
            n=n,
            count=as_large,
        ),
        formula=r"p = (k + 1) / (B + 1)",
        substitution=rf"p = ({as_large} + 1) / ({n} + 1) = {pair.p:.4g}",
        value=Quantity(pair.p, "", None),
    )


def _plain(number: str) -> str:
    return number.replace(",", "")


def _q_step(pair: PairCorrelation, measured: MeasuredPair) -> Step:
    found, alpha = measured.coexpression, measured.settings.alpha
    verdict = Verdict("pass" if pair.q <= alpha else "fail")
    if not measured.is_cis:
        return Step(
            claim=tr(
                "The q-value, after Benjamini and Hochberg, counts all {n:,} trans "
                "pairs; at {alpha:g} or less the correlation is significant.",
                n=found.n_trans,
                alpha=alpha,
            ),
            value=Quantity(pair.q, "", None),
            verdict=verdict,
            source="doi:10.1111/j.2517-6161.1995.tb02031.x",
        )
    p = np.sort([row.p for row in found.cis.values()])
    scaled = p * len(p) / np.arange(1, len(p) + 1)
    first = int(np.searchsorted(p, pair.p, side="right")) - 1
    rank = first + int(np.argmin(scaled[first:]))
    return Step(
        claim=tr(
            "Of the {n:,} cis pairs {rank:,} have a p-value as small. After Benjamini "
            "and Hochberg the q-value is the smallest of p n / j from there on; at "
            "{alpha:g} or less the correlation is significant.",
            n=len(p),
            rank=first + 1,
            alpha=alpha,
        ),
        formula=r"q = \min_{j \geq i} \frac{p_j n}{j}",
        substitution=rf"q = \frac{{{p[rank]:.4g} \cdot {len(p)}}}{{{rank + 1}}} = "
        rf"{scaled[rank]:.4g}",
        value=Quantity(pair.q, "", None),
        verdict=verdict,
        source="doi:10.1111/j.2517-6161.1995.tb02031.x",
    )


def explain_term(row: Enriched, settings: PartnerSettings) -> Explanation:
    """Show why a gene set is, or is not, more frequent among partners.

    Parameters
    ----------
    row
        The gene set.
    settings
        With the largest q-value.
    """
    who = tr(row.question)
    if row.candidate:
        who = tr("{who}: {candidate}", who=who, candidate=row.candidate)
    return Explanation(
        title=tr("{term} among {who}", term=_titled(row), who=who),
        steps=(_table_step(row), _chance_step(row), _corrected_step(row, settings)),
        inputs={tr("gene set"): _titled(row), tr("partners"): who},
    )


def _titled(row: Enriched) -> str:
    return row.term if row.name == row.term else f"{row.term} {row.name}"


def _table_step(row: Enriched) -> Step:
    only_set, only_partner = row.n_in_set - row.n_both, row.n_partners - row.n_both
    neither = row.n_background - row.n_both - only_set - only_partner
    lines = [
        cell("", 14)
        + cell(tr("in the set"), 14, to="right")
        + cell(tr("not in it"), 14, to="right"),
        cell(tr("partners"), 14)
        + cell(f"{row.n_both:,}", 14, to="right")
        + cell(f"{only_partner:,}", 14, to="right"),
        cell(tr("other genes"), 14)
        + cell(f"{only_set:,}", 14, to="right")
        + cell(f"{neither:,}", 14, to="right"),
    ]
    return Step(
        claim=tr(
            "Of {n:,} coding genes that might have been partners, {partners:,} are, "
            "{members:,} are in the set, and {both:,} are both; by chance it would be "
            "{expected:.2f}.",
            n=row.n_background,
            partners=row.n_partners,
            members=row.n_in_set,
            both=row.n_both,
            expected=row.expected,
        ),
        formula=r"E = n K / N",
        substitution=f"E = {row.n_partners} \\cdot {row.n_in_set} / "
        f"{row.n_background} = {row.expected:.4g}",
        value=Quantity(row.expected, tr("genes"), 2),
        detail=(*lines, *cut_lines(row.genes, MAX_LINES)),
    )


def _chance_step(row: Enriched) -> Step:
    p = hypergeometric_p(row.n_both, row.n_in_set, row.n_partners, row.n_background)
    others = row.n_background - row.n_in_set
    return Step(
        claim=tr(
            "The chance that {k:,} or more of {n:,} genes drawn at random are in the "
            "set (hypergeometric, by gseapy).",
            k=row.n_both,
            n=row.n_partners,
        ),
        formula=r"p = \sum_{i \geq k} \frac{C(K, i) \; C(N - K, n - i)}{C(N, n)}",
        substitution=rf"p = \sum_{{i \geq {row.n_both}}} "
        rf"\frac{{C({row.n_in_set}, i) \; C({others}, {row.n_partners} - i)}}"
        rf"{{C({row.n_background}, {row.n_partners})}} = {p:.4g}",
        value=Quantity(p, "", None),
        source=ENRICHMENT_SOURCE,
    )


def _corrected_step(row: Enriched, settings: PartnerSettings) -> Step:
    return Step(
        claim=tr(
            "Of {n:,} sets tested {rank:,} have a p-value as small. The q-value after "
            "Benjamini and Hochberg is the smallest of p n / j from there on; at "
            "{alpha:g} or less the set is enriched.",
            n=row.n_tested,
            rank=row.rank,
            alpha=settings.alpha,
        ),
        formula=r"q = \min_{j \geq i} \frac{p_j n}{j}",
        value=Quantity(row.q, "", None),
        verdict=Verdict("pass" if row.q <= settings.alpha else "fail"),
        source="doi:10.1111/j.2517-6161.1995.tb02031.x",
    )
