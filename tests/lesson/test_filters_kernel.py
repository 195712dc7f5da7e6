"""Verdicts of the page at moved thresholds, against the room's."""

from dataclasses import replace

import numpy as np

from bioloom.lesson.transcripts import filtered_demo
from bioloom.lincrna.verdict.attrition import attrition
from bioloom.lincrna.verdict.judged import judged
from tests.lesson.computing import N_CASES, computed
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM


def random_limits(rng, rows):
    """Thresholds, many of them exactly a transcript's value."""
    facts = rows[int(rng.integers(len(rows)))].evidence
    other = rows[int(rng.integers(len(rows)))].evidence

    def one_of(*values):
        return values[int(rng.integers(len(values)))]

    gap = 0 if np.isinf(facts.gap_nt) else int(facts.gap_nt)
    names = ("intergenic", "orf", "coding", "domain", "length", "distance")
    return {
        "gapMulti": one_of(0, gap, gap + 1, int(rng.integers(100_000))),
        "gapMono": one_of(2000, gap, gap + 1, int(rng.integers(5_000))),
        "minLength": one_of(200, other.transcript.length_nt, int(rng.integers(2000))),
        "maxOrf": one_of(100, max(other.longest_orf_aa, 1), int(rng.integers(1, 400))),
        "coding": one_of(0.36, facts.coding.probability, float(rng.random())),
        "housekeeping": one_of(0.5, float(rng.uniform(0.01, 1))),
        "searchDomains": bool(rng.random() < 0.8),
        "isLocusRule": bool(rng.random() < 0.7),
        "locusCriteria": [name for name in names if rng.random() < 0.6],
    }


def by_the_room(rows, limits, settings):
    settings = replace(
        settings,
        gap_multi_nt=limits["gapMulti"],
        gap_mono_nt=limits["gapMono"],
        min_length_nt=limits["minLength"],
        max_orf_aa=limits["maxOrf"],
        coding_threshold=limits["coding"],
        housekeeping_fraction=limits["housekeeping"],
        locus_criteria=tuple(limits["locusCriteria"]),
        strictness="locus" if limits["isLocusRule"] else "transcript",
    )
    is_searched = limits["searchDomains"]
    evidence = [replace(x.evidence, is_domain_searched=is_searched) for x in rows]
    return judged(
        [row.collected for row in rows],
        evidence,
        [row.locus_id for row in rows],
        settings,
    )


EXPRESSION = """((judged) => [
  judged.map((one) => one.failed), judged.map((one) => one.reason),
  K.attrition(judged).map((one) => [one.name, one.before, one.dropped, one.after]),
])(K.verdicts(D.transcripts, c))"""


def test_verdicts_are_those_of_the_room(tmp_path):
    result = filtered_demo().result
    rng = np.random.default_rng(31)
    cases = [random_limits(rng, result.rows) for _ in range(N_CASES)]
    found = computed("lincrna", cases, EXPRESSION, tmp_path)
    reasons = set()
    for case, (failed, reason, steps) in zip(cases, found, strict=True):
        expected = by_the_room(result.rows, case, result.settings)
        assert failed == [list(row.failed) for row in expected]
        assert reason == [row.reason for row in expected]
        assert steps == summed(attrition(expected))
        reasons |= set(reason)
    of_room = set(result.rows[0].judgements)
    assert reasons == {*of_room, "locus", ""}


def summed(steps):
    """The attrition of known and novel transcripts together."""
    totals = {}
    for step in steps:
        if step.level == "transcript":
            counts = np.array([step.n_before, step.n_dropped, step.n_after])
            totals[step.criterion] = totals.get(step.criterion, 0) + counts
    return [[name, *counts.tolist()] for name, counts in totals.items()]


def test_the_usual_thresholds_give_the_usual_verdicts(tmp_path):
    rows = filtered_demo().result.rows
    expression = "K.verdicts(D.transcripts, D.usual).map((one) => one.reason)"
    (found,) = computed("lincrna", [{}], expression, tmp_path)
    assert found == [row.reason for row in rows]
