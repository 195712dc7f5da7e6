"""The working behind a joint p-value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bioloom.explain import Explanation, Quantity, Step, cell
from bioloom.run.language import tr

if TYPE_CHECKING:
    from bioloom.mirna.joint.result import Group, JointSites, PairPlace

SOURCE = "doi:10.1261/rna.5248604"


def explain_joint(sites: JointSites, place: PairPlace) -> Explanation:
    """The sites on each ortholog, their effective number, and the joint p-value.

    Parameters
    ----------
    sites
        The result.
    place
        Numbers of the group and of the miRNA.
    """
    group, mirna = sites.groups[place.group], sites.mirnas[place.mirna]
    p_max, p = float(group.p_max[place.mirna]), float(group.joint_p[place.mirna])
    title = tr(
        "{mirna} on {n} orthologs of {group}: p = {p:.3g}",
        mirna=mirna,
        n=len(group.targets),
        group=group.name,
        p=p,
    )
    steps = (
        Step(
            claim=tr("The highest p-value of the best sites decides."),
            formula=r"p_{\max} = \max_i p_i",
            substitution=rf"p_{{\max}} = {p_max:.4g}",
            value=Quantity(p_max, "", None),
            source=SOURCE,
            detail=tuple(_site_lines(group, place.mirna)),
        ),
        Step(
            claim=tr(
                "Orthologs resemble each other: these {k} count as fewer. The number "
                "is fitted to the highest p-values of {n} random miRNAs on them.",
                k=len(group.targets),
                n=sites.n_random,
            ),
            formula=r"k_{\mathrm{eff}} = \frac{1}{\overline{-\ln p_{\max}}}",
            substitution=rf"k_{{\mathrm{{eff}}}} = {group.k_effective:.4f}",
            value=Quantity(group.k_effective, "", 4),
            source=SOURCE,
        ),
        Step(
            claim=tr("Probability of sites so good on all of them by chance."),
            formula=r"p = p_{\max}^{k_{\mathrm{eff}}}",
            substitution=rf"p = {p_max:.4g}^{{{group.k_effective:.4f}}} = {p:.4g}",
            value=Quantity(p, "", None),
            source=SOURCE,
        ),
    )
    return Explanation(title, steps, {})


def _site_lines(group: Group, mirna: int) -> Iterator[str]:
    yield f"{cell(tr('target'), 24)} {cell(tr('energy'), 8, to='right')} {'p':>10}"
    for name, mfe, p in zip(
        group.targets, group.mfe[:, mirna], group.p[:, mirna], strict=True
    ):
        yield f"{cell(name, 24)} {mfe:8.2f} {p:10.3g}"
