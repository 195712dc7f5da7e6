"""The working behind a verdict: its numbers are the judged ones."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bioloom.lincrna.coding.orf import longest_orfs, protein_of
from bioloom.lincrna.coding.potential import load_model, score
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.loci.classcodes import ClassCode
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.working import read_transcript as read_kept
from bioloom.lincrna.output.working import write_working
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import criteria_in_force
from bioloom.lincrna.verdict.judged import judged
from bioloom.run.language import use_language
from tests.lincrna.builders import collected, evidence, hit, tx
from tests.lincrna.toy import REASONS, write_toy

GOLDEN = Path(__file__).parents[1] / "data" / "toy"
SETTINGS = FilterSettings(coding_threshold=0.4)
IN_FORCE = [
    criterion.name
    for criterion in criteria_in_force(
        SETTINGS, has_expression=False, has_junctions=False, has_proteins=False
    )
]
STEP_OF = {name: number for number, name in enumerate([*IN_FORCE, "locus"])}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    toy = write_toy(folder)
    given = FilterInputs(
        assembly=toy / "assembly.gtf",
        genome=toy / "genome.fa",
        annotation=toy / "annotation.gtf",
    )
    result = filter_transcripts(
        given, FilterSettings(coding_model="packaged"), cache=folder
    )
    write_working(
        result,
        folder / "working/filtered",
        genome=given.genome,
        annotation=given.annotation,
    )
    return folder


def explained(run, name):
    kept = read_kept(run, name)
    return kept, explain(kept.row, kept.sequence, kept.model, kept.settings)


def made(found, settings=SETTINGS, sequence="ACGT" * 100):
    [row] = judged([collected(found.transcript)], [found], ["L"], settings)
    return row, explain(row, sequence, load_model(), settings)


@pytest.mark.parametrize(("language", "ending"), [("en", "txt"), ("zh", "zh.txt")])
def test_the_text_is_the_golden_one(run, language, ending):
    with use_language(language):
        _, found = explained(run, "ORF.2")
    golden = GOLDEN / f"explain_ORF.2.{ending}"
    assert found.to_text() == golden.read_text("utf-8")


@pytest.mark.parametrize("name", REASONS)
def test_every_step_tells_the_judged_value_margin_and_outcome(run, name):
    kept, found = explained(run, name)
    for criterion, judgement in kept.row.judgements.items():
        step = found.steps[STEP_OF[criterion]]
        outcome = {True: "pass", False: "fail", None: "note"}[judgement.is_passed]
        assert step.verdict.outcome == outcome
        has_value = criterion not in {"intergenic", "domain"}
        if has_value and math.isfinite(judgement.value):
            assert step.value.number == pytest.approx(judgement.value, abs=1e-6)
        if step.verdict.margin is not None:
            assert step.verdict.margin.number == pytest.approx(
                abs(judgement.margin), abs=1e-6
            )
    assert (found.steps[-1].verdict.outcome == "fail") is bool(kept.row.spoiled_by)
    assert found.title.startswith(f"{name}: ")
    assert ("candidate" in found.title) is (kept.row.verdict == "candidate")


@pytest.mark.parametrize("name", REASONS)
def test_the_sum_of_the_substitution_is_the_probability(run, name):
    kept, found = explained(run, name)
    step = found.steps[STEP_OF["coding"]]
    terms, _, total = step.substitution.removeprefix("z = ").partition(" = ")
    assert sum(map(float, terms.split())) == pytest.approx(float(total), abs=0.004)
    p = 1 / (1 + math.exp(-float(total)))
    assert step.value.number == pytest.approx(p, abs=0.001)
    again = score(kept.sequence, kept.row.collected.transcript.strand, kept.model)
    assert step.value.number == again.probability


@pytest.mark.parametrize("name", ["ORF.1", "DOT.1"])
def test_the_shown_protein_and_capitals_are_the_orf(run, name):
    kept, found = explained(run, name)
    orf = longest_orfs(kept.sequence, kept.row.collected.transcript.strand).longest
    lines = found.steps[STEP_OF["orf"]].detail
    gap = lines.index("")
    assert "".join(lines[:gap]) == protein_of(orf, kept.sequence)
    capitals = re.sub(r"[^A-Z]", "", "".join(lines[gap:]))
    assert len(capitals) == orf.length_nt
    assert ("opposite strand" in found.steps[STEP_OF["orf"]].claim) is (
        orf.strand == "-"
    )


def test_exon_lengths_add_up(run):
    _, found = explained(run, "NOV.1.1")
    assert found.steps[STEP_OF["length"]].substitution == "L = 300 + 300 = 600"


def test_a_domain_tells_its_score_and_margin():
    row, found = made(evidence(domain=hit(), is_domain_searched=True))
    step = found.steps[STEP_OF["domain"]]
    assert (step.value.number, step.verdict.margin.number) == (30.0, 12.0)
    assert "RRM_1 (PF00076)" in step.claim
    assert "aa 4-70" in step.claim
    assert "gathering threshold 18.0 bits" in step.claim
    assert str(step.verdict) == "✗ fail, 12.0 bits from the threshold"
    assert row.reason == "domain"


def test_an_evalue_tells_its_margin_in_powers_of_ten():
    far = hit(threshold_bits=math.nan, evalue=1e-3, is_member=False)
    _, found = made(evidence(domain=far, is_domain_searched=True))
    step = found.steps[STEP_OF["domain"]]
    assert str(step.verdict) == "✓ pass, 2.0 powers of ten to spare"
    assert "judged by E-value" in step.claim


def test_no_hit_no_gene_and_no_models_are_said():
    _, found = made(evidence(is_domain_searched=True))
    assert "No domain model comes near" in found.steps[STEP_OF["domain"]].claim
    assert found.steps[STEP_OF["distance"]].detail == ("no coding gene on chromosome",)
    _, found = made(evidence())
    assert found.steps[STEP_OF["domain"]].verdict.text == "not judged"


def test_by_transcript_the_locus_decides_nothing():
    _, found = made(evidence(), replace(SETTINGS, strictness="transcript"))
    assert found.steps[-1].verdict.outcome == "note"


def test_all_failed_criteria_stand_in_the_title():
    _, found = made(evidence(orf_aa=150, probability=0.9), sequence="ATG" + "GCC" * 160)
    assert found.title == "t: rejected by orf, coding"


def test_hostile_names_are_escaped():
    name = "<script>alert(1)</script>"
    transcript = tx(name, (0, 300), (400, 700))
    code = ClassCode("x", name, name)
    _, found = made(evidence(transcript, class_code=code))
    assert "<script>" not in found.to_html()
    assert name in found.to_text()
