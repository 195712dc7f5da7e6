"""Workings of partners in Chinese: the numbers of the English ones, no English word."""

import math
from typing import get_args

import pytest

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.output.explaining import EXPLAINERS
from bioloom.lincrna.partners.classes import place_partners
from bioloom.lincrna.partners.enrichment import Enriched, Question, hypergeometric_p
from bioloom.lincrna.partners.explain import explain_pair, explain_term
from bioloom.lincrna.settings import PartnerSettings
from tests.chinese import only_words_differ
from tests.lincrna.builders import tx
from tests.lincrna.partners.test_classes import HAND_MADE

NAMES = ("gseapy", "intergenic")  # the criterion of that name keeps it
explain_partner = EXPLAINERS["partners"]


@pytest.mark.parametrize(("strand", "exons", "gene_strand", "gene", "words"), HAND_MADE)
def test_every_class(strand, exons, gene_strand, gene, words):
    candidate = tx("L", *exons, strand=strand)
    partner = Transcript("C", "G", "1", gene_strand, gene)
    placed = place_partners([candidate], [partner], ["G"], window_nt=50)
    [row] = placed.rows
    only_words_differ(lambda: explain_pair(candidate, row, placed, None), NAMES)
    english = explain_pair(candidate, row, placed, None)
    for word in words.split():
        assert word in english.to_text()


def every_name(run):
    """Words of the run's own: names of genes, samples and transcripts."""
    names = {row.transcript_id for row in run.result.rows}
    rows = run.tables.partners.analysis.placed.rows
    for row in rows:
        names |= {row.gene_id, row.gene_name, row.partner_id, row.chrom}
    parts = {part for name in names for part in name.replace(".", "-").split("-")}
    return (*NAMES, *names, *parts)


def test_every_pair_of_a_run(eight):
    names = every_name(eight)
    for row in eight.result.partners.rows[:12]:
        only_words_differ(
            lambda row=row: explain_partner(eight.out, row.transcript_id, row.gene_id),
            names,
        )


@pytest.mark.parametrize("conditions", ["aaaa", "aaaaa"])
def test_why_there_is_no_p_value(make_partners, conditions):
    run = make_partners(conditions)
    frame = run.tables.partners.partners
    row = frame[frame["rho"].notna()].iloc[0]
    text = only_words_differ(
        lambda: explain_partner(run.out, row["lncrna_transcript"], row["partner_gene"]),
        (*every_name(run), "partners", "min_samples"),
    )
    assert str(math.factorial(len(conditions))) in text


@pytest.mark.parametrize("question", get_args(Question))
def test_gene_sets(question):
    row = Enriched(
        question=question,
        candidate="L" if question.endswith("one") else "",
        term="GO:1",
        name="GO:1",
        n_both=3,
        n_in_set=8,
        n_partners=10,
        n_background=100,
        p=hypergeometric_p(3, 8, 10, 100),
        q=0.2,
        rank=2,
        n_tested=9,
        genes=("A", "B", "C"),
    )
    only_words_differ(lambda: explain_term(row, PartnerSettings()), (*NAMES, "GO"))
