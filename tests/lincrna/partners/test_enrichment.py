"""Enrichment, beside gseapy's own call, scipy and statsmodels."""

from pathlib import Path

import gseapy
import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom
from statsmodels.stats.multitest import multipletests

from bioloom.lincrna.partners.enrichment import PartnerSet, enriched_sets
from bioloom.lincrna.partners.gene_sets import GeneSets
from bioloom.lincrna.settings import PartnerSettings


def gene_sets(**sets):
    genes = {name: frozenset(members) for name, members in sets.items()}
    return GeneSets(genes, {}, Path("x.gmt"), 1, 1)


@pytest.fixture(scope="module")
def scene():
    """300 genes, 60 sets of many sizes, 25 partners, some sets rich in them."""
    rng = np.random.default_rng(1)
    genes = np.array([f"gene{n}" for n in range(300)])
    partners = genes[:25]
    sets = {
        f"set{n}": {
            *rng.choice(genes, rng.integers(2, 80), replace=False),
            *rng.choice(partners, n % 7, replace=False),
            "not in the background",
        }
        for n in range(60)
    }
    asked = PartnerSet("trans partners", "", frozenset(partners), frozenset(genes))
    return asked, gene_sets(**sets)


def found_in(scene, **settings):
    asked, sets = scene
    return enriched_sets(asked, sets, PartnerSettings(**settings))


def test_p_is_that_of_gseapy(scene):
    asked, sets = scene
    judge = gseapy.enrich(
        sorted(asked.genes),
        gene_sets={name: sorted(genes) for name, genes in sets.genes.items()},
        background=sorted(asked.background),
        outdir=None,
    ).results.set_index("Term")
    found = found_in(scene, min_set_size=1)
    assert {row.term for row in found} == {*judge.index}
    for row in found:
        assert row.p == pytest.approx(judge.loc[row.term, "P-value"])
        overlap = judge.loc[row.term, "Overlap"]
        assert overlap == f"{row.n_both}/{row.n_in_set}"
        genes = judge.loc[row.term, "Genes"].split(";")
        assert sorted(genes) == [*row.genes]


def test_p_is_hypergeometric_and_fishers(scene):
    for row in found_in(scene):
        judge = hypergeom.sf(
            row.n_both - 1, row.n_background, row.n_in_set, row.n_partners
        )
        assert row.p == pytest.approx(judge)
        only_set = row.n_in_set - row.n_both
        only_partner = row.n_partners - row.n_both
        neither = row.n_background - row.n_both - only_set - only_partner
        table = [[row.n_both, only_set], [only_partner, neither]]
        assert row.p == pytest.approx(fisher_exact(table, "greater").pvalue)


def test_q_counts_every_set_of_the_right_size(scene):
    asked, sets = scene
    found = found_in(scene, min_set_size=20, max_set_size=60)
    sizes = {name: len(genes & asked.background) for name, genes in sets.genes.items()}
    tested = [name for name, size in sizes.items() if 20 <= size <= 60]
    assert {row.n_tested for row in found} == {len(tested)}
    by_name = {row.term: row for row in found}
    p = [by_name[name].p if name in by_name else 1.0 for name in tested]
    q = dict(zip(tested, multipletests(p, method="fdr_bh")[1], strict=True))
    for row in found:
        assert row.q == pytest.approx(q[row.term])
        assert row.rank == sum(other <= row.p for other in p)


def test_names_of_digits_are_not_taken_for_entrez_ids():
    genes = frozenset(map(str, range(1, 41)))
    asked = PartnerSet("trans partners", "", frozenset("123"), genes)
    [row] = enriched_sets(asked, gene_sets(a="12345"), PartnerSettings())
    assert row.p == pytest.approx(hypergeom.sf(2, 40, 5, 3))


def test_case_is_kept():
    background = frozenset(["A1", "a1", *(f"x{n}" for n in range(20))])
    asked = PartnerSet("trans partners", "", frozenset(["a1"]), background)
    sets = gene_sets(upper={"A1"}, lower={"a1"})
    found = enriched_sets(asked, sets, PartnerSettings(min_set_size=1))
    assert [row.term for row in found] == ["lower"]


def test_no_partner_in_any_set():
    asked = PartnerSet("trans partners", "", frozenset("a"), frozenset("abcdef"))
    sets = gene_sets(x="bcdef")
    assert enriched_sets(asked, sets, PartnerSettings()) == ()
    none = PartnerSet("trans partners", "", frozenset(), frozenset("abcdef"))
    assert enriched_sets(none, sets, PartnerSettings()) == ()
