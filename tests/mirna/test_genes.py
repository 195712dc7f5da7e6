"""Gene scores: a noisy-or over sites, the mean over isoforms, with parts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadInput, BadTable, MissingFile, UnknownName
from bioloom.mirna.genes.names import check_known, gene_in, genes_of, read_genes
from bioloom.mirna.genes.scores import COLUMNS, GeneCollector, ScoredSite
from bioloom.mirna.inputs.records import Mirna, Target
from bioloom.mirna.options import SearchOptions
from bioloom.mirna.prediction import predict_records
from bioloom.seq.alphabet import encode

LET7 = "UGAGGUAGUAGGUUGUAUAGUU"
SITE = "ACUAUACAACCUACUACCUCA"


def collector(*sites):
    made = GeneCollector()
    for target, score in sites:
        site = ScoredSite(target, 0, 20, -20.0, "8mer", score, 0.0, 0.0)
        made.found["let-7"][target].append(site)
    return made


def p_of(score, prior):
    """Bayes: odds of the score times the prior odds."""
    odds = math.exp(score) * prior / (1 - prior)
    return odds / (1 + odds)


def test_two_sites_of_one_isoform_by_hand():
    made = collector(("a", 2.0), ("a", -1.0))
    (pair,) = made.scores({"a": "G"}, prior=0.1).pairs
    first, second = p_of(2.0, 0.1), p_of(-1.0, 0.1)
    assert pair.probability == pytest.approx(1 - (1 - first) * (1 - second))
    assert [site.chance for site in pair.sites] == pytest.approx([first, second])


def test_the_noisy_or_is_the_share_of_draws_with_a_real_site():
    made = collector(*(("a", score) for score in (3.0, 1.0, 0.5, -2.0)))
    (pair,) = made.scores({"a": "G"}, prior=0.2).pairs
    chances = np.array([site.chance for site in pair.sites])
    drawn = np.random.default_rng(1).random((200_000, 4)) < chances
    assert pair.probability == pytest.approx(drawn.any(axis=1).mean(), abs=0.005)


def test_isoforms_without_a_site_count():
    genes = {"a": "G", "b": "G", "c": "H"}
    made = collector(("a", 2.0), ("c", 2.0))
    by_gene = {pair.gene: pair for pair in made.scores(genes).pairs}
    assert by_gene["G"].strength == pytest.approx(by_gene["H"].strength / 2)
    frame = made.scores(genes).to_frame()
    assert list(frame) == list(COLUMNS)
    assert frame["gene"].tolist() == ["H", "G"]
    assert frame["n_isoforms"].tolist() == [1, 2]
    assert frame["n_isoforms_with_sites"].tolist() == [1, 1]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-9, 9)), min_size=1))
def test_parts_add_up_and_more_sites_never_lower_a_score(sites):
    genes = dict.fromkeys("abc", "G")
    (pair,) = collector(*sites).scores(genes).pairs
    assert pair.strength == pytest.approx(math.fsum(s.part for s in pair.sites))
    assert 0 <= pair.probability <= 1
    (more,) = collector(*sites, ("a", 0.0)).scores(genes).pairs
    assert more.strength > pair.strength


def test_sites_of_a_prediction_and_their_explanation():
    targets = [
        Target("t1", encode(f"GGGG{SITE}GGGG{SITE}GGGG"), "gene=lin transcript=t1"),
        Target("t2", encode(f"CCCC{SITE}CCCC"), "gene=lin transcript=t2"),
        Target("t3", encode("CCCCGGGGCCCCGGGGCCCC"), "gene=lin"),
        Target("t4", encode(f"AAAA{SITE}AAAA")),
    ]
    options = SearchOptions(top=None, max_mfe=-15)
    prediction = predict_records([Mirna("let-7", encode(LET7))], targets, options)
    scores = prediction.gene_scores()
    by_gene = {pair.gene: pair for pair in scores.pairs}
    assert set(by_gene) == {"lin", "t4"}
    assert by_gene["lin"].n_isoforms == 3
    table = prediction.to_frame()
    on_lin = table[table["target"] != "t4"]
    strength = sum(-math.log1p(-p_of(score, scores.prior)) for score in on_lin["score"])
    assert by_gene["lin"].strength == pytest.approx(strength / 3)
    explanation = scores.explain("let-7", "lin")
    assert explanation.steps[1].value.number == by_gene["lin"].strength
    assert explanation.steps[2].value.number == by_gene["lin"].probability
    lines = explanation.steps[0].detail[1:]
    assert len(lines) == len(on_lin)
    added = sum(float(line[-8:]) for line in lines)
    assert added == pytest.approx(by_gene["lin"].strength, abs=1e-3)
    with pytest.raises(UnknownName, match="nowhere"):
        scores.explain("let-7", "nowhere")


def test_genes_are_read_from_headers():
    assert gene_in("gene=FBgn1 transcript=x") == "FBgn1"
    assert gene_in("cdna gene:ENSG01.2 biotype") == "ENSG01.2"
    assert gene_in("oxygene=4") == ""
    target = Target("t", encode("ACGU"))
    assert genes_of([target]) == {"t": "t"}


@pytest.mark.parametrize("separator", ["\t", ","])
def test_genes_are_read_from_a_table(tmp_path, separator):
    path = tmp_path / "genes.txt"
    path.write_text(f"t1{separator}G\nt2{separator}G\nt3{separator}H\n")
    assert read_genes(path) == {"t1": "G", "t2": "G", "t3": "H"}
    check_known(read_genes(path), ["t1", "t3"], str(path))
    with pytest.raises(UnknownName, match="t9"):
        check_known(read_genes(path), ["t9"], str(path))


def test_a_target_of_two_genes_is_an_error(tmp_path):
    path = tmp_path / "genes.tsv"
    path.write_text("t1\tG\nt1\tH\n")
    with pytest.raises(BadTable, match="the genes G and H"):
        read_genes(path)
    with pytest.raises(MissingFile):
        read_genes(tmp_path / "none")
    path.write_text("t1\nt2\n")
    with pytest.raises(BadTable, match="one column"):
        read_genes(path)


def test_the_command_writes_a_gene_table_and_columns(bioloom_cli, tmp_path):
    mirnas, targets = tmp_path / "mirnas.fa", tmp_path / "utrs.fa"
    mirnas.write_text(f">let-7\n{LET7}\n")
    targets.write_text(f">t1\nGGGG{SITE}GGGG\n>t2\nCCCC{SITE}CCCC\n>t3\nGGCC\n")
    genes = tmp_path / "genes.tsv"
    genes.write_text("t1\tlin\nt2\tlin\nt3\tlin\n")
    table, sites = tmp_path / "by_gene.tsv", tmp_path / "sites.tsv"
    code, _, err = bioloom_cli(
        *("mirna", "predict", mirnas, targets, "--out", sites, "--position"),
        *("--max-mfe", "-15", "--gene-table", table, "--genes", genes),
    )
    assert code == 0
    assert "1 pair of a miRNA and a gene, 1 gene" in err
    header, row = table.read_text().splitlines()
    assert header.split("\t") == list(COLUMNS)
    assert row.split("\t")[:2] == ["let-7", "lin"]
    assert row.split("\t")[5:7] == ["3", "2"]
    head, *lines = sites.read_text().splitlines()
    assert head.endswith("\tend_distance\trelative_position")
    assert {line.split("\t")[-2] for line in lines} <= {"3", "4"}


def test_genes_without_a_table_are_refused(bioloom_cli, tmp_path):
    code, _, err = bioloom_cli(
        *("mirna", "predict", "a.fa", "b.fa", "--genes", tmp_path / "g.tsv")
    )
    assert code == 2
    assert "--genes needs --gene-table" in err


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0])
def test_a_prior_out_of_range_is_refused(prior):
    with pytest.raises(BadInput, match="above 0 and below 1"):
        collector(("a", 1.0)).scores({"a": "G"}, prior=prior)
