"""Verdicts and attrition."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.inputs.expression import Expressed
from bioloom.lincrna.loci.classcodes import ClassCode
from bioloom.lincrna.loci.touches import Touch
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.attrition import attrition, criteria_of
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import LOCUS, judged
from tests.lincrna.builders import collected, evidence, hit, protein_hit, tx

SETTINGS = FilterSettings(
    coding_threshold=0.5, pseudogene_overlap="reject", repeat_overlap="reject"
)
FAILING = {
    "intergenic": {"class_code": ClassCode("x", "r", "g")},
    "distance": {"gap_nt": 10},
    "orf": {"orf_aa": 150},
    "coding": {"probability": 0.9},
    "housekeeping": {"housekeeping_fraction": 0.8},
    "domain": {"domain": hit(), "is_domain_searched": True},
    "homology": {"homology": protein_hit()},
}
TOUCHES = {
    "pseudogene": {"pseudogene": Touch("PS1", "", 40, 0.1)},
    "repeat": {"transposable element": Touch("L1", "LINE", 800, 0.9)},
}


def row_of(name, fails, origin="novel"):
    exons = [(0, 150)] if "length" in fails else [(0, 900)]
    changes = {"touches": {}, "is_homology_searched": True}
    for criterion in fails:
        changes |= FAILING.get(criterion, {})
        changes["touches"] |= TOUCHES.get(criterion, {})
    tpm = 0.1 if "expression" in fails else 5.0
    changes["expressed"] = Expressed((tpm,), 2 if "junctions" in fails else 3)
    transcript = tx(name, *exons)
    return collected(transcript, origin=origin), evidence(transcript, **changes)


def judge(patterns, settings=SETTINGS):
    """Rows of (name, locus, origin, criteria that it fails)."""
    made = [row_of(name, fails, origin) for name, _, origin, fails in patterns]
    return judged(
        [item for item, _ in made],
        [found for _, found in made],
        [locus for _, locus, *_ in patterns],
        settings,
    )


PATTERNS = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.sampled_from(["known", "novel"]),
        st.sets(st.sampled_from(list(CRITERIA))),
    ),
    max_size=14,
).map(
    lambda rows: [
        (f"t{number}", locus, origin, fails)
        for number, (locus, origin, fails) in enumerate(rows)
    ]
)


@pytest.mark.parametrize("name", CRITERIA)
def test_each_criterion_alone_rejects(name):
    [row] = judge([("t", "L", "novel", {name})])
    assert (row.verdict, row.reason, row.failed) == ("rejected", name, (name,))
    assert row.transcript_id == "t"


def test_the_first_failed_criterion_is_the_reason_and_all_are_listed():
    [row] = judge([("t", "L", "novel", {"domain", "orf", "length"})])
    assert row.reason == "length"
    assert row.failed == ("length", "orf", "domain")


@pytest.mark.parametrize("name", CRITERIA)
def test_a_sibling_spoils_the_locus_by_some_criteria_only(name):
    good, other, bad = judge(
        [
            ("good", "L", "novel", ()),
            ("far", "M", "novel", ()),
            ("bad", "L", "known", {name}),
        ]
    )
    spoils = name in SETTINGS.locus_criteria
    assert good.reason == (LOCUS if spoils else "")
    assert good.verdict == ("rejected" if spoils else "candidate")
    assert good.spoiled_by == bad.spoiled_by == ((f"{name}:bad",) if spoils else ())
    assert (other.verdict, other.spoiled_by) == ("candidate", ())


def test_by_transcript_each_stands_alone():
    settings = FilterSettings(coding_threshold=0.5, strictness="transcript")
    good, bad = judge([("a", "L", "novel", ()), ("b", "L", "novel", {"orf"})], settings)
    assert (good.verdict, bad.verdict) == ("candidate", "rejected")
    assert good.spoiled_by == ("orf:b",)


@given(PATTERNS, st.sampled_from(["locus", "transcript"]))
def test_attrition_adds_up(patterns, strictness):
    rows = judge(patterns, replace(SETTINGS, strictness=strictness))
    steps = attrition(rows)
    order = [*criteria_of(rows), LOCUS]
    assert len(steps) == 4 * len(order)
    for origin in ("known", "novel"):
        mine = [row for row in rows if row.collected.origin == origin]
        for level, units in (
            ("transcript", {row.transcript_id for row in mine}),
            ("locus", {row.locus_id for row in mine}),
        ):
            chain = [s for s in steps if (s.level, s.origin) == (level, origin)]
            assert [step.criterion for step in chain] == order
            assert chain[0].n_before == len(units)
            for step, following in zip(chain, chain[1:], strict=False):
                assert following.n_before == step.n_after
            for step in chain:
                assert step.n_after == step.n_before - step.n_dropped
                if level == "transcript":
                    assert 0 <= step.n_dropped <= step.n_failing
                assert step.n_failing_only <= step.n_failing
        left = [row for row in mine if row.verdict == "candidate"]
        ends = {s.level: s.n_after for s in steps if s.origin == origin}
        assert ends == {
            "transcript": len(left),
            "locus": len({row.locus_id for row in left}),
        }


@given(PATTERNS)
def test_transcript_counts_are_those_of_plain_counting(patterns):
    rows = judge(patterns)
    for step in attrition(rows):
        if step.level != "transcript":
            continue
        mine = [row for row in rows if row.collected.origin == step.origin]
        assert step.n_dropped == Counter(row.reason for row in mine)[step.criterion]
        if step.criterion != LOCUS:
            failing = [row for row in mine if step.criterion in row.failed]
            assert step.n_failing == len(failing)
            assert step.n_failing_only == sum(len(row.failed) == 1 for row in failing)


@given(PATTERNS)
def test_a_candidate_fails_nothing_and_has_no_spoiled_locus(patterns):
    for row in judge(patterns):
        assert (row.verdict == "candidate") == (not row.failed and not row.spoiled_by)


def test_a_locus_goes_as_far_as_its_best_transcript():
    rows = judge(
        [("a", "L", "novel", {"length"}), ("b", "L", "novel", {"housekeeping"})]
    )
    steps = {
        step.criterion: step
        for step in attrition(rows)
        if step.level == "locus" and step.origin == "novel"
    }
    assert steps["length"].n_dropped == 0
    assert steps["housekeeping"].n_dropped == 1
    assert steps["length"].n_failing == steps["housekeeping"].n_failing == 0
