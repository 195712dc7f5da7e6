"""The main job's screens: samples guessed, put right, written, checked, begun."""

import re
from html import unescape

import pytest
import yaml

from bioloom.app.example import write_example
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample_sheet import read_samples
from bioloom.lincrna.inputs.templates import config_text, write_project
from tests.app.serving import ended, serving

FIELD = re.compile(r'<input type="text" name="([\w.]+)" value="([^"]*)"')
NASTY = "<b>'&.fastq"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    return write_example(tmp_path_factory.mktemp("example"))


@pytest.fixture
def served(example):
    with serving(example.parent) as (browser, jobs):
        browser.enter()
        yield browser, jobs, example.parent


def rows_of(answer):
    return {name: unescape(value) for name, value in FIELD.findall(answer.text)}


def project_in(answer):
    return unescape(re.search(r'name="project" value="([^"]*)"', answer.text)[1])


def filled(browser, project, /, **changes):
    answer = browser.get("/lincrna/samples?folder=example/lincrna/reads")
    place = "example/lincrna"
    values = rows_of(answer) | {
        "genome": f"{place}/genome.fa",
        "annotation": f"{place}/annotation.gtf",
        "project": project,
    }
    return values | changes


def test_samples_are_guessed_from_the_folder(served):
    browser, _, _ = served
    rows = rows_of(browser.get("/lincrna/samples?folder=example/lincrna/reads"))
    names = [rows[f"sample.{number}"] for number in range(4)]
    assert names == ["A", "B", "C", "E"]
    assert rows["sample.4"] == ""
    reads = "example/lincrna/reads"
    assert rows["fastq_1.0"].startswith(f"{reads}/A")
    assert rows["fastq_2.0"].startswith(f"{reads}/A")
    assert rows["fastq_1.0"] != rows["fastq_2.0"]
    assert rows["fastq_2.2"] == ""


def test_reads_in_the_root_itself_have_a_project_that_can_be_written(example):
    with serving(example / "lincrna/reads") as (browser, _):
        browser.enter()
        assert project_in(browser.get("/lincrna/samples?folder=.")) == "lincrna"
    with serving(example.parent) as (browser, _):
        browser.enter()
        answer = browser.get("/lincrna/samples?folder=example/lincrna/reads")
        assert project_in(answer) == "example/lincrna/reads_lincrna"


