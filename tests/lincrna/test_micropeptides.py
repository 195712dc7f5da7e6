"""Short ORFs: a threshold of their own, a doubt, a column."""

import csv
from dataclasses import replace

import numpy as np
import pytest

import bioloom as bl
from bioloom.errors import InputWarning
from bioloom.lincrna.coding.model import MICROPEPTIDE_AA, load_model, save_model
from bioloom.lincrna.coding.orf import Orf
from bioloom.lincrna.coding.potential import CodingScore
from bioloom.lincrna.inputs.collect import collect
from bioloom.lincrna.models import thresholds_in_force
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.evaluation import micropeptide_threshold
from bioloom.lincrna.verdict.criteria import coding_call, may_encode_micropeptide
from bioloom.lincrna.verdict.doubts import doubts
from tests.lincrna.builders import evidence, tx

MODEL = load_model()
IN_FORCE = thresholds_in_force(FilterSettings(), MODEL)
BETWEEN = (MODEL.micropeptide_threshold + MODEL.threshold) / 2
# a start, 39 codons as in mRNAs, a stop, in bases that hold no other start
SHORT = (
    "CC" + "GCCACC" + "ATGGCTGAACTGAAG" + "GCTGAAGGTGATCTG" * 7 + "TAA" + "CCTTC" * 40
)


def scored(probability, aa):
    orf = Orf(0, 3 * aa, "+", is_complete=True) if aa else None
    return CodingScore(probability, (), orf)


@pytest.mark.parametrize(
    ("probability", "aa", "may"),
    [
        (BETWEEN, 10, True),
        (BETWEEN, 99, True),
        (BETWEEN, 9, False),
        (BETWEEN, 100, False),
        (BETWEEN, 0, False),
        (MODEL.micropeptide_threshold, 50, True),
        (MODEL.micropeptide_threshold - 1e-6, 50, False),
        (MODEL.threshold, 50, False),  # it is coding anyhow
    ],
)
def test_a_short_orf_of_a_probability_between_the_thresholds(probability, aa, may):
    one = scored(probability, aa)
    assert may_encode_micropeptide(one, IN_FORCE) is may
    assert not may_encode_micropeptide(one, replace(IN_FORCE, micropeptides="ignore"))
    is_coding = probability >= MODEL.threshold
    assert coding_call(one, IN_FORCE).is_passed is not is_coding
    strict = replace(IN_FORCE, micropeptides="reject")
    call = coding_call(one, strict)
    assert call.is_passed is not (is_coding or may)
    limit = MODEL.micropeptide_threshold if may else MODEL.threshold
    assert call.threshold == limit
    assert call.margin == limit - probability


def test_the_calibrated_mode_has_the_lower_threshold_already():
    calibrated = thresholds_in_force(FilterSettings(orf_mode="calibrated"), MODEL)
    assert calibrated.coding_threshold < calibrated.micropeptide_threshold
    assert not may_encode_micropeptide(scored(BETWEEN, 50), calibrated)


def test_a_candidate_is_doubted_in_words():
    [item] = collect([tx("t", (0, 300), (400, 700))], lncrna=[], annotated=[])
    facts = evidence(item.transcript, coding=scored(BETWEEN, 42))
    assert doubts(item, facts, FilterSettings()) == ()  # no threshold, no doubt
    [told] = doubts(item, facts, IN_FORCE)
    assert told.startswith(
        "may encode a micropeptide: ORF of 42 aa, coding probability"
    )
    assert f"from {MODEL.micropeptide_threshold:.3f} on" in told


def test_five_percent_of_the_noncoding_reach_the_threshold():
    rng = np.random.default_rng(1)
    probability = rng.beta(1, 9, 2000)
    found = micropeptide_threshold(probability, np.ones(2000))
    assert (probability >= found).mean() == pytest.approx(0.05, abs=0.001)
    weight = np.where(probability > 0.3, 3.0, 1.0)
    assert micropeptide_threshold(probability, weight) > found
    assert micropeptide_threshold(probability[:99], np.ones(99)) is None


def test_the_packaged_model_says_how_many_it_finds():
    figures = MODEL.evaluation
    assert figures["n_micropeptides"] == 498
    assert 0.7 < figures["micropeptide_sensitivity"] < 0.9
    assert MODEL.leak_threshold < MODEL.micropeptide_threshold < MODEL.threshold


def test_the_table_marks_it_and_the_summary_counts_it(bioloom_cli, tmp_path):
    (tmp_path / "t.fa").write_text(f">short\n{SHORT}\n>none\n{'ACC' * 90}\n")
    found = bl.lincrna.score(tmp_path / "t.fa", coding_threshold=1.0)
    orf = found.rows[0].orf
    assert orf.length_aa in MICROPEPTIDE_AA
    assert found.to_frame()["micropeptide"].tolist() == ["possible", ""]
    assert found.facts()["n_micropeptides"] == 1
    assert "1 that may encode a micropeptide" in found.summary()
    assert "it may encode a micropeptide." in str(found.explain("short"))
    for words, column, call in (
        (("--micropeptides", "ignore"), "", "noncoding"),
        (("--micropeptides", "doubt"), "possible", "noncoding"),
        (("--micropeptides", "reject"), "possible", "coding"),
        (("--micropeptide-threshold", "1"), "", "noncoding"),
    ):
        code, out, err = bioloom_cli(
            *("lincrna", "score", tmp_path / "t.fa", "--coding-threshold", "1", *words)
        )
        assert code == 0, err
        row = next(csv.DictReader(out.splitlines(), delimiter="\t"))
        assert (row["micropeptide"], row["call"]) == (column, call)


def test_a_model_of_an_earlier_version_says_that_it_cannot(tmp_path):
    save_model(replace(MODEL, micropeptide_threshold=None), tmp_path / "m.json")
    with pytest.warns(InputWarning, match="no threshold for micropeptides"):
        found = bl.lincrna.score({"a": SHORT}, model=tmp_path / "m.json")
    assert found.counts.n_micropeptides == 0
    bl.lincrna.score({"a": SHORT}, model=tmp_path / "m.json", micropeptides="ignore")
    own = bl.lincrna.score(
        {"a": SHORT},
        model=tmp_path / "m.json",
        micropeptide_threshold=0.0,
        coding_threshold=1.0,
    )
    assert own.counts.n_micropeptides == 1
