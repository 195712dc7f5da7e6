"""What the page of a lincRNA run says, against its tables and naive counts."""

import csv
import json
import math
import re
import shlex
import shutil
from collections import Counter
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from bioloom import report
from bioloom.lincrna.coding.features import FEATURES, GROUPS
from bioloom.lincrna.output.combinations import combinations
from bioloom.lincrna.output.explain import explain
from bioloom.lincrna.output.methods import methods_of
from bioloom.lincrna.output.outputs import RunTables
from bioloom.lincrna.output.tables import attrition_frame
from bioloom.lincrna.output.working import read_transcript, read_working
from bioloom.lincrna.page.building import run_page
from bioloom.lincrna.page.transcripts import log_odds
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.evaluation import EVALUATION
from bioloom.report.lincrna import write_report
from bioloom.report.lincrna_links import browser_links
from bioloom.report.lincrna_odds import odds_svg
from tests.report.conftest import SAMPLES
from tests.report.reading import read_page


def read_tsv(path):
    with path.open(encoding="utf-8") as stream:
        return [*csv.DictReader(stream, delimiter="\t")]


def again(run, result=None, **keywords):
    """Write the report anew over the tables of a changed result."""
    result = result or run.result
    tables = RunTables(result.to_frame(), attrition_frame(result.rows))
    return write_report(result, tables, run.out, **keywords).read_text("utf-8")


@pytest.fixture
def copied(plain, tmp_path):
    shutil.copytree(plain.out, tmp_path / "run")
    return replace(plain, out=tmp_path / "run")


def test_the_answer_counts_the_table(plain):
    rows = read_tsv(plain.out / "tables/transcripts.tsv")
    candidates = [row for row in rows if row["verdict"] == "candidate"]
    n_known = sum(row["origin"] == "known" for row in candidates)
    lead = read_page(plain.page).one("main").one("p").text
    assert lead.startswith(
        f"{len(candidates)} lincRNA candidates in "
        f"{len({row['locus_id'] for row in candidates})} loci: {n_known} known and "
        f"{len(candidates) - n_known} novel, out of {len(rows)} transcripts"
    )
    assert "without samples" in lead
    assert "Not judged" not in lead


def test_candidates_are_those_of_the_table(plain):
    rows = read_tsv(plain.out / "tables/transcripts.tsv")
    table = read_page(plain.page).one("table", "candidates-table")
    labels = [heading.text for heading in table.one("thead").all("th")]
    found = [dict(zip(labels, row, strict=True)) for row in table.rows]
    wanted = [row for row in rows if row["verdict"] == "candidate"]
    assert [row["Transcript"] for row in found] == [r["transcript_id"] for r in wanted]
    for shown, row in zip(found, wanted, strict=True):
        start = int(row["start"]) + 1
        assert shown["Place"] == f"{row['chrom']}:{start}-{row['end']}"
        assert shown["Length, nt"].replace(",", "") == row["length_nt"]
        assert shown["ORF, aa"] == row["orf_aa"]
        assert float(shown["Coding probability"]) == pytest.approx(
            float(row["coding_probability"]), abs=5e-5
        )
        assert shown["Distance, nt"].replace(",", "") == row["nearest_nt"]
        assert shown["Exons"] == row["n_exons"]


def test_attrition_is_that_of_the_table(plain):
    steps = read_tsv(plain.out / "tables/attrition.tsv")
    tables = [
        table
        for table in read_page(plain.page).all("table")
        if table.attributes.get("class") == "grouped"
    ]
    for level, table in zip(("transcript", "locus"), tables, strict=True):
        for name, _, *counts in table.rows:
            wanted = [
                step[column]
                for origin in ("known", "novel")
                for step in steps
                if (step["level"], step["origin"], step["criterion"])
                == (level, origin, name)
                for column in ("n_dropped", "n_after", "n_failing", "n_failing_only")
            ]
            assert counts == wanted


def test_each_candidate_links_to_its_own_working(plain):
    page = read_page(plain.page)
    rows = [*page.one("table", "candidates-table").one("tbody").all("tr")]
    for row in rows[:5]:
        link = row.one("a")
        working = page.one("details", link.attributes["href"][1:])
        assert working.attributes["data-row"] == row.attributes["id"]
        kept = read_transcript(plain.out, link.text)
        told = explain(kept.row, kept.sequence, kept.model, kept.settings)
        assert working.one("h3").text == told.title
        assert told.to_html() in plain.page


