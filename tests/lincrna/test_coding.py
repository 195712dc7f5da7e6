"""Coding potential: features, model, files."""

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadModel, MissingFile
from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding import (
    FEATURES,
    CodingModel,
    feature_contributions,
    fickett_score,
    frame_hexamers,
    hexamer_bias,
    load_model,
    orf_features,
    save_model,
    score,
)
from bioloom.lincrna.data import sort_reference
from bioloom.lincrna.filter import training_examples
from bioloom.lincrna.orf import longest_orfs
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training import evaluate
from bioloom.seq.alphabet import encode, reverse_complement
from bioloom.seq.fasta import read_fasta

GOLDEN = Path(__file__).parents[1] / "data" / "fickett_cpat.tsv"
SEQUENCES = st.text("ACGT", min_size=1, max_size=400)


def flat_model(**changes):
    """A model whose probability is the logistic of the hexamer bias."""
    model = CodingModel(
        name="flat",
        mean=np.zeros(4),
        scale=np.ones(4),
        weight=np.array([0.0, 0.0, 0.0, 1.0]),
        intercept=0.0,
        threshold=0.5,
        hexamer_log_ratio=np.zeros(4096),
    )
    return replace(model, **changes)


def hexamer(text):
    digits = ["ACGT".index(base) for base in text]
    return sum(digit * 4 ** (5 - place) for place, digit in enumerate(digits))


def test_fickett_is_that_of_cpat():
    with GOLDEN.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len(rows) == 20
    for row in rows:
        expected = float(row["fickett"])
        assert fickett_score(encode(row["sequence"])) == pytest.approx(
            expected, abs=2e-6
        )


def test_fickett_by_hand():
    # CAT again and again: A, C and T each in one position: 33 / (0 + 1), G in none;
    # contents 1/3, 1/3, 0, 1/3
    position = 0.26 * 0.94 + 0.18 * 0.80 + 0.31 * 0.08 + 0.33 * 0.97
    content = 0.11 * 0.28 + 0.12 * 0.82 + 0.15 * 0.29 + 0.14 * 0.28
    assert fickett_score(encode("CAT" * 33)) == pytest.approx(position + content)


@pytest.mark.parametrize("sequence", ["", "NNN"])
def test_fickett_of_no_base_is_zero(sequence):
    assert fickett_score(encode(sequence)) == 0.0


def test_hexamer_bias_is_the_mean_over_frame_hexamers():
    table = np.zeros(4096)
    table[hexamer("ATGGCA")], table[hexamer("GCATTT")] = 0.5, -0.25
    table[hexamer("TGGCAT")] = 99.0  # out of frame
    assert hexamer_bias(encode("ATGGCATTT"), table) == pytest.approx(0.125)
    assert hexamer_bias(encode("ATGGCATTTCC"), table) == pytest.approx(0.125)


def test_hexamers_with_an_unknown_base_are_left_out():
    table = np.zeros(4096)
    table[hexamer("ATGGCA")] = 0.5
    assert hexamer_bias(encode("ATGGCANNN"), table) == 0.5
    assert hexamer_bias(encode("ATGGC"), table) == 0.0


@given(st.text("ACGTN", max_size=60), st.sampled_from([1, 3]))
def test_hexamers_are_those_of_a_plain_walk(sequence, step):
    words = (sequence[i : i + 6] for i in range(0, len(sequence) - 5, step))
    expected = [hexamer(word) for word in words if "N" not in word]
    assert frame_hexamers(encode(sequence), step=step).tolist() == expected


def test_features_of_a_transcript_by_hand():
    sequence = "CC" + "ATG" + "GCA" * 9 + "TAA" + "CCCCC"
    orf = longest_orfs(sequence, "+").longest
    length, coverage, fickett, bias = orf_features(orf, sequence, np.ones(4096))
    assert length == pytest.approx(math.log10(33))
    assert coverage == pytest.approx(33 / 40)
    assert fickett == fickett_score(encode("ATG" + "GCA" * 9))
    assert bias == 1.0


def test_without_an_orf_every_feature_is_zero():
    model = load_model()
    scored = score("CCCC", "+", model)
    assert (scored.orf, scored.features) == (None, (0.0, 0.0, 0.0, 0.0))
    assert scored.probability < model.threshold


def test_probability_is_that_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rng = np.random.default_rng(3)
    features = rng.normal(size=(200, 4)) * [1, 2, 3, 4] + [4, 3, 2, 1]
    labels = features[:, 0] + rng.normal(size=200) > 4
    scaler = StandardScaler().fit(features)
    fitted = LogisticRegression().fit(scaler.transform(features), labels)
    model = flat_model(
        mean=scaler.mean_,
        scale=scaler.scale_,
        weight=fitted.coef_[0],
        intercept=float(fitted.intercept_[0]),
    )
    expected = fitted.predict_proba(scaler.transform(features))[:, 1]
    assert model.probability(features) == pytest.approx(expected, abs=1e-12)


@given(SEQUENCES)
def test_contributions_and_constant_make_the_probability(sequence):
    model = load_model()
    scored = score(sequence, "+", model)
    log_odds = model.intercept + sum(feature_contributions(scored, model))
    assert scored.probability == pytest.approx(1 / (1 + math.exp(-log_odds)))


