"""The working behind one transcript's verdict, in words.

Numbers come from the judged transcript and from the functions that judged it; here
they only get their sentences.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from textwrap import wrap

from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.coding.orf import LongestOrfs, Orf, protein_of, shown_sequence
from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.loci.classcodes import MEANING
from bioloom.lincrna.loci.neighbours import Neighbour
from bioloom.lincrna.loci.touches import TOUCH_MEANING
from bioloom.lincrna.output.explain_coding import coding_step, vote_steps
from bioloom.lincrna.output.explain_homology import homology_steps
from bioloom.lincrna.output.verdicts import verdict_of
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import REJECTS_BY
from bioloom.lincrna.verdict.domains import DomainHit
from bioloom.lincrna.verdict.judged import LOCUS, Judged
from bioloom.lincrna.verdict.rfam import RfamHit
from bioloom.run.language import listed, mark, tr
from bioloom.seq.genetic_code import STANDARD, GeneticCode, genetic_code

LINE = 72
MAX_LINES = 60

# words that results hold
ORIGINS = (mark("known"), mark("novel"))
RELATIONS = (
    *(mark("same strand upstream"), mark("same strand downstream")),
    *(mark("divergent"), mark("convergent")),
    *(mark("overlap"), mark("unknown strand")),
)


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
        coding_step(row.evidence.coding, model, settings),
        *vote_steps(row, settings),
        _housekeeping(row, settings),
        *_touch_steps(row),
        _domain(row),
        *homology_steps(row, settings),
        *_expression_steps(row, settings),
        _locus(row, settings),
        *_name_steps(row),
    )
    return Explanation(
        title=tr("{name}: {value}", name=tx.transcript_id, value=_conclusion(row)),
        steps=steps,
        inputs=_inputs(row, tx),
    )


def _conclusion(row: Judged) -> str:
    if row.verdict == "candidate":
        return tr("{origin} lincRNA candidate", origin=tr(row.collected.origin))
    if row.reason == LOCUS:
        return tr("rejected, because an isoform of its locus fails")
    return tr("rejected by {criteria}", criteria=listed(map(tr, row.failed)))


def _inputs(row: Judged, tx: Transcript) -> dict[str, str]:
    origin, n_samples = tr(row.collected.origin), row.collected.n_samples
    if row.collected.known_as:
        origin = tr("{origin}, as {name}", origin=origin, name=row.collected.known_as)
    support = tr("not known") if n_samples is None else tr("{n} samples", n=n_samples)
    return {
        tr("place"): f"{tx.region} ({tx.strand})",
        tr("exons"): str(len(tx.exons)),
        tr("locus"): row.locus_id,
        **({tr("name"): row.name} if row.name else {}),
        tr("origin"): origin,
        tr("support"): support,
        **_full_length(row),
    }


def _full_length(row: Judged) -> dict[str, str]:
    """Long reads that hold the transcript whole, where there are long reads."""
    n_reads = row.evidence.n_full_length
    return {} if n_reads is None else {tr("full-length reads"): str(n_reads)}


def _intergenic(row: Judged) -> Step:
    class_code = row.evidence.class_code
    meaning = tr(MEANING[class_code.code])
    claim = tr("Class code {code}: {meaning}.", code=class_code.code, meaning=meaning)
    if class_code.ref_id:
        claim = tr(
            "Class code {code}: {meaning} (against {reference}).",
            code=class_code.code,
            meaning=meaning,
            reference=class_code.ref_id,
        )
    return Step(
        claim=claim,
        verdict=verdict_of(row, "intergenic"),
        source="doi:10.12688/f1000research.23297.2",
    )


def _distance(row: Judged, settings: FilterSettings) -> Step:
    tx, sides = row.collected.transcript, row.evidence.neighbours
    others = (sides.left, sides.right, sides.nearest_same_strand)
    near = dict.fromkeys([*sides.overlaps, *(side for side in others if side)])
    value = row.evidence.gap_nt
    return Step(
        claim=_distance_rule(tx, settings),
        value=Quantity(value, "nt") if math.isfinite(value) else None,
        verdict=verdict_of(row, "distance"),
        detail=tuple(map(_neighbour_line, near))
        or (tr("no coding gene on chromosome"),),
    )


def _distance_rule(tx: Transcript, settings: FilterSettings) -> str:
    if tx.is_spliced:
        return tr(
            "A transcript with several exons must lie at least {needed} nt from coding "
            "genes on its strand.",
            needed=settings.gap_multi_nt,
        )
    return tr(
        "A transcript with one exon must lie at least {needed} nt from coding genes on "
        "its strand.",
        needed=settings.mono_gap_nt,
    )


def _neighbour_line(gene: Neighbour) -> str:
    place = tr("overlaps it")
    if gene.side != "overlap":
        place = tr("{distance} nt away", distance=gene.distance_nt)
    return tr(
        "{gene} ({strand}), {place}, {relation}",
        gene=gene.gene_name or gene.gene_id,
        strand=gene.strand,
        place=place,
        relation=tr(gene.relation),
    )


def _length(row: Judged, settings: FilterSettings) -> Step:
    tx = row.collected.transcript
    sizes = [end - start for start, end in tx.exons]
    return Step(
        claim=tr(
            "The exons of a lincRNA add up to more than {least} nt.",
            least=settings.min_length_nt,
        ),
        formula=r"L = \sum_i (e_i - s_i)",
        substitution="L = " + " + ".join(map(str, sizes)) + f" = {tx.length_nt}",
        value=Quantity(tx.length_nt, "nt"),
        verdict=verdict_of(row, "length"),
    )


def _orf(row: Judged, sequence: str, settings: FilterSettings) -> Step:
    step = orf_step(row.evidence.orfs, sequence, settings, rule=_orf_rule(settings))
    return replace(step, verdict=verdict_of(row, "orf"))


def orf_step(
    orfs: LongestOrfs, sequence: str, settings: FilterSettings, *, rule: str
) -> Step:
    """The longest ORFs, without a verdict.

    Parameters
    ----------
    orfs, sequence
        Of the transcript.
    settings
        Its genetic code counts.
    rule
        What the ORF means for the verdict, a sentence.
    """
    if orfs.longest is None:
        return Step(
            claim=tr("{rule} This transcript has no ATG.", rule=rule),
            value=Quantity(0, "aa"),
        )
    complete, open_end = (
        orf.length_aa if orf else 0 for orf in (orfs.complete, orfs.open_end)
    )
    return Step(
        claim=tr(
            "{rule} The longest with a stop codon has {complete} aa, the longest that "
            "runs off the 3' end {open_end} aa; {place}.",
            rule=rule,
            complete=complete,
            open_end=open_end,
            place=_orf_place(orfs.longest),
        ),
        value=Quantity(orfs.longest.length_aa, "aa"),
        detail=_orf_lines(orfs.longest, sequence, settings),
    )


def orf_counts_in_probability() -> str:
    """The sentence for a verdict to which the ORF's length is no rule."""
    return tr("The ORF length is not a rule here: it counts in the coding probability.")