def test_near_misses_fail_one_measured_criterion_closest_first(plain):
    page = read_page(plain.page)
    shown = [row[0] for row in page.one("table", "near-table").rows]
    closeness = {}
    for row in plain.result.rows:
        failed = [n for n, one in row.judgements.items() if one.is_passed is False]
        if len(failed) == 1 and failed != ["intergenic"]:
            one = row.judgements[failed[0]]
            distance = abs(one.value - one.threshold) / one.threshold
            closeness[row.transcript_id] = distance
    wanted = sorted(one for one in closeness.values() if one <= 0.2)[:20]
    assert [closeness[name] for name in shown] == pytest.approx(wanted)
    assert len(wanted) > 2
    for name in shown:
        assert f"{name}: rejected" in page.one("main").text


def test_settings_tell_what_differs_from_the_default(make_run, tmp_path):
    settings = FilterSettings(max_orf_aa=80, strictness="transcript")
    page = read_page(make_run(tmp_path / "run", settings).page)
    rows = {row[0]: row for row in page.one("table", "settings-table").rows}
    assert rows["max_orf_aa"][1:3] == ["80", "changed from 100"]
    assert [name for name, row in rows.items() if row[2]] == [
        "max_orf_aa",
        "strictness",
    ]


def test_every_setting_and_figure_of_the_model_has_its_meaning(plain):
    table = read_page(plain.page).one("table", "settings-table")
    assert [row[0] for row in table.rows] == [f.name for f in fields(FilterSettings)]
    assert all(row[3] for row in table.rows)
    assert {*plain.result.model.evaluation} <= {*EVALUATION}


def test_the_method_is_that_of_the_model_that_ran(plain):
    model = plain.result.model
    text = read_page(plain.page).one("main").text
    assert (
        f"{model.forest.n_trees:,} boosted decision trees over {len(FEATURES)}" in text
    )
    assert all(group in text for group in GROUPS)
    assert f"Trained on: {model.name}." in text


def test_a_threshold_set_by_hand_says_so(make_run, tmp_path):
    page = make_run(tmp_path / "run", FilterSettings(coding_threshold=0.25)).page
    assert "from a probability of 0.25 (set by hand; the model" in page


def test_samples_expression_and_read_quality(sampled):
    page = read_page(sampled.page)
    lead = page.one("main").one("p").text
    assert "from samples liver and brain <2>" in lead
    assert [row[0] for row in page.one("table", "samples-table").rows] == [*SAMPLES]
    quality = page.one("table", "fastqc-table")
    shown = ["brain <2>", "R1", "before trimming", "5,742", "100", "44", "16.3"]
    assert quality.rows[0][: len(shown)] == shown
    assert [row[1] for row in quality.rows] == ["R1", "R2"]
    headings = [heading.text for heading in quality.one("thead").all("th")]
    verdicts = dict(zip(headings, quality.rows[0], strict=True))
    assert verdicts["Per base sequence quality"] == "✓ pass"
    assert verdicts["Per sequence GC content"] == "✗ fail"
    assert page.one("figure", "read_quality").one("svg")
    link = quality.one("tbody").one("a").attributes["href"]
    assert link == "./qc/raw/brain%20%3C2%3E/brain_1_fastqc.html"
    table = page.one("table", "candidates-table")
    labels = [heading.text for heading in table.one("thead").all("th")]
    assert labels[-2:] == ["TPM liver", "TPM brain <2>"]
    assert table.rows[0][-2:] == ["1,234.5", "2,469.0"]


def test_links_lead_to_files_that_are_there(sampled):
    page = read_page(sampled.page)
    links = [a.attributes["href"] for a in page.all("a")]
    links = [link for link in links if not link.startswith("#")]
    assert len(links) > 12
    papers = {one.link for one in methods_of(sampled.out).references}
    assert papers < {*links}
    for link in {*links} - papers:
        assert (sampled.out / unquote(link)).is_file(), link


