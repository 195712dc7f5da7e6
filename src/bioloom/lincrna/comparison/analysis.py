"""What a run's expression says: comparisons, specificity, and how alike samples are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bioloom.lincrna.comparison.design import Described, checked_design
from bioloom.lincrna.comparison.samples import SampleSpace, sample_space, size_factors
from bioloom.lincrna.comparison.specificity import (
    Matched,
    Specificity,
    matched_tau,
    specificity_of,
)
from bioloom.lincrna.comparison.testing import Compared, compare_conditions
from bioloom.lincrna.errors import BadDesign
from bioloom.lincrna.inputs.sample import LONG_KINDS
from bioloom.lincrna.inputs.samples import comparable
from bioloom.lincrna.settings import ComparisonSettings, formula_columns
from bioloom.run.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ExpressionAnalysis:
    """What is computed of the counts and TPM of all genes.

    Parameters
    ----------
    samples
        Those that are used, in order: bulk samples where there are any.
    size_factors
        By sample.
    compared
        Genes tested for changes; None without a design.
    specificity
        Of all genes; None without levels to compare.
    matched
        Specificity of candidates against coding genes of like expression.
    space
        Samples by their principal components; None with fewer than three.
    groups
        By sample, what it is coloured by.
    notes
        What was decided, in sentences.
    """

    samples: tuple[Described, ...]
    size_factors: Mapping[str, float]
    compared: Compared | None
    specificity: Specificity | None
    matched: Matched | None
    space: SampleSpace | None
    groups: Mapping[str, str]
    notes: tuple[str, ...]

    def normalised(self, counts: "pd.DataFrame") -> "pd.DataFrame":
        """Counts of genes divided by the size factors of their samples."""
        return counts[[*self.size_factors]] / [*self.size_factors.values()]


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """What to compute, and with how many processors; the result does not depend on it.

    Parameters
    ----------
    settings
        Design, contrasts, thresholds.
    threads
        Processors to use.
    """

    settings: ComparisonSettings
    threads: int = 1


@dataclass(frozen=True, slots=True)
class GeneExpression:
    """Counts and TPM of all genes, rows by gene_id, and what the genes are.

    Parameters
    ----------
    counts, tpm
        One column per sample.
    genes
        As ``genes.tsv``, by gene_id.
    """

    counts: "pd.DataFrame"
    tpm: "pd.DataFrame"
    genes: "pd.DataFrame"

    @property
    def candidates(self) -> list[str]:
        """gene_ids of lincRNA candidates."""
        return [*self.genes.index[self.genes["is_candidate"]]]

    @property
    def coding(self) -> list[str]:
        """gene_ids of coding genes."""
        return [*self.genes.index[self.genes["kind"] == "coding"]]


def analyse_expression(
    expression: GeneExpression,
    described: Sequence[Described],
    plan: ComparisonPlan,
) -> ExpressionAnalysis:
    """Compute what the settings ask for.

    Raises
    ------
    UnknownName, BadDesign
        If design and samples do not fit.
    """
    settings = plan.settings
    samples = tuple(comparable(described))
    names = [sample.name for sample in samples]
    counts = expression.counts[names]
    compared = None
    if settings.design:
        design = checked_design(settings, samples)
        compared = compare_conditions(counts, design, settings, threads=plan.threads)
    factors = compared.size_factors if compared else size_factors(counts)
    column = specificity_column(settings, samples)
    specificity = matched = None
    if column:
        levels = {sample.name: sample.factors[column] for sample in samples}
        specificity = specificity_of(expression.tpm, levels, column)
        matched = matched_tau(specificity, expression.candidates, expression.coding)
    return ExpressionAnalysis(
        samples=samples,
        size_factors=factors,
        compared=compared,
        specificity=specificity,
        matched=matched,
        space=sample_space(counts / [*factors.values()]),
        groups={sample.name: sample.factors.get(column, "") for sample in samples},
        notes=(
            *_left_out(described, names),
            *(compared.notes if compared else ()),
            *_few_levels(specificity),
        ),
    )


def check_comparison(
    settings: ComparisonSettings, samples: Sequence[Described], *, where: str
) -> None:
    """Check before a run that design and samples fit.

    Parameters
    ----------
    where
        The configuration file, for messages.

    Raises
    ------
    UnknownName, BadDesign
        If they do not.
    """
    used = comparable(samples)
    if settings.design:
        checked_design(settings, used, where=where)
    specificity_column(settings, used)


def specificity_column(
    settings: ComparisonSettings, samples: Sequence[Described]
) -> str:
    """Column whose levels specificity is computed over; empty for none.

    Raises
    ------
    BadDesign
        If the settings name a column that is not in the sample sheet, or has one level.
    """
    columns = [*dict.fromkeys(name for sample in samples for name in sample.factors)]
    levels = {name: {sample.factors[name] for sample in samples} for name in columns}
    varying = [name for name in columns if len(levels[name]) > 1]
    asked = settings.specificity_by
    if asked and asked not in varying:
        raise BadDesign(
            where="comparison.specificity_by",
            found=f"{asked!r}",
            expected="a column of the sample sheet with two levels or more"
            + (f" ({joined(varying)})" if varying else ""),
            advice="Name such a column, or leave the entry out.",
        )
    of_design = [name for name in formula_columns(settings.design) if name in varying]
    return asked or (of_design or varying or [""])[-1]


def _left_out(samples: Sequence[Described], names: Sequence[str]) -> list[str]:
    others = [sample for sample in samples if sample.name not in names]
    if not others:
        return []
    kinds = {sample.kind for sample in samples if sample.name in names}
    used = "bulk samples" if kinds == {"bulk"} else "samples of long reads"
    are_long = {sample.kind in LONG_KINDS for sample in others}
    because = {
        False: "droplet reads come from 3' ends only",
        True: "long reads are counted otherwise than short ones",
    }
    return [
        f"Comparisons, specificity and correlations use the {used}; "
        f"{joined([each.name for each in others])} "
        f"{'is' if len(others) == 1 else 'are'} left out: "
        f"{', '.join(because[is_long] for is_long in sorted(are_long))}."
    ]


def _few_levels(specificity: Specificity | None) -> list[str]:
    if specificity is None or len(specificity.levels) > 2:
        return []
    return [
        f"Specificity is over {counted(2, 'level')} of {specificity.column} only: it "
        "says little more than the fold change."
    ]
