"""The working behind one site: its energy, its seed, its score, its p-value."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bioloom.explain import Explanation, Quantity, Step, Verdict, cell
from bioloom.mirna.chance.composition import base_counts
from bioloom.mirna.chance.evd import Law, PresetLaw, TailLaw
from bioloom.mirna.chance.rates import HALF_STEP, SurfaceLaw, log_places
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.output.explain_opening import opening_step
from bioloom.mirna.output.explain_plant import plant_steps
from bioloom.mirna.output.explain_score import score_step
from bioloom.mirna.search.choose import searcher_for
from bioloom.mirna.search.circular import unrolled
from bioloom.mirna.search.plant import site_of_hit
from bioloom.mirna.sites.duplex import Duplex, Loop, Span, perfect_mfe
from bioloom.mirna.sites.hits import MirnaTable, NumberedDuplex, hits_of, padded
from bioloom.mirna.sites.seeds import SeedMatches, seed_matches
from bioloom.run.language import tr

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
    accessibility: bool = False,
) -> Explanation:
    """Explain a site's energy loop by loop, its seed, its score and its p-value.

    Parameters
    ----------
    mirna, target
        The two RNAs.
    options
        Rules of the search.
    number
        Number of the site; 1 is the best.
    law
        Law of the miRNA, for the p-value; None leaves it out.
    accessibility
        Whether to explain the site's opening energy, which needs ViennaRNA.
    """
    options = options or SearchOptions()
    inputs = {"miRNA": _input(mirna), tr("target"): _input(target)}
    duplex = _site(mirna, target, options, number)
    if duplex is None:
        step = Step(claim=_no_site(options, number), verdict=Verdict("fail"))
        title = tr("{mirna} on {target}: no site", mirna=mirna.name, target=target.name)
        return Explanation(title, (step,), inputs)
    whole = target
    if options.circular:
        target = replace(target, codes=unrolled(target.codes, len(mirna.codes)))
    hits = hits_of([NumberedDuplex(0, duplex)], len(mirna.codes))
    table = _table(mirna)
    seed = seed_matches(hits, table.codes, target.codes)
    steps = [
        _drawing(duplex, len(whole.codes)),
        _energy(duplex),
        _seed(mirna, target, duplex, seed),
        _ratio(mirna, duplex),
        score_step(hits, seed, table, target.codes),
    ]
    if options.plant:
        most = options.max_expectation
        site = site_of_hit(mirna.codes, target.codes, duplex.start, most)
        steps[2:2] = plant_steps(site)
    if accessibility:
        steps.append(opening_step(hits, target.codes))
    if law is not None:
        steps.append(_chance(mirna, whole, duplex, law))
    title = tr(
        "{mirna} on {target}: {mfe:.2f} kcal/mol, seed {seed}",
        mirna=mirna.name,
        target=target.name,
        mfe=duplex.mfe,
        seed=tr(seed.names[0]),
    )
    return Explanation(title, tuple(steps), inputs)


def _table(mirna: Mirna) -> MirnaTable:
    return MirnaTable(
        names=np.array([mirna.name]),
        codes=padded([mirna.codes]),
        lengths=np.array([len(mirna.codes)]),
        perfect=np.array([round(100 * perfect_mfe(mirna.codes))]),
    )


def _input(rna: Mirna | Target) -> str:
    return tr("{name}, {n} nt", name=rna.name, n=len(rna.codes))


def _site(
    mirna: Mirna, target: Target, options: SearchOptions, number: int
) -> Duplex | None:
    rules = replace(options, top=number)
    searcher = searcher_for([mirna.codes], rules, target_nt=None)
    hits = searcher.search(target.codes)
    duplexes = list(searcher.duplexes(target.codes, hits))
    return duplexes[number - 1] if len(duplexes) == number else None


def _no_site(options: SearchOptions, number: int) -> str:
    which = tr("No site") if number == 1 else tr("No site number {n}", n=number)
    rule = limit = ""
    if options.seed_region:
        first, last = options.seed_region
        rule = tr(
            " with miRNA bases {first} to {last} in one helix", first=first, last=last
        )
    if options.max_mfe < 0:
        limit = tr(" of {limit:g} kcal/mol or better", limit=options.max_mfe)
    return tr("{which}{rule}{limit} exists.", which=which, rule=rule, limit=limit)


def _drawing(duplex: Duplex, target_nt: int) -> Step:
    junction = ""
    if duplex.end > target_nt:
        junction = tr(
            " It crosses the junction of the circle: base {beyond} is base 1 again.",
            beyond=target_nt + 1,
        )
    return Step(
        claim=tr(
            "The miRNA pairs with bases {span} of the target (RNAhybrid's position "
            "{position}).",
            span=_span(Span(duplex.start, duplex.end)),
            position=duplex.position,
        )
        + junction,
        detail=drawn(duplex.lines),
    )


def drawn(lines: Sequence[str]) -> tuple[str, ...]:
    """Five lines: target, bonds (| and, for G:U, :) and miRNA, with their ends.

    Parameters
    ----------
    lines
        The four lines of RNAhybrid's drawing.
    """
    free, paired, mirna_paired, mirna_free = lines
    bonds = "".join(
        " " if " " in (above, below) else "|" if above + below in _BONDS else ":"
        for above, below in zip(paired, mirna_paired, strict=True)
    )
    return (
        cell(tr("target"), 6) + f" 5' {free} 3'",
        f"          {paired}",
        f"          {bonds}",
        f"          {mirna_paired}",
        f"miRNA  3' {mirna_free} 5'",
    )


_BONDS = ("AU", "UA", "GC", "CG")


def _energy(duplex: Duplex) -> Step:
    terms = [loop for loop in duplex.loops if loop.energy or loop.kind == "stack"]
    shown = " ".join(f"{loop.energy:+.2f}" for loop in terms)
    return Step(
        claim=tr(
            "The energy is the sum of its loops: stacked pairs, bulges and interior "
            "loops, and the dangling bases at both ends."
        ),
        formula=r"E = \sum_l E_l",
        substitution=f"E = {shown} = {duplex.mfe:.2f}",
        value=Quantity(duplex.mfe, "kcal/mol", 2),
        source=MODEL,
        detail=tuple(_energy_lines(duplex)),
    )


def _energy_lines(duplex: Duplex) -> Iterator[str]:
    names = ((tr("target"), 13), ("miRNA", 9), (tr("energy"), 8), (tr("sum"), 8))
    cells = (cell(name, width, to="right") for name, width in names)
    yield " ".join([cell(tr("loop"), 14), *cells])
    total = 0.0
    for loop in duplex.loops:
        total += loop.energy
        yield (
            f"{cell(_name(loop), 14)} {_span(loop.target):>13} {_span(loop.mirna):>9} "
            f"{loop.energy:+8.2f} {total:+8.2f}"
        )


def _name(loop: Loop) -> str:
    if loop.kind == "start":
        return tr("dangling start")
    if loop.kind == "end":
        return tr("dangling end")
    if loop.kind == "stack":
        return tr("stack")
    n_target, n_mirna = (end - start - 2 for start, end in (loop.target, loop.mirna))
    if loop.kind == "interior loop":
        return tr("loop {there}x{own}", there=n_target, own=n_mirna)
    if n_target:
        return tr("target bulge {size}", size=n_target)
    return tr("miRNA bulge {size}", size=n_mirna)


def _span(span: Span) -> str:
    return f"{span.start + 1}-{span.end}"


def _seed(mirna: Mirna, target: Target, duplex: Duplex, seed: SeedMatches) -> Step:
    name, span = tr(seed.names[0]), _span(Span(seed.start[0], seed.end[0]))
    claim = tr(
        "Seed class: {name} on target bases {span}. The seed is the miRNA's bases 2 "
        "to 8.",
        name=name,
        span=span,
    )
    if seed.names[0] == "none":
        claim = tr(
            "Seed class: {name}. The seed is the miRNA's bases 2 to 8.", name=name
        )
    return Step(
        claim=claim,
        verdict=Verdict("note"),
        source=SEED,
        detail=tuple(_seed_lines(mirna, target, duplex)),
    )


def _seed_lines(mirna: Mirna, target: Target, duplex: Duplex) -> Iterator[str]:
    base, unpaired = tr("base"), tr("unpaired")
    base_heading = cell(base, 5, to="right")
    target_heading = cell(tr("target"), 8, to="right")
    yield f"{'miRNA':>6} {base_heading}   {target_heading} {base}"
    partner = {pair.mirna: pair.target for pair in duplex.pairs}
    for place, code in enumerate(mirna.codes[:8]):
        opposite = f"  {unpaired}"
        if place in partner:
            other = target.codes[partner[place]]
            bond = "|" if code + other == _WATSON_CRICK else ":"
            opposite = f"{bond} {partner[place] + 1:>8} {_LETTERS[other]}"
        yield f"{place + 1:>6} {_LETTERS[code]:>5} {opposite}"


def _ratio(mirna: Mirna, duplex: Duplex) -> Step:
    perfect = perfect_mfe(mirna.codes)
    ratio = duplex.mfe / perfect
    return Step(
        claim=tr(
            "The energy as a share of that with the perfect complement of this miRNA."
        ),
        formula=r"r = \frac{E}{E_{\mathrm{perfect}}}",
        substitution=rf"r = \frac{{{duplex.mfe:.2f}}}{{{perfect:.2f}}} = {ratio:.4f}",
        value=Quantity(ratio, "", 4),
    )


def _chance(mirna: Mirna, target: Target, duplex: Duplex, law: Law) -> Step:
    if isinstance(law, SurfaceLaw):
        return _chance_on_surface(target, duplex, law)
    if isinstance(law, TailLaw):
        return _chance_by_simulation(target, duplex, law)
    return _chance_by_preset(mirna, target, duplex, law)


def _chance_on_surface(target: Target, duplex: Duplex, law: SurfaceLaw) -> Step:
    n_bases = int(base_counts(target.codes).sum())
    energy = np.array([duplex.mfe])
    count, rate, span, deviation = (float(v[0]) for v in law.at(energy))
    log_sites = log_places(n_bases, np.array(span), np.array(deviation))
    places = math.exp(float(log_sites))
    p = float(law.p_value(energy, n_bases)[0])
    return Step(
        claim=tr(
            "Probability of a site this good anywhere on a random target of {n} nt "
            "and a G+C content of {gc:.1f} %. N is the expected number of duplexes "
            "this strong or stronger per base of such a target; g corrects it for the "
            "duplexes that are one and the same site, as fitted to simulations of "
            "other miRNAs; w is the number of places for a site that spans "
            "{span:.1f} nt, with standard deviation {deviation:.1f} (half a step of "
            "0.1 is subtracted because energies are discrete).",
            n=n_bases,
            gc=100 * law.gc,
            span=span,
            deviation=deviation,
        ),
        formula=r"p = 1 - e^{-r w}, \quad \ln r = \ln N(x) + g(x), \quad x = -E - 0.05",
        substitution=rf"x = {-duplex.mfe - HALF_STEP:.2f}, \quad "
        rf"\ln r = {count:.3f} + ({rate - count:.3f}) = {rate:.3f}, \quad "
        rf"r w = {math.exp(rate):.4g} \cdot {places:.1f} = "
        rf"{math.exp(rate) * places:.4g}",
        value=Quantity(p, "", None),
        source="doi:10.1214/aoms/1177728652",
    )


def _chance_by_simulation(target: Target, duplex: Duplex, law: TailLaw) -> Step:
    n, energy = len(target.codes), duplex.mfe
    p = float(law.p_value(np.array([energy]), n)[0])
    y = -energy - HALF_STEP - law.limit
    rate = float(law.rate(np.array([energy]))[0])
    return Step(
        claim=tr(
            "Probability of a site this good anywhere on a random target of {n} "
            "nt. The rate of such sites per base was fitted to this miRNA's best "
            "energies on random targets, beyond {limit:.2f} kcal/mol (half a step "
            "of 0.1 is subtracted because energies are discrete).",
            n=n,
            limit=law.limit,
        ),
        formula=r"p = 1 - e^{-n r}, \quad \ln r = a - b y - c y^2, \quad "
        r"y = -E - u",
        substitution=rf"y = {y:.2f}, \quad \ln r = {law.level:.3f} - "
        rf"{law.slope:.4f} \cdot {y:.2f} - {law.curve:.5f} \cdot "
        rf"{max(y, 0):.2f}^2, \quad "
        rf"n r = {n} \cdot {rate:.4g} = {n * rate:.4g}",
        value=Quantity(p, "", None),
        source="doi:10.1073/pnas.87.6.2264",
    )


def _chance_by_preset(
    mirna: Mirna, target: Target, duplex: Duplex, law: PresetLaw
) -> Step:
    n, energy = len(target.codes), duplex.mfe
    p = float(law.p_value(np.array([energy]), n)[0])
    normal = -energy / math.log(len(mirna.codes) * n)
    return Step(
        claim=tr(
            "RNAhybrid's preset: the energy is divided by the logarithm of the "
            "product of both lengths."
        ),
        formula=r"p = 1 - e^{-e^{-(e_n - \xi) / \theta}}, \quad "
        r"e_n = \frac{-E}{\ln(m n)}",
        substitution=rf"e_n = \frac{{{-energy:.2f}}}{{\ln({len(mirna.codes)} \cdot "
        rf"{n})}} = {normal:.4f}, \quad \xi = {law.xi:.4f}, "
        rf"\quad \theta = {law.theta:.4f}",
        value=Quantity(p, "", None),
        source="doi:10.1261/rna.5248604",
    )
