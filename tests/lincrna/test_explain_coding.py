"""The coding step of an explanation: the numbers that judged, adding up."""

import re
from dataclasses import replace

import pytest

from bioloom.lincrna.coding.features import FEATURES, GROUPS
from bioloom.lincrna.coding.potential import by_group, load_model, score
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import judged
from tests.lincrna.builders import collected, evidence, tx

MODEL = load_model()
SEQUENCE = "CCGCCACC" + "ATGGCTGAAGACCTGAAGGTT" * 12 + "TAAGCTTTAGACCATTTGCA" * 8


def explained(settings):
    transcript = tx("t", (0, len(SEQUENCE)))
    scored = score(SEQUENCE, "+", MODEL)
    found = evidence(transcript, orf_aa=scored.orf.length_aa)
    found = replace(found, coding=scored)
    (row,) = judged([collected(transcript)], [found], ["L1"], settings)
    steps = explain(row, SEQUENCE, MODEL, settings).steps
    return (
        row,
        steps[list(CRITERIA).index("orf")],
        steps[list(CRITERIA).index("coding")],
    )


def test_groups_add_up_to_the_log_odds_of_the_probability():
    row, _, step = explained(FilterSettings(coding_threshold=MODEL.threshold))
    left, _, total = step.substitution.removeprefix("z = ").rpartition(" = ")
    numbers = [float(part) for part in left.split()]
    assert len(numbers) == 1 + len(GROUPS)
    assert sum(numbers) == pytest.approx(float(total), abs=0.006)
    assert step.value.number == row.evidence.coding.probability
    assert "sensitivity and specificity meet" in step.claim


def test_every_feature_stands_under_its_group():
    _, _, step = explained(FilterSettings(coding_threshold=MODEL.threshold))
    group, adds = "", {}
    for line in step.detail[1:]:
        name, added = line[:44].strip(), float(line[44:])
        if line.startswith("  "):
            adds.setdefault(group, []).append(added)
            assert FEATURES[name.split()[0]].group == group
        else:
            group, adds[f"= {name}"] = name, added
    assert sum(len(adds[name]) for name in GROUPS) == len(FEATURES)
    for name in GROUPS:
        assert sum(adds[name]) == pytest.approx(adds[f"= {name}"], abs=0.004)


def test_the_calibrated_mode_is_told():
    settings = FilterSettings(
        orf_mode="calibrated", coding_threshold=MODEL.leak_threshold
    )
    row, orf, step = explained(settings)
    assert row.judgements["orf"].is_passed is None
    assert "not a rule here" in orf.claim
    assert orf.verdict.text == "not judged"
    assert "1.3 % of mRNAs" in step.claim


def test_an_unsure_call_is_told():
    probability = score(SEQUENCE, "+", MODEL).probability
    settings = FilterSettings(coding_threshold=0.5, coding_sure=1.0)
    row, _, step = explained(settings)
    assert row.judgements["coding"].note == "unsure"
    assert 0 < probability < 1
    assert "the call is unsure" in step.claim
    assert not re.search("meet in cross-validation", step.claim)


def test_groups_hold_every_feature_once():
    added = by_group(MODEL.contributions(MODEL.typical))
    assert tuple(added) == GROUPS