def test_the_project_is_what_the_form_says_and_can_be_read(served):
    browser, _, folder = served
    levels = {f"condition.{number}": name for number, name in enumerate("uttu")}
    values = filled(browser, "good", **levels, compare="yes")
    values["domains"] = "example/lincrna/domains.hmm"
    answer = browser.followed(browser.post("/lincrna/write", values))
    assert "good/config.yaml" in answer.words
    config, samples = read_run_config(folder / "good" / "config.yaml")
    assert [sample.name for sample in samples] == ["A", "B", "C", "E"]
    assert samples[0].is_paired
    assert samples[1].factors == {"condition": "t"}
    assert config.comparison.design == "~ condition"
    assert (
        config.domains.resolve() == (folder / "example/lincrna/domains.hmm").resolve()
    )
    assert config.out == folder / "good" / "run"
    again = browser.post("/lincrna/write", values)
    assert again.status == 422
    assert "holds a project already" in again.words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"genome": ""}, "Choose a file: genome"),
        ({"genome": "nowhere.fa"}, "There is no such file: nowhere.fa"),
        ({"annotation": "/etc/passwd"}, "outside the folders"),
        ({"project": "../elsewhere"}, "outside the folders"),
        ({"fastq_1.0": "../../x.fq"}, "outside the folders"),
        ({"sample.0": "a\tb"}, "control character"),
        ({"sample.1": ""}, "has no sample: name it"),
        (
            {
                f"{column}.{number}": ""
                for column in ("sample", "fastq_1", "fastq_2")
                for number in range(6)
            },
            "at least one sample",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(served, changes, words):
    browser, _, folder = served
    answer = browser.post("/lincrna/write", filled(browser, "bad", **changes))
    assert answer.status == 422
    assert words in answer.words
    assert not (folder / "bad").exists()


def test_a_sheet_that_cannot_be_read_is_told_in_its_own_words(served):
    browser, _, _ = served
    values = filled(browser, "odd", **{"sample.0": "<b>&"})
    answer = browser.post("/lincrna/write", values)
    assert answer.status == 422
    assert "sample '<b>&'" in answer.words
    assert "<b>" not in answer.text


def test_names_that_no_sheet_can_hold_are_said(tmp_path):
    for name in ("a_R1.fastq", "x,y_R1.fastq", "new\nline_R1.fastq", "b c.fastq"):
        (tmp_path / name).write_text("@r\nA\n+\nI\n")
    with serving(tmp_path) as (browser, _):
        browser.enter()
        answer = browser.get("/lincrna/samples?folder=.")
        assert answer.status == 200
        told = re.search(r"Left out[^<]*", unescape(answer.text))[0]
        assert "'x,y_R1.fastq'" in told
        assert r"'new\nline_R1.fastq'" in told
        rows = rows_of(answer)
        assert [rows[f"sample.{n}"] for n in range(3)] == ["a", "b_c", ""]


def test_names_of_reads_are_text(served):
    browser, _, folder = served
    (folder / "odd reads").mkdir(exist_ok=True)
    (folder / "odd reads" / NASTY).write_bytes(b"")
    answer = browser.get("/lincrna/samples?folder=odd+reads")
    assert "<b>" not in answer.text
    assert rows_of(answer)["fastq_1.0"] == f"odd reads/{NASTY}"


@pytest.mark.parametrize("folder", ["..", "/etc", "nowhere", "example/losses.tsv"])
def test_a_folder_without_reads_is_said(served, folder):
    browser, _, _ = served
    answer = browser.get(f"/lincrna/samples?folder={folder}")
    assert answer.status == 422


def test_checks_show_their_command_and_what_they_find(served):
    browser, jobs, _ = served
    browser.post("/lincrna/write", filled(browser, "checked"))
    path = "checked/config.yaml"
    page = browser.get(f"/lincrna/checks?config={path}").words
    assert f"bioloom lincrna run --config={path} --dry-run" in page
    place = "example/lincrna"
    words = f"--annotation={place}/annotation.gtf --genome={place}/genome.fa"
    assert f"bioloom lincrna inspect {words}" in page
    answer = browser.post("/lincrna/checks/annotation", {"config": path})
    assert "in order" in answer.words
    assert "45 coding, 17 lncRNA" in answer.words
    assert jobs.all() == []
    for wrong in ("../x", "", "nowhere.yaml"):
        assert browser.get(f"/lincrna/checks?config={wrong}").status == 404
        answer = browser.post("/lincrna/checks/plan", {"config": wrong})
        assert answer.status == 404


def test_the_run_is_a_job_like_others(served):
    browser, jobs, folder = served
    (folder / "broken.yaml").write_text("samples: nowhere.tsv\n")
    answer = browser.post("/lincrna/begin", {"config": "broken.yaml", "cores": "1"})
    name = answer.headers["Location"].rpartition("/")[2]
    job = ended(jobs, name)
    assert job.command == "bioloom lincrna run --config=broken.yaml --cores=1"
    assert job.state == "failed"
    answer = browser.post("/lincrna/begin", {"config": "broken.yaml", "cores": "no"})
    assert answer.status == 422
    assert "not a valid integer" in answer.words


# ---- the configuration itself


def test_entries_are_set_in_their_places():
    entries = {"genome": "a\\b #1.fa", "comparison.design": "~ x", "domains": "d"}
    text = config_text(entries)
    config = yaml.safe_load(text)
    assert config["genome"] == "a\\b #1.fa"
    assert config["comparison"] == {"design": "~ x"}
    assert config["domains"] == "d"
    assert config["annotation"] == "annotation.gtf.gz"
    assert len(text.splitlines()) == len(config_text().splitlines())
    for name in ("nonsense", "comparison.nonsense", "nonsense.design"):
        with pytest.raises(KeyError):
            config_text({name: "x"})


def test_a_project_is_never_replaced(tmp_path):
    rows = [("sample", "fastq_1"), ("a", "a.fq")]
    (tmp_path / "a.fq").write_text("@a\nA\n+\nI\n")
    first = write_project(tmp_path, {"out": "run"}, rows)
    assert [file.is_new for file in first.files] == [True, True]
    assert [sample.name for sample in read_samples(first.files[1].path)] == ["a"]
    again = write_project(tmp_path, {"out": "other"}, [])
    assert [file.is_new for file in again.files] == [False, False]
    assert yaml.safe_load(again.config.read_text())["out"] == "run"


def test_odd_names_of_projects_lead_to_their_checks(served):
    browser, _, folder = served
    answer = browser.post("/lincrna/write", filled(browser, "CD4+ & co #1_lincrna"))
    assert browser.followed(answer).status == 200
    (folder / "afile").touch()
    answer = browser.post("/lincrna/write", filled(browser, "afile/x"))
    assert answer.status == 422
    assert "afile" in answer.words