@given(SEQUENCES)
def test_without_strand_the_higher_of_both_strands_is_taken(sequence):
    model = load_model()
    forward = score(sequence, "+", model)
    backward = score(reverse_complement(sequence), "+", model)
    found = score(sequence, ".", model)
    assert found.probability == max(forward.probability, backward.probability)
    if backward.probability > forward.probability:
        assert found.orf.strand == "-"


def test_the_shorter_orf_of_the_other_strand_counts_if_it_looks_more_coding():
    table = np.zeros(4096)
    table[hexamer("GAAGAA")] = 5.0
    forward, backward = "ATG" + "CCC" * 12 + "TAA", "ATG" + "GAA" * 8 + "TAA"
    sequence = forward + reverse_complement(backward)
    model = flat_model(hexamer_log_ratio=table)
    assert longest_orfs(sequence, ".").complete.strand == "+"
    found = score(sequence, ".", model)
    assert found.orf.strand == "-"
    assert found.probability > 0.9


def test_a_saved_model_gives_the_same_scores(tmp_path):
    model = load_model()
    save_model(model, tmp_path / "m.json")
    again = load_model(tmp_path / "m.json")
    rng = np.random.default_rng(5)
    for _ in range(30):
        sequence = "".join(rng.choice(list("ACGT"), 300))
        assert score(sequence, ".", again) == score(sequence, ".", model)
    assert (again.name, again.evaluation) == (model.name, model.evaluation)
    save_model(again, tmp_path / "n.json")
    assert (tmp_path / "n.json").read_bytes() == (tmp_path / "m.json").read_bytes()


def test_the_packaged_model_holds_its_cross_validation():
    model = load_model()
    assert model.evaluation["n_coding"] == 4555
    assert model.evaluation["n_noncoding"] == 5436
    assert model.evaluation["auc"] == pytest.approx(0.9832)
    assert (
        abs(model.evaluation["sensitivity"] - model.evaluation["specificity"]) < 0.001
    )
    assert 0.2 < model.threshold < 0.6
    assert (model.weight > 0).all()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"mean": [1, 2, 3]}, "arrays of [3, 4, 4, 4096] numbers"),
        ({"hexamer_log_ratio": [0] * 64}, "arrays of [4, 4, 4, 64] numbers"),
        ({"features": ["x"]}, "features ('x',)"),
        ({"threshold": None}, "TypeError"),
        ({"threshold": "high"}, "ValueError"),
        ({"weight": "x"}, "ValueError"),
        ({"evaluation": 3}, "TypeError"),
    ],
)
def test_a_wrong_model_is_told(tmp_path, change, found):
    save_model(load_model(), tmp_path / "m.json")
    entries = json.loads((tmp_path / "m.json").read_text()) | change
    (tmp_path / "m.json").write_text(json.dumps(entries))
    with pytest.raises(BadModel) as caught:
        load_model(tmp_path / "m.json")
    assert found in str(caught.value)
    assert "bioloom lincrna train" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '"features"'])
def test_what_is_no_model_is_told(tmp_path, text):
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(BadModel, match=r"m\.json: found .*expected a coding model"):
        load_model(tmp_path / "m.json")
    with pytest.raises(MissingFile, match="coding-potential model"):
        load_model(tmp_path / "none.json")


def probabilities(paths):
    model, scores, labels = load_model(), [], []
    for path, is_coding in paths:
        for record in read_fasta(path):
            scores.append(score(record.sequence.upper(), "+", model).probability)
            labels.append(is_coding)
    return model, np.array(scores), np.array(labels)


@pytest.mark.data
def test_worm_transcripts_that_it_was_trained_on_are_told_apart(data_dir):
    folder = data_dir / "lincrna/coding_potential"
    model, scores, labels = probabilities(
        [
            (folder / "pct.C_elegans.fa.gz", True),
            (folder / "lnc.C_elegans.fa.gz", False),
        ]
    )
    found = evaluate(scores, labels, threshold=model.threshold)
    assert (found["n_coding"], found["n_noncoding"]) == (1645, 1645)
    assert found["auc"] >= 0.98
    assert found["accuracy"] >= 0.93


@pytest.mark.data
def test_annotated_mouse_genes_are_told_apart(data_dir, tmp_path):
    folder = data_dir / "lincrna/mouse_mini/ref"
    reference = sort_reference(
        read_annotation(folder / "annotation.gtf.gz"), FilterSettings()
    )
    with Genome(folder / "genome.fa.gz", cache=tmp_path) as genome:
        examples = training_examples(reference, genome)
    model = load_model()
    scores = [score(one.sequence, "+", model).probability for one in examples]
    labels = [one.is_coding for one in examples]
    found = evaluate(np.array(scores), np.array(labels), threshold=model.threshold)
    assert (found["n_coding"], found["n_noncoding"]) > (100, 30)
    assert found["auc"] >= 0.93


def test_features_have_the_names_of_the_table():
    assert len(FEATURES) == len(load_model().mean) == 4