def test_the_methods_are_those_of_the_finished_run(plain):
    methods = methods_of(plain.out)
    paper = read_page(plain.page).one("blockquote")
    assert paper.one("p").text == methods.text.replace("`", "")
    cited = [line.text for line in paper.all("li")]
    assert cited == [one.text() for one in methods.references]
    assert (plain.out / "methods.txt").read_text() == f"{methods}\n"
    assert (plain.out / "references.bib").read_text() == methods.bibtex()
    assert (plain.out / "references.ris").read_bytes() == methods.ris().encode()


def test_combinations_are_those_of_the_table(plain):
    rows = read_tsv(plain.out / "tables/transcripts.tsv")
    failed = Counter(
        tuple(filter(None, row["failed"].split(","))) or ("locus",)
        for row in rows
        if row["verdict"] == "rejected"
    )
    found = {each.criteria: each.n for each in combinations(plain.result.rows)}
    assert found == failed
    counts = [each.n for each in combinations(plain.result.rows)]
    assert counts == sorted(counts, reverse=True)
    assert "figures/combinations.svg" in plain.page


def test_a_waterfall_ends_at_the_probability(plain):
    for row in plain.result.candidates[:5]:
        odds = log_odds(row.evidence.coding, plain.result)
        probability = 1 / (1 + math.exp(-odds.end))
        assert probability == pytest.approx(row.evidence.coding.probability, abs=1e-6)
        assert f"{odds.end:+.2f}" in odds_svg(odds, "x")
        bars = re.findall(
            r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', odds_svg(odds, "")
        )
        assert len(bars) == len(odds.parts) + 2


@pytest.mark.parametrize(
    ("assembly", "hosts"),
    [
        ("mm39", ["genome.ucsc.edu", "www.ensembl.org", "rnacentral.org"]),
        ("mm10", ["genome.ucsc.edu", "nov2020.archive.ensembl.org", "rnacentral.org"]),
        ("bombyx", ["genome.ucsc.edu", "rnacentral.org"]),
        ("", []),
    ],
)
def test_a_place_is_linked_where_the_assembly_is_named(assembly, hosts):
    for place in ("chrM:5-9", "chr1_KI270706v1_random:5-9"):
        assert "ensembl" not in browser_links(assembly, place)
    links = re.findall(r'href="([^"]+)"', browser_links(assembly, "chr1:5-9", 'a"<b'))
    assert [urlsplit(link).hostname for link in links] == hosts
    assert all("<" not in link for link in links)
    if assembly:
        assert "position=chr1%3A5-9" in links[0]


def test_without_domain_models_the_page_says_so(make_run, tmp_path):
    run = make_run(tmp_path / "run", domains=None)
    page = read_page(run.page)
    lead = page.one("main").one("p").text
    assert lead.endswith("Not judged: protein domains (no domain models were given).")
    warning = next(e for e in page.all("section") if "warning" in e.attributes.values())
    assert "No domain models were given" in warning.text
    assert ["domain", "not judged"] in [
        row[:2] for table in page.all("table") for row in table.rows
    ]


def test_commands_of_the_page_name_the_run_folder(sampled):
    commands = [
        shlex.split(one.text)
        for one in read_page(sampled.page).all("pre")
        if one.text.startswith("bioloom ")
    ]
    assert len(commands) >= 2
    for words in commands:
        assert words[1:3] == ["lincrna", "explain"]
        given = words[words.index("--run") + 1 :]
        assert given[0] == sampled.out.name
        assert given[1:] in ([], ["--about", given[-1]])


def test_no_candidates(copied):
    rows = tuple(row for row in copied.result.rows if row.verdict == "rejected")
    text = again(copied, replace(copied.result, rows=rows))
    page = read_page(text)
    assert (
        page.one("main")
        .one("p")
        .text.startswith(
            f"0 lincRNA candidates passed all criteria, out of {len(rows)} transcripts"
        )
    )
    assert "No transcript passed all criteria" in text
    assert 'id="candidates-table"' not in text


def test_no_transcripts_at_all(copied):
    page = read_page(again(copied, replace(copied.result, rows=())))
    lead = page.one("main").one("p").text
    assert lead.startswith("0 lincRNA candidates passed all criteria, out of 0")


