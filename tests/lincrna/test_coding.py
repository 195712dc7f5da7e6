"""Coding potential: scores, contributions, model files."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.errors import BadModel, MissingFile
from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.orf import longest_orfs
from bioloom.lincrna.coding.potential import (
    FEATURES,
    by_group,
    feature_contributions,
    load_model,
    save_model,
    score,
    score_many,
    scores_and_orfs,
)
from bioloom.lincrna.inputs.reference import sort_reference
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.annotated import training_examples
from bioloom.lincrna.training.evaluation import evaluate
from bioloom.seq.alphabet import reverse_complement
from bioloom.seq.fasta import read_fasta

SEQUENCES = st.text("ACGTN", min_size=1, max_size=400)
STRANDS = st.sampled_from("+-.")
MODEL = load_model()


@given(st.lists(st.tuples(SEQUENCES, STRANDS), max_size=6))
def test_many_are_scored_as_one_by_one(drawn):
    sequences, strands = [s for s, _ in drawn], [s for _, s in drawn]
    alone = [score(sequence, strand, MODEL) for sequence, strand in drawn]
    assert score_many(sequences, strands, MODEL) == alone


@given(st.lists(st.tuples(SEQUENCES, STRANDS), max_size=6))
def test_the_orfs_found_on_the_way_are_those_of_the_plain_search(drawn):
    found = scores_and_orfs([s for s, _ in drawn], [s for _, s in drawn], MODEL)
    assert [one.orfs for one in found] == [longest_orfs(*one) for one in drawn]


def test_large_blocks_are_cut_without_a_trace(monkeypatch):
    rng = np.random.default_rng(7)
    drawn = ["".join(rng.choice(list("ACGT"), n)) for n in rng.integers(20, 900, 40)]
    whole = score_many(drawn, ["."] * 40, MODEL)
    monkeypatch.setattr("bioloom.lincrna.coding.potential.CHUNK_NT", 1000)
    assert score_many(drawn, ["."] * 40, MODEL) == whole


@given(SEQUENCES)
def test_contributions_and_constant_make_the_probability(sequence):
    scored = score(sequence, "+", MODEL)
    parts = feature_contributions(scored, MODEL)
    log_odds = MODEL.intercept + math.fsum(parts)
    assert scored.probability == pytest.approx(1 / (1 + math.exp(-log_odds)), abs=1e-9)
    groups = by_group(np.array(parts))
    assert math.fsum(groups.values()) == pytest.approx(math.fsum(parts), abs=1e-9)


@given(SEQUENCES)
def test_without_strand_the_higher_of_both_strands_is_taken(sequence):
    forward = score(sequence, "+", MODEL)
    backward = score(reverse_complement(sequence), "+", MODEL)
    found = score(sequence, ".", MODEL)
    assert found.probability == max(forward.probability, backward.probability)
    if backward.probability > forward.probability and backward.orf:
        assert found.orf.strand == "-"


def test_without_an_orf_it_is_not_coding():
    for sequence in ("", "N" * 300, "C" * 300, "CCAG" * 100):
        scored = score(sequence, "+", MODEL)
        assert scored.orf is None
        assert scored.probability < MODEL.threshold


def test_case_and_u_do_not_matter():
    sequence = "CCATGGCTTTTAAAGCTTAAGTT" * 9
    expected = score(sequence, "+", MODEL)
    assert score(sequence.lower(), "+", MODEL) == expected
    assert score(sequence.replace("T", "U"), "+", MODEL) == expected


def test_a_saved_model_gives_the_same_scores(tmp_path):
    save_model(MODEL, tmp_path / "m.json")
    again = load_model(tmp_path / "m.json")
    rng = np.random.default_rng(5)
    drawn = ["".join(rng.choice(list("ACGT"), 300)) for _ in range(30)]
    assert score_many(drawn, ["."] * 30, again) == score_many(drawn, ["."] * 30, MODEL)
    assert (again.name, again.evaluation) == (MODEL.name, MODEL.evaluation)
    save_model(again, tmp_path / "n.json")
    assert (tmp_path / "n.json").read_bytes() == (tmp_path / "m.json").read_bytes()


def test_the_packaged_model_holds_its_cross_validation():
    figures = MODEL.evaluation
    assert (figures["n_coding"], figures["n_noncoding"]) == (9510, 15000)
    assert figures["auc"] > 0.985
    assert figures["auc_length_matched"] > 0.97
    assert figures["accuracy"] > 0.95
    assert 0 < MODEL.leak_threshold < MODEL.threshold < 0.6
    assert MODEL.threshold_in("strict") == MODEL.threshold
    assert MODEL.threshold_in("calibrated") == MODEL.leak_threshold


def changed(tmp_path, *path, value):
    """The packaged model's file with one entry changed."""
    save_model(MODEL, tmp_path / "m.json")
    entries = json.loads((tmp_path / "m.json").read_text())
    place = entries
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    (tmp_path / "m.json").write_text(json.dumps(entries))
    return tmp_path / "m.json"


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        (("features",), ["x"], "of other features"),
        (("format",), 1, "a model of format 1"),
        (("typical",), [1, 2, 3], "typical values of shape (3,)"),
        (("counts", "hexamers"), [0] * 64, "a table hexamers of shape (64,)"),
        (("counts",), {}, "KeyError"),
        (("threshold",), None, "TypeError"),
        (("threshold",), "high", "ValueError"),
        (("threshold",), 1.5, "threshold 1.5"),
        (("leak_threshold",), math.nan, "leak_threshold nan"),
        (("evaluation",), 3, "TypeError"),
        (("forest",), {}, "KeyError"),
        (("forest", "value"), ["x"], "ValueError"),
        (("forest", "value"), [1], "columns differ in length"),
        (("forest", "roots"), [-1], "roots outside the trees"),
        (("forest", "yes", 0), 0, "lead nowhere"),
    ],
)
def test_a_wrong_model_is_told(tmp_path, path, value, found):
    file = changed(tmp_path, *path, value=value)
    with pytest.raises(BadModel) as caught:
        load_model(file)
    assert found in str(caught.value)
    assert "bioloom lincrna train" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{}", "[]", "x", '"features"'])
def test_what_is_no_model_is_told(tmp_path, text):
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(BadModel, match=r"m\.json: found .*expected a coding model"):
        load_model(tmp_path / "m.json")
    with pytest.raises(MissingFile, match="coding-potential model"):
        load_model(tmp_path / "none.json")


def test_every_feature_has_a_name_a_meaning_and_a_group():
    assert len(FEATURES) == len(MODEL.typical)
    assert all(feature.meaning and feature.group for feature in FEATURES.values())


def probabilities(paths):
    model, sequences, labels = load_model(), [], []
    for path, is_coding in paths:
        for record in read_fasta(path):
            sequences.append(record.sequence.upper())
            labels.append(is_coding)
    scores = score_many(sequences, ["+"] * len(sequences), model)
    return model, np.array([one.probability for one in scores]), np.array(labels)


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
    assert found["auc"] >= 0.99
    assert found["accuracy"] >= 0.96


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