def _orf_rule(settings: FilterSettings) -> str:
    if settings.orf_mode == "calibrated":
        return orf_counts_in_probability()
    return tr(
        "A lincRNA has no ORF of {limit} aa or more.", limit=settings.orf_limit_aa
    )


def _orf_place(orf: Orf) -> str:
    frame = tr("frame {number}", number=orf.frame)
    if orf.strand == "-":
        frame = tr("frame {number} of the opposite strand", number=orf.frame)
    span = f"{orf.start + 1}-{orf.start + orf.length_nt}"
    return tr("{frame}, nt {span}", frame=frame, span=span)


def _orf_lines(orf: Orf, sequence: str, settings: FilterSettings) -> tuple[str, ...]:
    """Protein, then the sequence with the ORF in capitals, cut if very long."""
    code = genetic_code(settings.genetic_code)
    lines = wrap(shown_sequence(orf, sequence), LINE)
    more = len(lines) - MAX_LINES
    cut = (tr("… {n} more lines", n=more),) if more > 0 else ()
    protein = wrap(protein_of(orf, sequence, code), LINE)
    return (*_code_line(code), *protein, "", *lines[:MAX_LINES], *cut)


def _code_line(code: GeneticCode) -> tuple[str, ...]:
    """The genetic code and its stop codons; nothing for the standard code."""
    if code.number == STANDARD:
        return ()
    name = tr("Genetic code {number} ({name}).", number=code.number, name=code.name)
    if not code.by_context:
        stops = tr("Stop codons: {codons}.", codons=" ".join(code.stop_codons))
        return (name, stops, "")
    stops = tr(
        "{codons} are a stop codon or an amino acid by their context; they are read as "
        "amino acids, so the length is an upper bound.",
        codons=" ".join(code.by_context),
    )
    return (name, *wrap(stops, LINE), "")