def test_hostile_names_are_shown_and_never_run(make_run, simulation, tmp_path):
    name = "<script>alert(1)</script><img/src=x/onerror=alert(2)>'&amp;{{7*7}}"
    text = simulation.models_path.read_text()
    novel = re.search(r'transcript_id "(novel_lincrna[^"]+)"', text)[1]
    models = tmp_path / "models.gtf"
    models.write_text(text.replace(f'"{novel}"', f'"{name}"'))
    annotation = tmp_path / "annotation.gtf"
    text = simulation.annotation_path.read_text()
    annotation.write_text(re.sub('gene_name "SIM-CODING', f'gene_name "{name} ', text))
    run = make_run(tmp_path / "<b>run", assembly=models, annotation=annotation)
    page = read_page(run.page)
    assert len([*page.all("script")]) == 1
    assert not [*page.all("img", "b")]
    assert not [e for e in page.all() if any(a.startswith("on") for a in e.attributes)]
    table = page.one("table", "candidates-table")
    assert name in [row[0] for row in table.rows]
    assert any(cell.startswith(f"{name} -") for row in table.rows for cell in row)
    assert page.one("header").one("p").text.endswith("run <b>run")


def test_workings_stop_at_the_limit_and_the_page_says_so(copied):
    text = again(copied, max_workings=2)
    page = read_page(text)
    folds = [d for d in page.all("details") if "data-row" in d.attributes]
    assert len(folds) == 2
    assert "The page contains the workings of the first 2 candidates" in text
    last = copied.result.candidates[-1].transcript_id
    assert f"bioloom lincrna explain {last} --run run" in text


def test_same_inputs_same_bytes(sampled, tmp_path):
    written = sampled.page
    shutil.copytree(sampled.out, tmp_path / "run")
    result = read_working(tmp_path / "run")
    result = replace(result, annotated=sampled.result.annotated)
    path = write_report(result, sampled.tables, tmp_path / "run")
    assert path.read_text("utf-8") == written
    for name in ("attrition.svg", "attrition.png", "distributions.png"):
        figure = (tmp_path / "run/figures" / name).read_bytes()
        assert figure == (sampled.out / "figures" / name).read_bytes()


def test_run_record_without_its_state(copied):
    record = json.loads((copied.out / "run.json").read_text())
    told = read_page(again(copied)).one("table", "inputs-table").rows
    assert [row[2] for row in told] == [one["sha256"] for one in record["inputs"]]
    pages = []
    for state, end in (("running", ""), ("finished", "2030-01-01T00:00:00+00:00")):
        (copied.out / "run.json").write_text(
            json.dumps({**record, "state": state, "end": end})
        )
        pages.append(again(copied))
    assert pages[0] == pages[1]
    (copied.out / "run.json").unlink()
    assert "Run record" not in again(copied)


def test_the_report_lays_out_the_page_of_the_room_and_gathers_nothing(plain):
    folder = Path(report.__file__).parent
    imported = {
        name
        for path in folder.glob("lincrna*.py")
        if path.stem != "lincrna_marking"  # the page of another command
        for name in re.findall(r"^from (bioloom\.\S+)", path.read_text(), re.MULTILINE)
        if name.startswith("bioloom.lincrna") or name.startswith("bioloom.run")
    }
    assert imported == {
        "bioloom.lincrna.browser.profiles",
        "bioloom.lincrna.comparison.result",
        "bioloom.lincrna.inputs.sample_sheet",
        "bioloom.lincrna.inputs.samples",
        "bioloom.lincrna.output.outputs",
        "bioloom.lincrna.output.result",
        "bioloom.lincrna.page.building",
        "bioloom.lincrna.page.features",
        "bioloom.lincrna.page.igv",
        "bioloom.lincrna.page.locus",
        "bioloom.lincrna.page.model",
        "bioloom.lincrna.page.sections",
        "bioloom.run.language",
        "bioloom.run.words",
    }


def test_the_page_is_one_frozen_model(plain):
    page = run_page(plain.result, plain.tables, plain.out, max_workings=1)
    with pytest.raises(FrozenInstanceError):
        page.name = "other"
    assert page.n_workings == 1
    assert page.method.model == plain.result.model.method
    assert len(page.candidates) == len(plain.result.candidates)
    assert {row.name for row in page.settings} == {
        field.name for field in fields(FilterSettings)
    }
