"""Explanations in Chinese: whatever was found, no English word is left."""

import math
from dataclasses import replace
from typing import get_args

import pytest

from bioloom.explain import width_of
from bioloom.lincrna.coding.features import FEATURES
from bioloom.lincrna.coding.orf import LongestOrfs
from bioloom.lincrna.coding.potential import load_model
from bioloom.lincrna.inputs.collect import Collected
from bioloom.lincrna.inputs.votes import Vote
from bioloom.lincrna.loci.classcodes import MEANING, ClassCode
from bioloom.lincrna.loci.housekeeping import HousekeepingOverlap
from bioloom.lincrna.loci.neighbours import Neighbours, Relation
from bioloom.lincrna.output.explain import ORIGINS, RELATIONS, explain
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.lincrna.verdict.judged import judged
from bioloom.run.language import use_language
from tests.chinese import english_words
from tests.lincrna.builders import collected, evidence, hit, near, orf, protein_hit, tx

MODEL = load_model()
SETTINGS = FilterSettings(coding_threshold=0.4)
SEQUENCE = "ATG" + "GCC" * 160
NAMES = ("Abc", "Chr", "RRM", "Pfam")
KEPT = {*FEATURES, *CRITERIA, *NAMES}
VOTES = (Vote("CPC2", 0.3, True), Vote("CPAT", 0.1, False), Vote("LGC", 0.2, None))


def told(found, settings=SETTINGS, *, model=MODEL, sequence=SEQUENCE, given=None):
    [row] = judged([given or collected(found.transcript)], [found], ["L"], settings)
    with use_language("zh"):
        return explain(row, sequence, model, settings)


def beside(relation, side):
    gene = near(50, relation=relation, side=side)
    overlaps = (gene,) if side == "overlap" else ()
    return replace(
        evidence(gap_nt=50), neighbours=Neighbours(None, gene, overlaps, (gene,))
    )


def left(explanation):
    return english_words(explanation.to_text(), KEPT)


@pytest.mark.parametrize("code", MEANING)
@pytest.mark.parametrize("ref", ["", "T1"])
def test_class_codes(code, ref):
    assert left(told(evidence(class_code=ClassCode(code, ref, ref)))) == set()


@pytest.mark.parametrize("relation", get_args(Relation))
@pytest.mark.parametrize("side", ["left", "overlap"])
def test_neighbours(relation, side):
    assert left(told(beside(relation, side))) == set()


FOUND = {
    "nothing": evidence(),
    "one exon": evidence(tx("t", (0, 300))),
    "rejected": evidence(orf_aa=150, probability=0.9),
    "opposite ORF": replace(
        evidence(),
        orfs=LongestOrfs(orf(50, strand="-"), orf(40, is_complete=False)),
    ),
    "no hit": evidence(is_domain_searched=True),
    "domain": evidence(domain=hit(), is_domain_searched=True),
    "by E-value": evidence(
        domain=hit(threshold_bits=math.nan, evalue=1e-3, is_member=False),
        is_domain_searched=True,
    ),
    "organelle": replace(
        evidence(),
        housekeeping=HousekeepingOverlap("M", "organelle", 600, 1.0, 1.0),
    ),
    "not compared": evidence(is_homology_searched=False),
    "no protein": evidence(is_homology_searched=True),
    "protein": evidence(
        homology=protein_hit(protein="P22626", description=""),
        is_homology_searched=True,
    ),
    "no RNA": replace(evidence(), housekeeping=HousekeepingOverlap()),
}


@pytest.mark.parametrize("found", FOUND)
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_evidence(found, form):
    text = getattr(told(FOUND[found]), f"to_{form}")()
    kept = {"text", "frac", "quad", "sum"} if form == "markdown" else set()
    assert english_words(text, KEPT) - kept == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"orf_mode": "calibrated", "coding_threshold": MODEL.leak_threshold},
        {"coding_threshold": MODEL.threshold},
        {"coding_threshold": 0.5, "coding_sure": 1.0},
        {"coding_threshold": 0.5, "coding_sure": 1.0, "when_unsure": "leave"},
        {"strictness": "transcript"},
        {"vote_rule": "own"},
        *({"vote_rule": rule} for rule in ("any", "majority", "all")),
    ],
)
def test_settings(changes):
    settings = FilterSettings(**{"coding_threshold": 0.4} | changes)
    found = replace(evidence(probability=0.45), votes=VOTES)
    words = left(told(found, settings))
    assert words <= {changes.get("vote_rule")}  # the rule's name as in the settings


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (MODEL.name, "八种动植物的转录本（随软件提供）"),
        ("genes of a.gtf", "a.gtf 中的基因"),
        (
            f"{MODEL.name}, adapted to genes of a.gtf",
            "八种动植物的转录本（随软件提供），已按a.gtf 中的基因调整",
        ),
        ("mRNAs of a.gtf and lncRNAs", "a.gtf 中的mRNA与lncRNA"),
        (
            "mRNAs of a.gtf and sequence made of them",
            "a.gtf 中的mRNA及由其生成的序列",
        ),
        ("a.fa and sequence made of them", "a.fa 及由其生成的序列"),
        ("a.fa and {b}.fa", "a.fa and {b}.fa"),  # the user's own files
    ],
)
def test_names_that_bioloom_gave_to_models(name, shown):
    text = told(evidence(), model=replace(MODEL, name=name)).to_text()
    assert f"模型：{shown}。" in text


@pytest.mark.parametrize(
    ("origin", "n_samples"), [("known", None), ("novel", None), ("novel", 3)]
)
def test_origins_and_support(origin, n_samples):
    transcript = tx("t", (0, 300))
    given = replace(collected(transcript, origin=origin), n_samples=n_samples)
    assert left(told(evidence(transcript), given=given)) == set()


def test_a_cut_sequence_says_so():
    found = replace(evidence(), orfs=LongestOrfs(orf(3001), None))
    text = told(found, sequence="ATG" + "GCC" * 3000).to_text()
    assert "……另有66行" in text
    assert english_words(text, KEPT) == set()


def test_a_locus_spoils_its_isoforms():
    spoiler, spoiled = evidence(tx("a", (0, 300)), orf_aa=150), evidence()
    given = [collected(one.transcript) for one in (spoiler, spoiled)]
    rows = judged(given, [spoiler, spoiled], ["L", "L"], SETTINGS)
    with use_language("zh"):
        text = explain(rows[1], SEQUENCE, MODEL, SETTINGS).to_text()
    assert "同一基因座的某个异构体未通过" in text
    assert english_words(text, KEPT) == set()


def test_the_table_of_features_is_aligned_on_a_terminal():
    step = told(evidence()).steps[list(CRITERIA).index("coding")]
    heading, *rows = step.detail
    assert heading.split() == ["证据", "数值", "典型值", "贡献"]
    assert {width_of(line) for line in step.detail} == {53}
    assert len(rows) > len(FEATURES)


def test_all_words_of_results_are_marked():
    assert set(RELATIONS) == set(get_args(Relation))
    assert set(ORIGINS) == set(get_args(Collected.__annotations__["origin"]))
