"""Training of a coding-potential model."""

import numpy as np
import pytest

from bioloom.errors import BadModel
from bioloom.lincrna.coding import load_model, score
from bioloom.lincrna.training import Example, evaluate, train, train_on_files
from bioloom.seq.fasta import Record, write_fasta

CODONS = ["GCA", "GAA", "CTG", "AAA", "GGT", "GAT", "ATT", "CCA"]


def mrna(rng, n_codons=120):
    codons = "".join(rng.choice(CODONS, n_codons))
    return random_bases(rng, 30) + "ATG" + codons + "TAA" + random_bases(rng, 60)


def random_bases(rng, n):
    return "".join(rng.choice(list("ACGT"), n))


def examples(n, seed=1):
    rng = np.random.default_rng(seed)
    return [
        Example(mrna(rng) if is_coding else random_bases(rng, 450), is_coding, f"{i}")
        for i in range(2 * n)
        for is_coding in [i < n]
    ]


def test_clear_examples_are_told_apart_and_new_ones_too():
    model = train(examples(60), name="made up")
    assert model.evaluation["auc"] > 0.99
    assert (model.evaluation["n_coding"], model.evaluation["n_noncoding"]) == (60, 60)
    assert model.name == "made up"
    rng = np.random.default_rng(9)
    for _ in range(20):
        assert score(mrna(rng), "+", model).probability > model.threshold
        assert score(random_bases(rng, 450), "+", model).probability < model.threshold


def test_the_same_seed_gives_the_same_model():
    first, again = (train(examples(55), name="x", rng_seed=3) for _ in range(2))
    assert first.threshold == again.threshold
    assert first.evaluation == again.evaluation
    for name in ("mean", "scale", "weight", "hexamer_log_ratio"):
        assert (getattr(first, name) == getattr(again, name)).all()


def copies_of_noise(*, is_grouped):
    """Noise in which only copies of the same sequence tell its label."""
    rng = np.random.default_rng(4)
    found = []
    for gene in range(24):
        noise = "ATG" + "".join(rng.choice(CODONS, 150)) + "TAA"
        for copy in range(6):
            group = f"{gene}" if is_grouped else f"{gene}-{copy}"
            found.append(Example(noise, gene % 2 == 0, group))
    return found


def test_isoforms_of_a_gene_are_never_on_both_sides():
    leaking = train(copies_of_noise(is_grouped=False), name="x").evaluation["auc"]
    honest = train(copies_of_noise(is_grouped=True), name="x").evaluation["auc"]
    assert leaking > 0.9  # the copies are learnt by heart
    assert honest < 0.75


def test_the_threshold_balances_sensitivity_and_specificity():
    rng = np.random.default_rng(6)
    mixed = [
        Example(mrna(rng, 20 + 8 * (i % 12)), True, f"c{i}") for i in range(60)
    ] + [
        Example(random_bases(rng, 300) + mrna(rng, 30), False, f"n{i}")
        for i in range(90)
    ]
    found = train(mixed, name="x").evaluation
    assert abs(found["sensitivity"] - found["specificity"]) < 0.06


@pytest.mark.parametrize("n_coding", [0, 49])
def test_too_few_examples_are_told(n_coding):
    few = examples(60)[60 - n_coding :]
    with pytest.raises(BadModel) as caught:
        train(few, name="a.fa and b.fa")
    assert str(caught.value).startswith(
        f"a.fa and b.fa: found {n_coding} coding and 60 non-coding transcripts, "
        "expected at least 50 of either."
    )


def test_too_few_genes_are_told():
    one_gene = [
        Example(one.sequence, one.is_coding, "one" if one.is_coding else one.group)
        for one in examples(60)
    ]
    with pytest.raises(BadModel, match="found 1 coding and 60 non-coding genes"):
        train(one_gene, name="x")


def test_evaluation_counts_what_is_called_at_the_threshold():
    probability = np.array([0.9, 0.5, 0.4, 0.5, 0.1])
    is_coding = np.array([True, True, True, False, False])
    assert evaluate(probability, is_coding, threshold=0.5) == {
        "n_coding": 3,
        "n_noncoding": 2,
        # pairs in the right order: (3 + 3) less a half for the tie and one reversed
        "auc": pytest.approx(4.5 / 6),
        "sensitivity": pytest.approx(2 / 3),
        "specificity": pytest.approx(1 / 2),
        "accuracy": pytest.approx(3 / 5),
    }


def test_files_in_model_out(tmp_path):
    for name, is_coding in (("coding.fa", True), ("noncoding.fa.gz", False)):
        write_fasta(
            tmp_path / name,
            (
                Record(one.group, one.sequence.lower(), f"gene:G{i // 2} pseudogene:x")
                for i, one in enumerate(examples(50))
                if one.is_coding is is_coding
            ),
        )
    model = train_on_files(
        tmp_path / "coding.fa", tmp_path / "noncoding.fa.gz", out=tmp_path / "m.json"
    )
    kept = load_model(tmp_path / "m.json")
    assert kept.name == "coding.fa and noncoding.fa.gz"
    assert kept.threshold == model.threshold
