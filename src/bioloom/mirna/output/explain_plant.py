"""The working behind a site of plants: its penalties, and where it is cut."""

from collections.abc import Iterator

from bioloom.explain import Quantity, Step, Verdict, cell
from bioloom.mirna.search.plant import FIRST_CORE, LAST_CORE, Fault, PlantSite, weight
from bioloom.run.language import mark, tr

PENALTIES = "doi:10.1016/j.cell.2005.04.004, doi:10.1007/978-1-60327-005-2_4"
_KINDS = {
    "G:U": mark("G:U pair"),
    "mismatch": mark("mismatch"),
    "bulge": mark("target bulge"),
    "gap": mark("miRNA gap"),
}


def plant_steps(site: PlantSite) -> Iterator[Step]:
    """The expectation of a site as the sum of its penalties, and the cut.

    Parameters
    ----------
    site
        The alignment.
    """
    yield _expectation(site)
    yield _cut(site)


def _expectation(site: PlantSite) -> Step:
    terms = [rf"{weight(f.position):g} \cdot {_plain(f):g}" for f in site.faults]
    shown = " + ".join(terms) or "0"
    return Step(
        claim=tr(
            "The expectation is the sum of the penalties: 1 for a mismatch, a bulge or "
            "a gap, 0.5 for a G:U pair, doubled at miRNA bases {first} to {last}.",
            first=FIRST_CORE,
            last=LAST_CORE,
        ),
        formula=r"S = \sum_k w_k \, p_k",
        substitution=f"S = {shown} = {site.expectation:g}",
        value=Quantity(site.expectation, "", 1),
        source=PENALTIES,
        detail=tuple(_fault_lines(site)),
    )


def _plain(fault: Fault) -> float:
    """The penalty before it is doubled."""
    return 0.5 if fault.kind == "G:U" else 1.0


def _fault_lines(site: PlantSite) -> Iterator[str]:
    heading = tr("miRNA base"), tr("penalty")
    yield f"{cell(heading[0], 10, to='right')} {cell(heading[1], 10, to='right')}"
    for fault in site.faults:
        yield f"{fault.position:>10} {fault.penalty:>10.1f}  {tr(_KINDS[fault.kind])}"


def _cut(site: PlantSite) -> Step:
    base = site.cut + 1
    claim = tr(
        "The target is cut between the bases opposite miRNA bases 10 and 11: before "
        "its base {base}, the first of the 3' fragment.",
        base=base,
    )
    if not site.is_cut:
        claim = tr(
            "A mismatch or gap at miRNA bases 9 to 11 hinders the cut before base "
            "{base}: the site is taken to inhibit translation.",
            base=base,
        )
    return Step(claim=claim, verdict=Verdict("note"), source=PENALTIES)
