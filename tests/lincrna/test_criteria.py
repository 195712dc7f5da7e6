"""Each criterion at its edge."""

import math
from dataclasses import replace

import pytest

from bioloom.lincrna.coding.orf import LongestOrfs
from bioloom.lincrna.loci.classcodes import MEANING, ClassCode
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA
from tests.lincrna.builders import evidence, hit, orf, protein_hit, tx

SETTINGS = FilterSettings(coding_threshold=0.4)
MONO, MULTI = tx("m", (0, 300)), tx("s", (0, 200), (300, 500))


def similar(**changes):
    return evidence(homology=protein_hit(**changes), is_homology_searched=True)


def judge(name, found, settings=SETTINGS):
    return CRITERIA[name].judge(found, settings)


def test_the_order_is_that_of_the_attrition():
    assert list(CRITERIA) == [
        *("intergenic", "distance", "length", "orf", "coding", "housekeeping"),
        *("pseudogene", "repeat", "domain", "homology", "expression", "junctions"),
    ]


@pytest.mark.parametrize(
    ("name", "found", "margin", "is_passed"),
    [
        ("length", evidence(tx("t", (0, 200))), 0, False),
        ("length", evidence(tx("t", (0, 201))), 1, True),
        ("length", evidence(tx("t", (0, 100), (500, 600))), 0, False),
        ("orf", evidence(orf_aa=99), 1, True),
        ("orf", evidence(orf_aa=100), 0, False),
        ("orf", evidence(orf_aa=101), -1, False),
        ("orf", evidence(orfs=LongestOrfs(None, None)), 100, True),
        ("coding", evidence(probability=0.4), 0, False),
        ("coding", evidence(probability=0.3999), 0.0001, True),
        ("housekeeping", evidence(housekeeping_fraction=0.5), 0, False),
        ("housekeeping", evidence(housekeeping_fraction=0.49), 0.01, True),
        ("distance", evidence(MONO, gap_nt=1999), -1, False),
        ("distance", evidence(MONO, gap_nt=2000), 0, True),
        ("distance", evidence(MONO), math.inf, True),
        ("distance", evidence(MULTI, gap_nt=0), 0, True),
        ("homology", similar(coverage=0.5), 0, False),
        ("homology", similar(coverage=0.4999), 0.0001, True),
        ("homology", similar(coverage=1.0), -0.5, False),
        ("domain", evidence(domain=hit(), is_domain_searched=True), -12, False),
        (
            "domain",
            evidence(
                domain=hit(score_bits=17.9, is_member=False), is_domain_searched=True
            ),
            0.1,
            True,
        ),
    ],
)
def test_edges(name, found, margin, is_passed):
    judgement = judge(name, found)
    assert judgement.is_passed is is_passed
    assert judgement.margin == pytest.approx(margin)


@pytest.mark.parametrize("code", MEANING)
def test_only_u_and_p_are_intergenic(code):
    found = judge("intergenic", evidence(class_code=ClassCode(code, "r", "g")))
    assert found.is_passed is (code in "up")


def test_the_longer_of_complete_and_open_orf_counts():
    both = LongestOrfs(orf(30), orf(100, is_complete=False))
    assert judge("orf", evidence(orfs=both)).value == 100
    assert judge("orf", evidence(orfs=both)).is_passed is False


def test_distance_asks_more_of_one_exon():
    settings = FilterSettings(gap_mono_nt=10, gap_multi_nt=5)
    for found, passed in ((MONO, False), (MULTI, True)):
        assert (
            judge("distance", evidence(found, gap_nt=7), settings).is_passed is passed
        )


def test_an_evalue_decides_where_there_is_no_threshold():
    far = hit(threshold_bits=math.nan, evalue=1e-3, is_member=False)
    near = hit(threshold_bits=math.nan, evalue=1e-7)
    passed = judge("domain", evidence(domain=far, is_domain_searched=True))
    failed = judge("domain", evidence(domain=near, is_domain_searched=True))
    assert (passed.is_passed, passed.margin) == (True, pytest.approx(2))
    assert (failed.is_passed, failed.margin) == (False, pytest.approx(-2))
    assert (passed.value, passed.threshold) == (1e-3, 1e-5)
    zero = hit(threshold_bits=math.nan, evalue=0.0)
    assert math.isfinite(
        judge("domain", evidence(domain=zero, is_domain_searched=True)).margin
    )


def test_what_could_not_be_judged_is_neither_passed_nor_failed():
    assert judge("domain", evidence()).is_passed is None
    assert judge("coding", evidence(), FilterSettings()).is_passed is None
    assert judge("domain", evidence(is_domain_searched=True)).is_passed is True


@pytest.mark.parametrize(
    ("probability", "note", "is_passed"),
    [
        (0.2, "noncoding", True),
        (0.21, "unsure", True),
        (0.39, "unsure", True),
        (0.4, "unsure", False),
        (0.79, "unsure", False),
        (0.8, "coding", False),
    ],
)
def test_unsure_calls_are_told_and_the_threshold_decides(probability, note, is_passed):
    judgement = judge("coding", evidence(probability=probability))
    assert (judgement.note, judgement.is_passed) == (note, is_passed)


def test_unsure_calls_may_be_left_unjudged():
    settings = replace(SETTINGS, when_unsure="leave", coding_sure=0.9)
    unsure = judge("coding", evidence(probability=0.85), settings)
    assert (unsure.note, unsure.is_passed, unsure.value) == ("unsure", None, 0.85)
    assert judge("coding", evidence(probability=0.95), settings).is_passed is False
    never = replace(settings, coding_sure=0.5)
    assert judge("coding", evidence(probability=0.45), never).note == "coding"


def test_in_calibrated_mode_the_orf_is_no_rule():
    settings = replace(SETTINGS, orf_mode="calibrated")
    judgement = judge("orf", evidence(orf_aa=400), settings)
    assert (judgement.value, judgement.is_passed) == (400, None)
    assert "coding probability" in judgement.note
    assert judge("coding", evidence(probability=0.5), settings).is_passed is False
