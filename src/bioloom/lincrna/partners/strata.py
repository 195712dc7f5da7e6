"""The groups of samples within which expression is compared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bioloom.genome.intervals import Indices
from bioloom.lincrna.errors import BadSampleSheet
from bioloom.lincrna.inputs.samples import SampleReport, comparable
from bioloom.lincrna.partners.permutations import PermutationNull
from bioloom.lincrna.settings import PartnerSettings, formula_columns
from bioloom.run.language import tr
from bioloom.run.words import counted, joined


@dataclass(frozen=True, slots=True)
class Stratum:
    """Samples of one condition; `name` is empty where all samples are one."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strata:
    """The groups of samples within which expression is compared.

    Parameters
    ----------
    groups
        Groups of two samples or more.
    within
        Columns of the sample sheet that make the groups.
    n_single
        Samples that are alone in their group: there is nothing to compare them with.
    n_droplet
        Droplet and long-read samples that are left out because there are bulk ones.
    """

    groups: tuple[Stratum, ...]
    within: tuple[str, ...] = ()
    n_single: int = 0
    n_droplet: int = 0

    @property
    def samples(self) -> tuple[str, ...]:
        """Names of the samples, group after group."""
        return tuple(name for group in self.groups for name in group.samples)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Samples of each group."""
        return tuple(len(group.samples) for group in self.groups)

    @property
    def members(self) -> tuple[Indices, ...]:
        """Places of each group's samples among `samples`."""
        ends = np.cumsum(self.sizes).tolist()
        return tuple(
            np.arange(end - n, end) for n, end in zip(self.sizes, ends, strict=True)
        )

    def null(self, settings: PartnerSettings, rng_seed: int) -> PermutationNull:
        """The null of correlations within the groups."""
        return PermutationNull(
            self.sizes,
            max_permutations=settings.max_permutations,
            rng_seed=rng_seed,
        )

    def sentences(self) -> tuple[str, ...]:
        """What is compared, and what is left out, for the report."""
        sentences = []
        if self.within:
            sizes = joined([f"{len(g.samples)} ({g.name})" for g in self.groups])
            sentences.append(
                f"Expression is correlated within the levels of {joined(self.within)}"
                f"{f': {sizes} samples' if sizes else ''}."
            )
        if self.n_single:
            sentences.append(
                f"{counted(self.n_single, 'sample')} alone in a level of "
                f"{joined(self.within)} cannot be compared with another and "
                f"{'counts' if self.n_single == 1 else 'count'} in no correlation."
            )
        if self.n_droplet:
            sentences.append(
                f"{counted(self.n_droplet, 'droplet or long-read sample')} "
                f"{'counts' if self.n_droplet == 1 else 'count'} in no correlation: "
                "their reads are not comparable with those of the others."
            )
        return tuple(sentences)


def why_no_p_value(
    strata: Strata, null: PermutationNull, settings: PartnerSettings
) -> str:
    """Why correlations get no p-value, in a sentence; empty if they get one.

    In the language in force.

    Examples
    --------
    >>> groups = (Stratum("", ("a", "b", "c", "d")),)
    >>> settings = PartnerSettings()
    >>> null = Strata(groups).null(settings, 1)
    >>> why_no_p_value(Strata(groups), null, settings)[:75]
    '4 samples have 24 permutations: the smallest p-value that could come out is'
    """
    n, smallest = sum(strata.sizes), null.smallest_p
    if n < 2:
        return tr("No two samples can be compared, so no correlation can be computed.")
    facts = tr(
        "{n} samples have {permutations:,} permutations: the smallest p-value that "
        "could come out is {smallest:.2g}",
        n=n,
        permutations=null.n_possible,
        smallest=smallest,
    )
    if len(strata.groups) > 1:
        facts = tr(
            "{n} samples in {groups} groups have {permutations:,} permutations: the "
            "smallest p-value that could come out is {smallest:.2g}",
            n=n,
            groups=len(strata.groups),
            permutations=null.n_possible,
            smallest=smallest,
        )
    if smallest > settings.alpha:
        return tr("{facts}, so nothing can be shown about correlations.", facts=facts)
    if n < settings.min_samples:
        return tr(
            "{facts}; p-values are given from {least} samples on "
            "(partners.min_samples).",
            facts=facts,
            least=settings.min_samples,
        )
    return ""


def columns_within(settings: PartnerSettings, design: str) -> tuple[str, ...]:
    """Columns within whose levels expression is compared.

    Parameters
    ----------
    settings
        `within`, if it is set.
    design
        Formula of the comparison, whose columns are taken otherwise.

    Examples
    --------
    >>> columns_within(PartnerSettings(), "~ batch + condition")
    ('batch', 'condition')
    """
    return settings.within or formula_columns(design)


def strata_of(
    samples: Sequence[SampleReport], settings: PartnerSettings, *, design: str = ""
) -> Strata:
    """Groups of samples with the same levels of the columns in question.

    Parameters
    ----------
    samples
        Every sample of the run. Droplet samples count only where all are.
    settings
        Which columns; see `columns_within`.
    design
        Formula of the comparison; words of it that are no column are passed over.

    Raises
    ------
    BadSampleSheet
        If `settings.within` names a column that the sample sheet lacks.
    """
    chosen = comparable(samples)
    known = {name for sample in samples for name in sample.factors}
    check_columns(settings, known)
    within = tuple(name for name in columns_within(settings, design) if name in known)
    groups: dict[tuple[str, ...], list[str]] = {}
    for sample in chosen:
        levels = tuple(sample.factors.get(name, "") for name in within)
        groups.setdefault(levels, []).append(sample.sample)
    strata = [
        Stratum(", ".join(levels), tuple(names))
        for levels, names in sorted(groups.items())
        if len(names) > 1
    ]
    return Strata(
        tuple(strata),
        within,
        n_single=sum(len(names) == 1 for names in groups.values()),
        n_droplet=len(samples) - len(chosen),
    )


def check_columns(settings: PartnerSettings, known: set[str]) -> None:
    """Check that the sample sheet has the columns that `within` names.

    Raises
    ------
    BadSampleSheet
        If it lacks one.
    """
    for name in settings.within:
        if name not in known:
            raise BadSampleSheet(
                where="partners.within",
                found=f"column {name!r}",
                expected=f"a further column of the sample sheet "
                f"({joined(sorted(known)) or 'it has none'})",
                advice="Add the column, or correct the name in config.yaml.",
            )
