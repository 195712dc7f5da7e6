"""Best sites of miRNAs, and of random ones, on groups of orthologs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.mirna.chance.laws import Laws, LawSource
from bioloom.mirna.errors import NoLaws
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.inputs.targets import Targets
from bioloom.mirna.joint.result import Group, JointSites, effective_number
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.prediction import prepared
from bioloom.mirna.search.best_energies import best_energies
from bioloom.run.progress import OnStep, silent

N_RANDOM = 300
"""Random miRNAs by which k_effective is fitted: its relative error is 1/sqrt(300)."""


def joint_sites(
    mirnas: tuple[Mirna, ...],
    targets: Targets,
    groups: Mapping[str, Sequence[str]],
    options: SearchOptions,
    *,
    law_source: LawSource,
    threads: int = 1,
    on_step: OnStep = silent,
) -> JointSites:
    """Joint p-values of miRNAs on groups of orthologs.

    Parameters
    ----------
    mirnas, targets, options, law_source, threads, on_step
        As for `bioloom.mirna.prediction.prepared`; laws are those of all targets.
    groups
        Names of the targets of each group.

    Raises
    ------
    NoLaws
        If there are no p-values for such targets.
    """
    rng = np.random.default_rng(law_source.rng_seed)
    random = random_mirnas(mirnas, N_RANDOM, rng)
    wanted = {name for names in groups.values() for name in names}
    members = {each.name: each for each in targets if each.name in wanted}
    own, others = (
        prepared(each, targets, options, law_source, on_step=on_step).laws
        for each in (mirnas, random)
    )
    if not (own.are_known and others.are_known):
        raise NoLaws(own.reason or others.reason)
    found = []
    for done, (name, names) in enumerate(groups.items(), 1):
        on_step("groups of orthologs", done, len(groups))
        rnas = [members[each] for each in names]
        by_chance = _best(random, rnas, others, options, threads=threads)
        k_effective = effective_number(by_chance.p.max(axis=0), len(rnas))
        best = _best(mirnas, rnas, own, options, threads=threads)
        found.append(Group(name, tuple(names), k_effective, best.mfe, best.p))
    return JointSites(tuple(each.name for each in mirnas), tuple(found), N_RANDOM)


def random_mirnas(
    mirnas: Sequence[Mirna], n: int, rng: np.random.Generator
) -> tuple[Mirna, ...]:
    """MiRNAs shuffled base by base: of the same lengths and composition.

    Parameters
    ----------
    mirnas
        The real ones.
    n
        How many to make.
    rng
        Source of random numbers.
    """
    chosen = rng.integers(0, len(mirnas), n).tolist()
    return tuple(
        Mirna(f"random {k}", rng.permutation(mirnas[number].codes))
        for k, number in enumerate(chosen, 1)
    )


class _Best(NamedTuple):
    """Best energies, kcal/mol, and p-values, both of shape (n_targets, n_mirnas)."""

    mfe: NDArray[np.float64]
    p: NDArray[np.float64]


def _best(
    mirnas: Sequence[Mirna],
    targets: Sequence[Target],
    laws: Laws,
    options: SearchOptions,
    *,
    threads: int,
) -> _Best:
    codes = [target.codes for target in targets]
    queries = [mirna.codes for mirna in mirnas]
    mfe = best_energies(queries, codes, options, threads=threads) / 100
    numbers = np.arange(len(mirnas))
    rows = [
        laws.p_values(numbers, row, each) for row, each in zip(mfe, codes, strict=True)
    ]
    return _Best(mfe, np.where(mfe < 0, np.stack(rows), 1.0))
