r"""One p-value for a miRNA on all orthologs of a target.

A miRNA that binds each of k orthologs has p-values p_1 … p_k. Were the targets
independent, the probability that all of them hold a site so good would be at most
(max p)^k. They are not: orthologs resemble each other, and count as k_eff targets,

    p = (max p_i)^{k_eff},   1 <= k_eff <= k.

k_eff of each group is fitted to random miRNAs on its targets: -ln max p is then
exponential of rate k_eff, whose estimate of greatest likelihood is one over the mean.

References
----------
Rehmsmeier M. et al. (2004) RNA 10:1507. doi:10.1261/rna.5248604
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.errors import UnknownName
from bioloom.result import Result
from bioloom.run.output import write_text
from bioloom.run.tables import to_tsv
from bioloom.statistics.multiple_testing import benjamini_hochberg

if TYPE_CHECKING:
    import pandas as pd

    from bioloom.explain import Explanation

Floats = NDArray[np.float64]

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "mirna": "miRNA",
        "group": "group of orthologs",
        "n_targets": "its targets",
        "n_sites": "those with a site",
        "p_max": "highest p-value of the best sites; 1 if a target has none",
        "k_effective": "targets that the orthologs count as",
        "p": "probability of sites so good on all of them by chance",
        "q": "false discovery rate over all pairs of a miRNA and a group",
        "sites": "each target with its energy, kcal/mol, and p-value",
    }
)


class PairPlace(NamedTuple):
    """Numbers of a group and of a miRNA."""

    group: int
    mirna: int


@dataclass(frozen=True, slots=True)
class Group:
    """A group of orthologs.

    Parameters
    ----------
    name
        Of the group.
    targets
        Names of its targets.
    k_effective
        How many targets they count as.
    mfe, p
        Best energy of each miRNA on each target, 0 without a site, and its p-value, 1
        without; shape (n_targets, n_mirnas).
    """

    name: str
    targets: tuple[str, ...]
    k_effective: float
    mfe: Floats
    p: Floats

    @property
    def p_max(self) -> Floats:
        """Highest p-value of each miRNA, shape (n_mirnas,)."""
        return np.asarray(self.p.max(axis=0))

    @property
    def joint_p(self) -> Floats:
        """p-value of each miRNA on all targets, shape (n_mirnas,)."""
        return np.asarray(self.p_max**self.k_effective)


def effective_number(p_max: Floats, n_targets: int) -> float:
    """How many independent targets orthologs count as.

    Parameters
    ----------
    p_max
        Highest p-value of each random miRNA, shape (n,).
    n_targets
        Orthologs.

    Examples
    --------
    >>> effective_number(np.exp([-0.5, -0.5]), 3)  # p_max of two independent targets
    2.0
    """
    strictness = -np.log(np.clip(p_max, 1e-300, 1.0)).mean()
    if not strictness > 0:
        return float(n_targets)
    return float(np.round(np.clip(1 / strictness, 1.0, n_targets), 4))


@dataclass(frozen=True, slots=True, repr=False)
class JointSites(Result):
    """Sites of miRNAs on groups of orthologs.

    Parameters
    ----------
    mirnas
        Names.
    groups
        The groups, with the sites of each miRNA.
    n_random
        Random miRNAs behind each k_effective.
    """

    mirnas: tuple[str, ...]
    groups: tuple[Group, ...]
    n_random: int

    def summary(self) -> str:
        """How many groups and miRNAs, and how many pairs are beyond chance."""
        q = benjamini_hochberg(np.concatenate([each.joint_p for each in self.groups]))
        return (
            f"groups of orthologs: {len(self.groups):,}, miRNAs: {len(self.mirnas):,}, "
            f"pairs with q <= 0.05: {int((q <= 0.05).sum()):,}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per pair with a site on every target; columns as in `COLUMNS`."""
        import pandas as pd

        p = np.stack([each.joint_p for each in self.groups])
        q = benjamini_hochberg(p.ravel()).reshape(p.shape)
        rows = [
            self._row(PairPlace(group, mirna), float(q[group, mirna]))
            for group in range(len(self.groups))
            for mirna in np.flatnonzero(
                (self.groups[group].mfe < 0).all(axis=0)
            ).tolist()
        ]
        frame = pd.DataFrame(rows, columns=[*COLUMNS])
        return frame.sort_values(["p", "group", "mirna"], ignore_index=True)

    def _row(self, place: PairPlace, q: float) -> dict[str, object]:
        group, k = self.groups[place.group], place.mirna
        return {
            "mirna": self.mirnas[k],
            "group": group.name,
            "n_targets": len(group.targets),
            "n_sites": int((group.mfe[:, k] < 0).sum()),
            "p_max": group.p_max[k],
            "k_effective": group.k_effective,
            "p": group.joint_p[k],
            "q": q,
            "sites": " ".join(
                f"{name}:{mfe:.2f}:{p:.3g}"
                for name, mfe, p in zip(
                    group.targets, group.mfe[:, k], group.p[:, k], strict=True
                )
            ),
        }

    def write(self, path: str | Path) -> int:
        """Write the table, TSV; return the number of rows."""
        frame = self.to_frame()
        write_text(path, to_tsv(frame))
        return len(frame)

    def explain(self, mirna: str, group: str) -> Explanation:
        """Show the p-value of a miRNA on all orthologs of a group.

        Raises
        ------
        UnknownName
            If there is no miRNA or group of that name.
        """
        from bioloom.mirna.joint.explain import explain_joint

        names = [each.name for each in self.groups]
        return explain_joint(
            self,
            PairPlace(
                _number(group, names, "group"), _number(mirna, self.mirnas, "miRNA")
            ),
        )


def _number(name: str, known: Sequence[str], kind: str) -> int:
    if name not in known:
        raise UnknownName(name, kind=kind, where="the orthologs", known=known)
    return list(known).index(name)
