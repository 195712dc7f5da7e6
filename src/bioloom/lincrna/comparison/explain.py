"""The working behind the expression of a gene and its changes, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, log2, sqrt

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.lincrna.comparison.design import contrast_name
from bioloom.lincrna.comparison.specificity import entropy_bits, tau
from bioloom.lincrna.inputs.expression import Abundance
from bioloom.lincrna.settings import Contrast
from bioloom.run.language import tr
from bioloom.statistics.multiple_testing import PValues, benjamini_hochberg

MAX_TRANSCRIPTS = 20


@dataclass(frozen=True, slots=True)
class CountedSample:
    """A gene's reads in a sample.

    `level` is that of the column that is compared.
    """

    name: str
    level: str
    count: int
    size_factor: float

    @property
    def normalised(self) -> float:
        """The count divided by the size factor."""
        return self.count / self.size_factor


@dataclass(frozen=True, slots=True)
class ComparedGene:
    """A gene's test for one contrast.

    Parameters
    ----------
    contrast
        Column, tested level, reference level.
    samples
        All that the test used.
    values
        Its row of the table, by column; see `COMPARISON_COLUMNS`.
    p_values
        Of all genes that the correction for multiple testing counts.
    alpha
        False discovery rate.
    """

    contrast: Contrast
    samples: Sequence[CountedSample]
    values: Mapping[str, float]
    p_values: PValues
    alpha: float

    def mean(self, level: str) -> float:
        """Mean normalised count of the samples of a level."""
        counts = [row.normalised for row in self.samples if row.level == level]
        return sum(counts) / len(counts)


def explain_changes(gene_id: str, tests: Sequence[ComparedGene]) -> Explanation:
    """Show how the changes of a gene were tested, contrast by contrast.

    Parameters
    ----------
    gene_id
        The gene.
    tests
        Its test for each contrast; none if it was not tested.
    """
    steps: list[Step] = []
    for tested in tests:
        title = tr("Contrast {name}.", name=contrast_name(tested.contrast))
        steps += [Step(title), *comparison_steps(tested)]
    if not steps:
        claim = tr("It was not tested: no design was given, or it has too few reads.")
        steps = [Step(claim, verdict=Verdict("note"))]
    return Explanation(tr("Changes of {gene}", gene=gene_id), tuple(steps))


def comparison_steps(gene: ComparedGene) -> tuple[Step, ...]:
    """Show how the change of a gene was tested."""
    steps = [_normalised_step(gene), _dispersion_step(gene), _fold_step(gene)]
    if np.isnan(gene.values["p_value"]):
        claim = tr("One sample decides (Cook's distance): no p-value is given.")
        return (*steps, Step(claim, verdict=Verdict("note")))
    return (*steps, _wald_step(gene), _correction_step(gene))


def _normalised_step(gene: ComparedGene) -> Step:
    first = gene.samples[0]
    return Step(
        claim=tr(
            "Counts divided by the size factor of their sample are comparable; their "
            "mean over all samples is the base mean."
        ),
        formula=r"q_j = k_j / s_j",
        substitution=f"q_1 = {first.count} / {first.size_factor:.4f} = "
        f"{first.normalised:.2f}",
        value=Quantity(gene.values["base_mean"], "", 2),
        source="doi:10.1186/s13059-014-0550-8",
        detail=tuple(
            f"{row.name:<16} {row.level:<12} {row.count:>8} / {row.size_factor:.4f} = "
            f"{row.normalised:.2f}"
            for row in gene.samples
        ),
    )


def _dispersion_step(gene: ComparedGene) -> Step:
    mean, value = gene.values["base_mean"], gene.values["dispersion"]
    return Step(
        claim=tr(
            "Replicates scatter by more than chance: the dispersion of this gene by "
            "itself is {own:.4g}, of genes of its mean {trend:.4g}; between them the "
            "test uses {used:.4g}.",
            own=gene.values["dispersion_gene"],
            trend=gene.values["dispersion_trend"],
            used=value,
        ),
        formula=r"Var(k) = \mu + \alpha \mu^2",
        substitution=f"{mean:.2f} + {value:.4g} \\cdot {mean:.2f}^2 = "
        f"{mean + value * mean**2:.1f}",
        value=Quantity(value, "", None),
    )


def _fold_step(gene: ComparedGene) -> Step:
    _, tested, reference = gene.contrast
    above, below = gene.mean(tested), gene.mean(reference)
    plain = tr("not defined")
    if above > 0 and below > 0:
        plain = f"{log2(above / below):.3f}"
    return Step(
        claim=tr(
            "The fold change of {tested} over {reference} is fitted to the counts by "
            "maximum likelihood; the plain ratio of the mean normalised counts gives "
            "{plain}.",
            tested=tested,
            reference=reference,
            plain=plain,
        ),
        formula=r"log_2 (\mu_1 / \mu_0)",
        substitution="log_2 " + f"({above:.2f} / {below:.2f})",
        value=Quantity(gene.values["log2_fold_change"], "", 3),
    )


def _wald_step(gene: ComparedGene) -> Step:
    change, error = gene.values["log2_fold_change"], gene.values["lfc_se"]
    wald = change / error
    return Step(
        claim=tr(
            "Divided by its standard error it is {wald:.3f}; without a change, chance "
            "gives as much or more, of either sign, with this probability.",
            wald=wald,
        ),
        formula=r"p = 2 \Phi(-|LFC / SE|)",
        substitution=f"2 \\Phi(-|{change:.4f} / {error:.4f}|)",
        value=Quantity(erfc(abs(wald) / sqrt(2)), "", None),
    )


def _correction_step(gene: ComparedGene) -> Step:
    p, m = gene.values["p_value"], len(gene.p_values)
    if np.isnan(gene.values["q_value"]):
        return Step(
            claim=tr(
                "With so few reads it could hardly be found changed: it is left out of "
                "the correction for multiple tests (independent filtering)."
            ),
            verdict=Verdict("note"),
        )
    place = int(np.argmin(np.abs(gene.p_values - p)))
    q = float(benjamini_hochberg(gene.p_values)[place])
    rank = int((gene.p_values <= gene.p_values[place]).sum())
    is_changed = q < gene.alpha
    return Step(
        claim=tr(
            "Among {m:,} tested genes its p-value has rank {rank:,}; the q-value is "
            "the smallest of p m / r over this rank and all later ones. A gene is "
            "changed below {alpha:g}.",
            m=m,
            rank=rank,
            alpha=gene.alpha,
        ),
        formula=r"q = min_{r' \geq r} p_{(r')} m / r'",
        substitution=f"p m / r = {p:.4g} \\cdot {m} / {rank} = {p * m / rank:.4g}",
        value=Quantity(q, "", None),
        verdict=Verdict("pass", text=tr("changed"))
        if is_changed
        else Verdict("note", text=tr("not changed")),
        source="doi:10.1111/j.2517-6161.1995.tb02031.x",
    )


@dataclass(frozen=True, slots=True)
class MeasuredTranscript:
    """A transcript of the gene in one sample, as a program measured it."""

    transcript_id: str
    abundance: Abundance
    length_nt: int


@dataclass(frozen=True, slots=True)
class CountedGene:
    """A gene's reads in one sample, transcript by transcript.

    `read_length_nt` is None of long reads.
    """

    sample: str
    read_length_nt: float | None
    transcripts: Sequence[MeasuredTranscript]
    count: int
    tpm: float

    @property
    def is_by_salmon(self) -> bool:
        """Whether Salmon counted the reads; otherwise coverage tells them."""
        return any(each.abundance.counted is not None for each in self.transcripts)


def count_steps(rows: Sequence[CountedGene]) -> Iterator[Step]:
    """Show where the counts of a gene come from, one step per sample."""
    for row in rows:
        length_nt = row.read_length_nt
        terms = [
            (each, each.abundance.n_reads(each.length_nt, length_nt))
            for each in row.transcripts
        ]
        shown = terms[:MAX_TRANSCRIPTS]
        more = len(terms) - len(shown)
        written = "{:.3f}" if row.is_by_salmon else "{}"
        total = " + ".join(written.format(count) for _, count in shown)
        total += " + …" if more else ""
        yield Step(
            claim=_count_claim(row),
            formula=_count_formula(row),
            substitution=f"k = [{total}]" if row.is_by_salmon else f"k = {total}",
            value=Quantity(row.count, tr("reads")),
            detail=tuple(
                f"{each.transcript_id}: {_term(each, length_nt)}{written.format(count)}"
                for each, count in shown
            ),
            source=_count_source(row),
        )


def _count_formula(row: CountedGene) -> str:
    if row.is_by_salmon:
        return r"k = [\sum_t n_t]"
    if row.read_length_nt is None:
        return r"k = \sum_t \lceil c_t \rceil"
    return r"k = \sum_t \lceil c_t L_t / l \rceil"


def _count_source(row: CountedGene) -> str:
    if row.is_by_salmon:
        return "doi:10.1038/nmeth.4197"
    return "" if row.read_length_nt is None else "doi:10.1038/nprot.2016.095"


def _count_claim(row: CountedGene) -> str:
    if row.is_by_salmon:
        return tr(
            "{sample}: reads, or pairs, are those that Salmon estimates of each "
            "transcript; their sum is rounded; expression is {tpm:.3f} TPM.",
            sample=row.sample,
            tpm=row.tpm,
        )
    if row.read_length_nt is None:
        return tr(
            "{sample}: a long read covers the transcript that it is from, so that "
            "reads are estimated by the coverage alone; expression is {tpm:.3f} TPM.",
            sample=row.sample,
            tpm=row.tpm,
        )
    return tr(
        "{sample}: reads are estimated from the coverage of each transcript, "
        "its length and the mean read length; expression is {tpm:.3f} TPM.",
        sample=row.sample,
        tpm=row.tpm,
    )


def _term(each: MeasuredTranscript, read_length_nt: float | None) -> str:
    coverage, counted = each.abundance.coverage, each.abundance.counted
    if counted is not None:
        return ""
    if read_length_nt is None:
        return f"⌈{coverage:.4f}⌉ = "
    return f"{coverage:.4f} × {each.length_nt} / {read_length_nt:.2f} = "


def specificity_steps(means: Mapping[str, float]) -> Iterator[Step]:
    """Show how specific a gene is to the levels of a column.

    Parameters
    ----------
    means
        Mean TPM by level.
    """
    values = np.array([[*means.values()]])
    if not values.any():
        return
    logged = np.log2(values[0] + 1)
    top, n = logged.max(), len(logged)
    detail = tuple(
        tr(
            "{level}: {mean:.4g} TPM, x = {x:.4f}",
            level=level,
            mean=mean,
            x=x,
        )
        for (level, mean), x in zip(means.items(), logged, strict=True)
    )
    yield Step(
        claim=tr(
            "Specificity over {n} levels: 0 if expression is equal in all, 1 if in one "
            "only.",
            n=n,
        ),
        formula=r"\tau = \sum_i (1 - x_i / x_{max}) / (n - 1), "
        r"x = log_2 (TPM + 1)",
        substitution="("
        + " + ".join(f"(1 - {x:.3f} / {top:.3f})" for x in logged)
        + f") / {n - 1}",
        value=Quantity(float(tau(values)[0]), "", 3),
        source="doi:10.1093/bioinformatics/bti042, doi:10.1093/bib/bbw008",
        detail=detail,
    )
    share = values[0] / values.sum()
    yield Step(
        claim=tr(
            "Shannon entropy of the shares of the levels: 0 in one level only, "
            "{most:.3f} if equal in all.",
            most=log2(n),
        ),
        formula=r"H = - \sum_i p_i log_2 p_i",
        substitution="p = " + ", ".join(f"{part:.4f}" for part in share),
        value=Quantity(float(entropy_bits(values)[0]), tr("bits"), 3),
        source="doi:10.1186/gb-2005-6-4-r33",
    )