def _housekeeping(row: Judged, settings: FilterSettings) -> Step:
    overlap = row.evidence.housekeeping
    claim = tr(
        "Housekeeping RNAs on its strand cover less than {limit:.0%} of a lincRNA.",
        limit=settings.housekeeping_fraction,
    )
    if overlap.rna:
        claim = tr(
            "{rule} With {rna} ({biotype}) it shares {shared} nt: {of_transcript:.1%} "
            "of the transcript, {of_rna:.1%} of the RNA.",
            rule=claim,
            rna=overlap.rna,
            biotype=tr(overlap.biotype),
            shared=overlap.overlap_nt,
            of_transcript=overlap.of_transcript,
            of_rna=overlap.of_rna,
        )
    return Step(
        claim=claim,
        value=Quantity(row.judgements["housekeeping"].value, "", 3),
        verdict=verdict_of(row, "housekeeping", 3),
        detail=_rfam_lines(row),
        source="" if row.evidence.rfam is None else "doi:10.1093/bioinformatics/btt509",
    )


def _rfam_lines(row: Judged) -> tuple[str, ...]:
    """What Rfam says of a transcript; nothing where it was not given."""
    match, is_searched = row.evidence.rfam, row.evidence.is_rfam_searched
    if is_searched is None:
        return ()
    if not is_searched:
        return (tr("Not searched with Rfam: the verdict stands without it."),)
    if match is None:
        return (tr("No Rfam family is found in it."),)
    cover = tr(
        "Housekeeping families of Rfam cover {fraction:.1%} of it.",
        fraction=match.fraction,
    )
    return (cover, *map(_rfam_line, match.hits))


def _rfam_line(hit: RfamHit) -> str:
    limit = tr("judged by E-value")
    if not math.isnan(hit.threshold_bits):
        limit = tr("gathering threshold {bits:.1f} bits", bits=hit.threshold_bits)
    kind = tr("{kind}, housekeeping", kind=hit.kind)
    return tr(
        "{family} ({kind}): nt {span} ({strand}), {score:.1f} bits, E-value "
        "{evalue:.2g}, {limit}",
        family=f"{hit.family} {hit.accession}".strip(),
        kind=kind if hit.kind else tr("rejects nothing"),
        span=f"{hit.start + 1}-{hit.end}",
        strand=hit.strand,
        score=hit.score_bits,
        evalue=hit.evalue,
        limit=limit,
    )


def _touch_steps(row: Judged) -> Iterator[Step]:
    """Annotated non-coding loci in its exons; some reject where the settings say so."""
    length_nt = row.collected.transcript.length_nt
    for kind, touch in row.evidence.touches.items():
        if kind == "small RNA" and row.evidence.housekeeping.overlap_nt:
            continue  # the housekeeping step says it
        criterion = REJECTS_BY.get(kind)
        is_judged = criterion is not None and criterion in row.judgements
        yield Step(
            claim=tr(TOUCH_MEANING[kind], name=touch.name),
            formula=r"f = n_{shared} / L",
            substitution=f"f = {touch.overlap_nt} / {length_nt} = "
            f"{touch.of_transcript:.3f}",
            value=Quantity(touch.of_transcript, "", 3),
            verdict=verdict_of(row, criterion, 3)
            if is_judged and criterion
            else Verdict("note"),
        )


