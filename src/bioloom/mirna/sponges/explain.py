"""The working behind a sponge: its sites and those of chance, and shared families."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bioloom.explain import Explanation, Quantity, Step
from bioloom.mirna.sponges.counts import background_tables, seed_words
from bioloom.run.language import tr
from bioloom.seq.alphabet import UNKNOWN, decode

if TYPE_CHECKING:
    from bioloom.mirna.sponges.result import SiteCount, Sponges
    from bioloom.mirna.sponges.shared import SharedFamilies

CHANCE = "doi:10.1111/j.2517-6161.1995.tb02024.x"


def explain_count(sponges: Sponges, place: SiteCount) -> Explanation:
    """The sites of a miRNA on an RNA, those expected, and the probability.

    Parameters
    ----------
    sponges
        The result.
    place
        Numbers of the RNA and of the miRNA.
    """
    mirna, target = sponges.mirnas[place.mirna], sponges.targets[place.target]
    count = int(sponges.counts[place])
    expected = float(sponges.expected[place])
    title = tr(
        "{mirna} on {target}: {n} sites, {expected:.3f} expected",
        mirna=mirna.name,
        target=target.name,
        n=count,
        expected=expected,
    )
    steps = (
        _count(count, len(target.codes)),
        _expected(sponges, place),
        _p(sponges, place),
    )
    inputs = {
        "miRNA": tr("{name}, {n} nt", name=mirna.name, n=len(mirna.codes)),
        tr("target"): tr("{name}, {n} nt", name=target.name, n=len(target.codes)),
    }
    return Explanation(title, steps, inputs)


def _count(count: int, length_nt: int) -> Step:
    return Step(
        claim=tr(
            "Sites of the seed are 7mers and 8mers: miRNA bases 2 to 8, or 2 to 7 with "
            "an A opposite base 1. Here are {density:.3f} per 1,000 nt.",
            density=1000 * count / length_nt,
        ),
        value=Quantity(count, tr("sites"), 0),
        source="doi:10.1016/j.cell.2009.01.002",
    )


def _expected(sponges: Sponges, place: SiteCount) -> Step:
    expected = float(sponges.expected[place])
    return Step(
        claim=tr(
            "A shuffled target keeps its dinucleotides. A word of a site occurs in it "
            "as often, on average, as the product of the counts of its dinucleotides "
            "over those of its inner bases; the words add up."
        ),
        formula=r"E = \sum_w \frac{N(w_1 w_2) \cdots N(w_7 w_8)}{N(w_2) \cdots N(w_7)}",
        substitution=rf"E = {expected:.4f}",
        value=Quantity(expected, tr("sites"), 4),
        source=CHANCE,
        detail=tuple(_word_lines(sponges, place)),
    )


def _word_lines(sponges: Sponges, place: SiteCount) -> Iterator[str]:
    target = sponges.targets[place.target]
    tables = background_tables(target.codes, circular=sponges.circular)
    words = seed_words([sponges.mirnas[place.mirna]]).words[0]
    for word in words[(words != UNKNOWN).all(axis=1)]:
        steps = tables.pairs[word[:-1], word[1:]].prod()
        inner = tables.bases[word[1:-1]].prod()
        letters = decode(word.astype(np.uint8)).replace("T", "U")
        yield f"{letters}  {steps / inner if inner else 0.0:.5f}"


def _p(sponges: Sponges, place: SiteCount) -> Step:
    count, expected = int(sponges.counts[place]), float(sponges.expected[place])
    p = float(sponges.p[place])
    return Step(
        claim=tr(
            "The number of sites on shuffled targets follows nearly a Poisson law: the "
            "probability of {n} or more.",
            n=count,
        ),
        formula=r"p = 1 - \sum_{i<k} e^{-E} \frac{E^i}{i!}",
        substitution=rf"k = {count}, \quad E = {expected:.4f}, \quad p = {p:.4g}",
        value=Quantity(p, "", None),
        source=CHANCE,
    )


def explain_shared(pair: SharedFamilies) -> Explanation:
    """The families that two RNAs share, and the probability of so many by chance."""
    title = tr(
        "{sponge} and {target} share {n} miRNA families",
        sponge=pair.sponge,
        target=pair.target,
        n=pair.n_shared,
    )
    by_chance = Step(
        claim=tr(
            "miRNAs of one seed count once. If the families of the first RNA were "
            "drawn at random from all, this many would be among those of the second."
        ),
        formula=r"E = \frac{K n}{M}",
        substitution=rf"E = \frac{{{pair.n_sponge} \cdot {pair.n_target}}}"
        rf"{{{pair.n_families}}} = {pair.n_expected:.4f}",
        value=Quantity(pair.n_expected, tr("families"), 4),
        detail=pair.shared,
    )
    chance = Step(
        claim=tr("The hypergeometric probability of {n} or more.", n=pair.n_shared),
        formula=r"p = \sum_{i \ge x} "
        r"\frac{\binom{K}{i} \binom{M-K}{n-i}}{\binom{M}{n}}",
        substitution=rf"x = {pair.n_shared}, \quad p = {pair.p:.4g}",
        value=Quantity(pair.p, "", None),
    )
    return Explanation(title, (by_chance, chance), {})
