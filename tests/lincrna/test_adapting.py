"""A coding model fitted to a species, and models that start from another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.errors import BadConfig, InputWarning
from bioloom.lincrna.coding.adapting import MIN_MRNAS, labelled_usage, sure_usage
from bioloom.lincrna.coding.counting import no_counts
from bioloom.lincrna.coding.model import load_model, save_model
from bioloom.lincrna.coding.potential import score_many
from bioloom.lincrna.training.copies import spoilt_copies, with_errors
from bioloom.lincrna.training.fit import Example, _Calibration, train

MODEL = load_model()
# codons that the packaged model takes for those of non-coding sequence
RARE = ["TTA", "ATA", "AGA", "TCA", "CTA", "AAT", "TTG", "GTA", "CGA", "ACA"]


def bases(rng, n):
    return "".join(rng.choice(list("ACGT"), n, p=[0.32, 0.18, 0.18, 0.32]))


MIXED = [*RARE, *(["GCT", "GAA", "CTG", "AAG", "GAC", "GGC"] * 4)]


def mrna(rng, n_codons, codons):
    return bases(rng, 60) + "ATG" + "".join(rng.choice(codons, n_codons)) + "TAA"


def species(n, seed=1, n_codons=130, codons=RARE):
    rng = np.random.default_rng(seed)
    mrnas = [mrna(rng, n_codons, codons) for _ in range(n)]
    return mrnas, [bases(rng, 400) for _ in range(n)]


def probabilities(sequences, model):
    scores = score_many(sequences, ["+"] * len(sequences), model)
    return np.array([one.probability for one in scores])


def test_a_strange_use_of_codons_is_learnt_from_labels():
    usage = labelled_usage(*species(80))
    adapted = usage.fitted(MODEL, to="a beetle")
    assert (usage.n_mrnas, usage.n_noncoding, usage.is_enough) == (80, 80, True)
    short, noncoding = species(80, seed=2, n_codons=60)
    gained = probabilities(short, adapted) - probabilities(short, MODEL)
    assert np.median(gained) > 0.2
    assert (probabilities(noncoding, adapted) < adapted.threshold).mean() > 0.9
    assert adapted.name == f"{MODEL.name}, adapted to a beetle"
    assert adapted.forest is MODEL.forest


def test_sure_calls_teach_as_labels_do():
    mrnas, noncoding = species(150, n_codons=300, codons=MIXED)
    usage = sure_usage([*mrnas, *noncoding], MODEL)
    assert usage.is_enough
    adapted = usage.fitted(MODEL, to="a beetle")
    short, _ = species(80, seed=2, n_codons=60, codons=MIXED)
    assert np.median(probabilities(short, adapted) - probabilities(short, MODEL)) > 0.1


def test_too_few_mrnas_leave_the_model_as_it_was():
    usage = labelled_usage(*species(MIN_MRNAS - 1))
    assert not usage.is_enough
    assert usage.fitted(MODEL, to="x") is MODEL


def test_an_adapted_model_is_saved_as_it_is(tmp_path):
    adapted = labelled_usage(*species(60)).fitted(MODEL, to="x")
    save_model(adapted, tmp_path / "m.json")
    again = load_model(tmp_path / "m.json")
    drawn, _ = species(20, seed=5)
    assert (probabilities(drawn, again) == probabilities(drawn, adapted)).all()


@given(st.integers(1, 3000))
def test_the_share_of_a_species_grows_with_its_mrnas(n):
    own = labelled_usage(*species(3)).counts
    mixed = MODEL.counts.mixed(own, n)
    share = 0.7 * n / (n + 100)
    for name in ("hexamers", "codons"):
        ours, theirs = getattr(MODEL.counts, name), getattr(own, name)
        expected = (1 - share) * ours / ours.sum(axis=1, keepdims=True)
        expected = expected + share * theirs / theirs.sum(axis=1, keepdims=True)
        assert getattr(mixed, name) == pytest.approx(expected)


def test_mixing_nothing_in_changes_no_table():
    mixed = MODEL.counts.mixed(no_counts(), 0)
    assert (mixed.tables().hexamer == MODEL.usage.hexamer).all()
    assert (MODEL.counts.whole().tables().context == MODEL.usage.context).all()


@given(st.text("ACGTN", max_size=400), st.floats(0, 0.3), st.integers(0, 9))
def test_errors_lose_and_insert_bases_at_their_rate(sequence, rate, seed):
    spoilt = with_errors(sequence, rate, np.random.default_rng(seed))
    if rate == 0:
        assert spoilt == sequence
    assert set(spoilt) <= set("ACGTN")
    assert abs(len(spoilt) - len(sequence)) <= 10 + rate * len(sequence)


def test_the_rate_of_errors_is_that_asked_for():
    rng = np.random.default_rng(1)
    spoilt = with_errors("A" * 200_000, 0.01, rng)
    # inserted bases are A, C, G or T; three in four are seen
    assert sum(base != "A" for base in spoilt) == pytest.approx(750, rel=0.15)
    assert abs(len(spoilt) - 200_000) < 150


def test_copies_are_of_the_gene_and_weigh_less():
    one = Example("ACGT" * 200, is_coding=True, group="g", source="cow")
    copies = list(spoilt_copies([one], np.random.default_rng(1)))
    assert [(c.group, c.source, c.is_made_up, c.is_coding) for c in copies] == [
        ("g", "cow", True, True)
    ] * 2
    assert all(copy.weight < one.weight for copy in copies)
    assert copies[1].sequence in one.sequence


def examples(n, seed=1):
    mrnas, noncoding = species(n, seed)
    return [
        Example(sequence, is_coding, f"{is_coding}{number}")
        for is_coding, sequences in ((True, mrnas), (False, noncoding))
        for number, sequence in enumerate(sequences)
    ]


def test_training_starts_from_a_model_and_says_what_is_its_own():
    own = train(examples(60), name="own", prior=MODEL)
    share = own.evaluation["own_share"]
    assert share in (0.0, 0.25, 0.5, 0.75, 1.0)
    n_trees = (share > 0) * 250 + (share < 1) * MODEL.forest.n_trees
    assert own.forest.n_trees == n_trees
    drawn, noncoding = species(60, seed=4)
    assert (probabilities(drawn, own) >= own.threshold).mean() > 0.95
    assert (probabilities(noncoding, own) < own.threshold).mean() > 0.95
    assert "own_share" not in train(examples(60), name="own").evaluation


def test_few_examples_move_a_threshold_little():
    fitted = _Calibration(share=0.5, slope=1.0, shift=0.0, loss=0.1)
    assert fitted.shrunk(0.9, None, 100) == 0.9
    moved = [fitted.shrunk(0.9, 0.3, n) for n in (0, 50, 200, 10**7)]
    assert moved[0] == pytest.approx(0.3)
    assert moved[-1] == pytest.approx(0.9, abs=1e-3)
    assert moved == sorted(moved)
    halfway = (np.log(9) + np.log(0.3 / 0.7)) / 2
    assert moved[2] == pytest.approx(1 / (1 + np.exp(-halfway)), abs=1e-6)


@pytest.fixture
def fasta(tmp_path):
    mrnas, noncoding = species(150, n_codons=300, codons=MIXED)
    short, _ = species(30, seed=2, n_codons=60, codons=MIXED)
    named = {"m": mrnas, "n": noncoding, "s": short}
    records = {
        f"{kind}{number}": sequence
        for kind, sequences in named.items()
        for number, sequence in enumerate(sequences)
    }
    path = tmp_path / "t.fa"
    path.write_text("".join(f">{name}\n{seq}\n" for name, seq in records.items()))
    return path


def test_score_adapt_fits_the_model_and_names_it(fasta, bioloom_cli, tmp_path):
    plain, fitted = bl.lincrna.score(fasta), bl.lincrna.score(fasta, adapt=True)
    names = plain.to_frame().name.str.startswith("s")
    before, after = (r.to_frame().coding_probability[names] for r in (plain, fitted))
    assert (after - before).median() > 0.1
    assert fitted.facts()["model"] == f"{MODEL.name}, adapted to t.fa"
    code, _, _ = bioloom_cli(
        *("lincrna", "score", fasta, "--adapt", "--out", tmp_path / "s.tsv")
    )
    assert code == 0
    bl.lincrna.score(fasta, adapt=True, out=tmp_path / "api.tsv")
    assert (tmp_path / "s.tsv").read_bytes() == (tmp_path / "api.tsv").read_bytes()
    code, words, _ = bioloom_cli(
        *("lincrna", "score", fasta, "--adapt", "--explain", "s1")
    )
    assert code == 0
    assert "adapted to t.fa" in " ".join(words.split())


def test_transcripts_of_which_few_are_sure_are_told():
    noncoding = {f"n{i}": one for i, one in enumerate(species(60)[1])}
    with pytest.warns(InputWarning, match="0 transcripts surely coding, 60 surely"):
        result = bl.lincrna.score(noncoding, adapt=True)
    assert result.facts()["model"] == MODEL.name


def test_standard_input_cannot_be_read_twice(bioloom_cli):
    code, _, err = bioloom_cli("lincrna", "score", "-", "--adapt")
    assert code == 1
    assert "can be read only once" in err
    with pytest.raises(BadConfig, match="read twice"):
        bl.lincrna.score(iter(()), adapt=True)
