"""The working behind one site: its energy loop by loop, its seed, its p-value."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, Verdict
from bioloom.mirna.data import Mirna, Target
from bioloom.mirna.duplex import Duplex, Loop, perfect_mfe
from bioloom.mirna.evd import HALF_STEP, Law, TailLaw
from bioloom.mirna.hits import hits_of, padded
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.search import Searcher
from bioloom.mirna.seeds import SeedMatches, seed_matches

MODEL = "doi:10.1006/jmbi.1999.2700, doi:10.1261/rna.5248604"
SEED = "doi:10.1016/j.cell.2009.01.002"
_LETTERS = "ACGUN"
_WATSON_CRICK = 3  # sum of the codes of a pair without G:U


def explain(
    mirna: Mirna,
    target: Target,
    options: SearchOptions | None = None,
    *,
    number: int = 1,
    law: Law | None = None,
) -> Explanation:
    """Show the energy of a miRNA's site loop by loop, its seed and its p-value.

    Parameters
    ----------
    mirna, target
        The two RNAs.
    options
        Rules of the search.
    number
        Which site, counted from 1 for the best.
    law
        The miRNA's law, for the p-value; None leaves it out.
    """
    options = options or SearchOptions()
    inputs = {
        "miRNA": f"{mirna.name}, {len(mirna.codes)} nt",
        "target": f"{target.name}, {len(target.codes)} nt",
    }
    duplex = _site(mirna, target, options, number)
    if duplex is None:
        step = Step(claim=_no_site(options, number), verdict=Verdict("fail"))
        return Explanation(f"{mirna.name} on {target.name}: no site", (step,), inputs)
    hits = hits_of([(0, duplex)], len(mirna.codes))
    seed = seed_matches(hits, padded([mirna.codes]), target.codes)
    steps = [
        _drawing(duplex),
        _energy(duplex),
        _seed(mirna, target, duplex, seed),
        _ratio(mirna, duplex),
    ]
    if law is not None:
        steps.append(_chance(mirna, target, duplex, law))
    title = (
        f"{mirna.name} on {target.name}: {duplex.mfe:.2f} kcal/mol, "
        f"seed {seed.names[0]}"
    )
    return Explanation(title, tuple(steps), inputs)


def _site(
    mirna: Mirna, target: Target, options: SearchOptions, number: int
) -> Duplex | None:
    searcher = Searcher([mirna.codes], replace(options, max_hits=number))
    hits = searcher.search(target.codes)
    found = list(searcher.duplexes(target.codes, hits))
    return found[number - 1] if len(found) == number else None


def _no_site(options: SearchOptions, number: int) -> str:
    which = "No site" if number == 1 else f"No site number {number}"
    rule = ""
    if options.helix:
        first, last = options.helix
        rule = f" with miRNA bases {first} to {last} in one helix"
    limit = f" of {options.max_mfe:g} kcal/mol or better" if options.max_mfe < 0 else ""
    return f"{which}{rule}{limit} exists."


def _drawing(duplex: Duplex) -> Step:
    return Step(
        claim=f"The miRNA pairs with bases {duplex.start + 1}-{duplex.end} of the "
        f"target (RNAhybrid's position {duplex.position}).",
        detail=drawn(duplex.lines),
    )


def drawn(lines: Sequence[str]) -> tuple[str, ...]:
    """Five lines: target, bonds (| and, for G:U, :) and miRNA, ends told.

    Parameters
    ----------
    lines
        The four lines of RNAhybrid's drawing.
    """
    free, paired, own, own_free = lines
    bonds = "".join(
        " " if " " in (above, below) else "|" if above + below in _BONDS else ":"
        for above, below in zip(paired, own, strict=True)
    )
    return (
        f"target 5' {free} 3'",
        f"          {paired}",
        f"          {bonds}",
        f"          {own}",
        f"miRNA  3' {own_free} 5'",
    )


_BONDS = ("AU", "UA", "GC", "CG")


def _energy(duplex: Duplex) -> Step:
    terms = [loop for loop in duplex.loops if loop.energy or loop.kind == "stack"]
    shown = " ".join(f"{loop.energy:+.2f}" for loop in terms)
    return Step(
        claim="The energy is the sum of its loops: stacked pairs, bulges and interior "
        "loops, and the dangling bases at both ends.",
        formula=r"E = \sum_l E_l",
        substitution=f"E = {shown} = {duplex.mfe:.2f}",
        value=Quantity(duplex.mfe, "kcal/mol", 2),
        source=MODEL,
        detail=tuple(_energy_lines(duplex)),
    )


def _energy_lines(duplex: Duplex) -> Iterator[str]:
    yield f"{'loop':14} {'target':>13} {'miRNA':>9} {'energy':>8} {'sum':>8}"
    total = 0.0
    for loop in duplex.loops:
        total += loop.energy
        yield (
            f"{_name(loop):14} {_span(loop.target):>13} {_span(loop.mirna):>9} "
            f"{loop.energy:+8.2f} {total:+8.2f}"
        )


def _name(loop: Loop) -> str:
    if loop.kind in ("start", "end"):
        return f"dangling {loop.kind}"
    if loop.kind == "stack":
        return loop.kind
    sides = (loop.target[1] - loop.target[0] - 2, loop.mirna[1] - loop.mirna[0] - 2)
    if loop.kind == "interior loop":
        return f"loop {sides[0]}x{sides[1]}"
    return f"{'target' if sides[0] else 'miRNA'} bulge {max(sides)}"


def _span(span: tuple[int, int]) -> str:
    return f"{span[0] + 1}-{span[1]}"


def _seed(mirna: Mirna, target: Target, duplex: Duplex, seed: SeedMatches) -> Step:
    partner = {own: there for there, own in duplex.pairs}
    lines = [f"{'miRNA':>6} {'base':>5}   {'target':>8} base"]
    for own in range(min(8, len(mirna.codes))):
        base = _LETTERS[mirna.codes[own]]
        if own in partner:
            there = partner[own]
            bond = (
                "|" if mirna.codes[own] + target.codes[there] == _WATSON_CRICK else ":"
            )
            beside = f"{there + 1:>8} {_LETTERS[target.codes[there]]}"
            lines.append(f"{own + 1:>6} {base:>5} {bond} {beside}")
        else:
            lines.append(f"{own + 1:>6} {base:>5}   unpaired")
    name = seed.names[0]
    where = f" on target bases {_span((seed.start[0], seed.end[0]))}"
    return Step(
        claim=f"Seed class: {name}{'' if name == 'none' else where}. The seed is the "
        "miRNA's bases 2 to 8.",
        verdict=Verdict("note"),
        source=SEED,
        detail=tuple(lines),
    )


def _ratio(mirna: Mirna, duplex: Duplex) -> Step:
    perfect = perfect_mfe(mirna.codes)
    ratio = duplex.mfe / perfect
    return Step(
        claim="Part of the energy that this miRNA has with its perfect complement.",
        formula=r"r = \frac{E}{E_{\mathrm{perfect}}}",
        substitution=rf"r = \frac{{{duplex.mfe:.2f}}}{{{perfect:.2f}}} = {ratio:.4f}",
        value=Quantity(ratio, "", 4),
    )


def _chance(mirna: Mirna, target: Target, duplex: Duplex, law: Law) -> Step:
    n, energy = len(target.codes), duplex.mfe
    p = float(law.p_value(np.array([energy]), n)[0])
    if isinstance(law, TailLaw):
        y = -energy - HALF_STEP - law.limit
        rate = float(law.rate(np.array([energy]))[0])
        return Step(
            claim=f"Chance of so good a site anywhere on a random target of {n} nt. "
            "The rate of such sites per base was fitted to this miRNA's best energies "
            f"on random targets, beyond {law.limit:.2f} kcal/mol (half a step of 0.1 "
            "is taken off, for energies are no continuum).",
            formula=r"p = 1 - e^{-n r}, \quad \ln r = a - b y - c y^2, \quad "
            r"y = -E - u",
            substitution=rf"y = {y:.2f}, \quad \ln r = {law.level:.3f} - "
            rf"{law.slope:.4f} \cdot {y:.2f} - {law.curve:.5f} \cdot "
            rf"{max(y, 0):.2f}^2, \quad "
            rf"n r = {n} \cdot {rate:.4g} = {n * rate:.4g}",
            value=Quantity(p, "", None),
            source="doi:10.1073/pnas.87.6.2264",
        )
    normal = -energy / math.log(len(mirna.codes) * n)
    return Step(
        claim="RNAhybrid's preset: the energy is divided by the logarithm of both "
        "lengths.",
        formula=r"p = 1 - e^{-e^{-(e_n - \xi) / \theta}}, \quad "
        r"e_n = \frac{-E}{\ln(m n)}",
        substitution=rf"e_n = \frac{{{-energy:.2f}}}{{\ln({len(mirna.codes)} \cdot "
        rf"{n})}} = {normal:.4f}, \quad \xi = {law.xi:.4f}, "
        rf"\quad \theta = {law.theta:.4f}",
        value=Quantity(p, "", None),
        source="doi:10.1261/rna.5248604",
    )