def _domain(row: Judged) -> Step:
    hit, verdict = row.evidence.domain, verdict_of(row, "domain", 1)
    if not (row.evidence.is_domain_searched or row.evidence.is_domain_needed):
        return Step(
            claim=tr("Not searched for domains: the verdict stands without them."),
            verdict=verdict,
        )
    if not row.evidence.is_domain_searched:
        return Step(claim=tr("No domain models were given."), verdict=verdict)
    if hit is None:
        return Step(
            claim=tr("No domain model comes near any of its translated frames."),
            verdict=verdict,
        )
    return Step(
        claim=tr(
            "Best domain model: {model}, segment {segment} (frame:start), aa {span}, "
            "E-value {evalue:.2g}, {limit}.",
            model=f"{hit.model} ({hit.accession})" if hit.accession else hit.model,
            segment=hit.segment,
            span=f"{hit.start_aa + 1}-{hit.end_aa}",
            evalue=hit.evalue,
            limit=_domain_limit(hit),
        ),
        value=Quantity(hit.score_bits, "bits", 1),
        verdict=verdict,
        source="doi:10.1371/journal.pcbi.1002195, doi:10.1093/nar/gkaa913",
    )


def _expression_steps(row: Judged, settings: FilterSettings) -> Iterator[Step]:
    """Expression and junction reads, where they were measured."""
    expressed = row.evidence.expressed
    if expressed is None:
        return
    judgement = row.judgements["expression"]
    yield Step(
        claim=tr(
            "A lincRNA reaches {needed:g} TPM in {n} of the {total} samples (a "
            "transcript with one exon needs {mono:g} TPM).",
            needed=settings.min_tpm,
            n=settings.min_samples,
            total=len(expressed.tpm),
            mono=settings.min_tpm_mono,
        ),
        value=Quantity(judgement.value, tr("TPM"), 2),
        verdict=verdict_of(row, "expression", 2),
        detail=(", ".join(f"{tpm:.2f}" for tpm in expressed.tpm),),
    )
    if expressed.weakest_junction is not None:
        yield Step(
            claim=tr(
                "Each of its junctions has {needed} uniquely mapped reads or more, all "
                "samples together.",
                needed=settings.min_junction_reads,
            ),
            value=Quantity(expressed.weakest_junction, tr("reads")),
            verdict=verdict_of(row, "junctions"),
        )


def _domain_limit(hit: DomainHit) -> str:
    if math.isnan(hit.threshold_bits):
        return tr("judged by E-value")
    return tr("gathering threshold {bits:.1f} bits", bits=hit.threshold_bits)


def _name_steps(row: Judged) -> Iterator[Step]:
    """Where its name comes from, and the named sets that hold it."""
    near = row.evidence.neighbours.nearest
    if row.name and row.collected.origin == "novel" and near is not None:
        yield Step(
            claim=tr(
                "{name}: named by the nearest coding gene of its locus and a number; "
                "nearest to this transcript is {gene}.",
                name=row.name,
                gene=near.gene_name or near.gene_id,
            ),
            value=Quantity(near.distance_nt, "nt"),
            verdict=Verdict("note"),
        )
    for match in row.named_in:
        introns = row.collected.transcript.introns
        claim = tr(
            "It shares four fifths of the shorter one's bases with {name} of {set} "
            "({gene}).",
            name=match.matched_id,
            set=match.set_name,
            gene=match.gene,
        )
        if introns:
            claim = tr(
                "Its introns are those of {name} of {set} ({gene}).",
                name=match.matched_id,
                set=match.set_name,
                gene=match.gene,
            )
        yield Step(
            claim=claim,
            verdict=Verdict("note"),
            detail=tuple(f"{start + 1}-{end}" for start, end in introns),
        )


def _locus(row: Judged, settings: FilterSettings) -> Step:
    if settings.strictness == "transcript":
        claim = tr("Each transcript is judged by itself.")
        return Step(claim, verdict=Verdict("note"))
    return Step(
        claim=tr(
            "No isoform of a lincRNA's locus ({locus}) fails by {criteria}.",
            locus=row.locus_id,
            criteria=listed(
                tr(name) for name in settings.locus_criteria if name in row.judgements
            ),
        ),
        verdict=Verdict("fail" if row.spoiled_by else "pass"),
        detail=row.spoiled_by,
    )
