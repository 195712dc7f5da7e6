"""The screens: what they show, what they start, what they refuse."""

import hashlib
import json
import os
import re
import sys
import time
import tomllib
from pathlib import Path

import pytest

import bioloom
from bioloom.app import bench
from bioloom.app.browsing import size_words
from bioloom.app.results import result_of
from bioloom.app.roots import Roots
from bioloom.app.server import LOOPBACK, Place, door_at
from bioloom.cli.app import _named
from tests.app.serving import LINE, Browser, ended, serving, until

SHA256 = {
    "htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
    "sse.min.js": "98a46496de0c3605fbffdce9167ba427bdd9553184f83f149c261891a92c0136",
}
LOSSES = "hypothesis\tloss_sample\tloss_all\na\t0.1\t0.11\nb\t0.2\t0.21\n"


@pytest.mark.parametrize("name", SHA256)
def test_programs_of_others_are_as_they_came(name):
    content = (bench.WEB / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256[name]
    licence = (bench.WEB / f"LICENSE-{name.partition('.')[0]}.txt").read_text("utf-8")
    assert "WITH OR WITHOUT FEE" in licence.upper().replace("\n", " ")


def test_the_start_tells_every_room_and_its_jobs(browser):
    words = browser.get("/").words
    for room in bioloom.ROOMS:
        assert LINE.sentence(room) in words
        for offer in LINE.offers(room):
            assert offer.sentence in words
    assert "No job yet." in words


def test_every_form_opens_in_both_languages(served):
    browser, _, _ = served
    for language in ("en", "zh"):
        browser.post("/language", {"language": language, "back": "/"})
        for offers in LINE.rooms().values():
            for offer in offers:
                answer = browser.get(offer.address)
                assert answer.status == 200, offer.title
    assert "序列" in browser.get("/run/debruijn/sequence").text


def test_the_command_is_shown_before_it_runs_and_while_it_runs(served):
    browser, jobs, folder = served
    (folder / "losses.tsv").write_text(LOSSES)
    fields = {"losses": "losses.tsv", "tolerance": "0.03"}
    command = "bioloom bounds check --tolerance=0.03 -- losses.tsv"
    assert command in browser.post("/preview/bounds/check", fields).words
    assert jobs.all() == []
    name = browser.run("bounds/check", **fields)
    assert command in browser.get(f"/jobs/{name}").words
    job = ended(jobs, name)
    assert job.state == "done"
    assert job.place == folder
    page = browser.get(f"/jobs/{name}").words
    assert "done" in page
    assert "representative" in page


def test_a_form_that_is_not_yet_right_says_so_and_keeps_its_values(browser):
    told = browser.post("/preview/debruijn/sequence", {"order": ""}).words
    assert "Missing option '--order'" in told
    answer = browser.post("/run/debruijn/sequence", {"order": "x", "alphabet": "AC"})
    assert answer.status == 422
    assert 'value="AC"' in answer.text
    browser.post("/language", {"language": "zh"})
    answer = browser.post("/run/debruijn/sequence", {"order": "x"})
    assert "不是" in answer.words


def test_a_job_can_be_changed_and_run_again(served):
    browser, jobs, _ = served
    name = browser.run("bounds/samples", epsilon="0.2")
    ended(jobs, name)
    form = browser.get(f"/run/bounds/samples?job={name}").text
    assert 'name="epsilon" value="0.2"' in form
    answer = browser.post(f"/jobs/{name}/again")
    again = answer.headers["Location"].rpartition("/")[2]
    assert again != name
    assert ended(jobs, again).arguments == jobs.get(name).arguments


def test_events_tell_of_a_job_until_it_is_over(served):
    browser, jobs, folder = served
    os.mkfifo(folder / "pipe")
    name = browser.run("bounds/check", losses="pipe")
    until(lambda: jobs.get(name).state == "running")
    browser.post(f"/jobs/{name}/stop")
    told = browser.get(f"/jobs/{name}/events")
    assert told.headers["Content-Type"].startswith("text/event-stream")
    events = re.findall(r"^event: (\w+)$", told.text, re.MULTILINE)
    assert {"progress", "actions", "result"} <= set(events)
    assert events[-1] == "end"
    assert jobs.get(name).state == "stopped"
    assert "Resume" in browser.get(f"/jobs/{name}").words


def test_the_result_of_a_command_that_prints_is_saved(served):
    browser, jobs, _ = served
    name = browser.run("debruijn/sequence", order="2")
    ended(jobs, name)
    saved = browser.get(f"/jobs/{name}/output")
    assert saved.text == "0011\n"
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_report_tables_and_folder_of_a_run_are_found(served):
    browser, jobs, folder = served
    (folder / "r.fq").write_text("@a\nACGTACGTAC\n+\nIIIIIIIIII\n" * 5)
    name = browser.run("debruijn/graph", reads="r.fq", k="5", out="graph")
    job = ended(jobs, name)
    assert job.state == "done", job.messages
    result = result_of(job, LINE, Roots({"work": folder}))
    assert result.report == folder / "graph" / "report.html"
    assert result.folder == folder / "graph"
    names = {path.name for path in result.tables}
    assert "graph.gfa" in names
    page = browser.get(f"/jobs/{name}").text
    address = re.search(r'href="(/view/[^"]+)"', page)[1]
    assert "<h1" in browser.get(address).text
    browser.post("/language", {"language": "zh"})
    page = browser.get(f"/jobs/{name}").text
    assert "report.zh.html" in re.search(r'href="(/view/[^"]+)"', page)[1]


def test_a_folder_can_be_moved_with_its_jobs(tmp_path):
    (tmp_path / "a").mkdir()
    with serving(tmp_path / "a") as (browser, jobs):
        browser.enter()
        name = browser.run("backprop/trace", report="page.html")
        ended(jobs, name)
    (tmp_path / "a").rename(tmp_path / "b")
    with serving(tmp_path / "b") as (browser, jobs):
        browser.enter()
        page = browser.get(f"/jobs/{name}")
        assert "Open the report" in page.words
        again = browser.post(f"/jobs/{name}/again").headers["Location"]
        job = ended(jobs, again.rpartition("/")[2])
        assert (job.state, job.place) == ("done", (tmp_path / "b").resolve())


def test_only_runs_of_rooms_with_explanations_are_explained(served):
    browser, jobs, _ = served
    name = browser.run("debruijn/sequence", order="2")
    ended(jobs, name)
    assert "Shows the working" not in browser.get(f"/jobs/{name}").words
    assert browser.post(f"/jobs/{name}/explain", {"item": "x"}).status == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/nothing", "/run/nothing", "/run/lincrna", "/run/lincrna/step/reads"),
        *("/run/app", "/run/completion", "/jobs/x", "/jobs/20260101-000000-000000"),
        *("/jobs/..%2f..%2fetc", "/static/frame.html", "/static/..%2fpages.py"),
        *("/view/x/y", "/run/bounds/check?job=../x"),
    ],
)
def test_what_is_not_there_is_not_found(browser, path):
    answer = browser.get(path)
    assert answer.status == 404
    assert "Traceback" not in answer.text


def test_a_chooser_of_an_unknown_kind_is_refused(browser):
    assert browser.get("/files/pick?field=x&kind=all").status == 400


def test_sizes_are_told_as_people_read_them():
    assert [size_words(n) for n in (0, 1500, 999_999_999)] == [
        "0 B",
        "1.5 kB",
        "1000 MB",
    ]


def test_pages_of_a_job_with_nasty_output_are_text(served):
    browser, jobs, folder = served
    name = browser.run("bounds/samples", epsilon="0.1")
    job = ended(jobs, name)
    (job.folder / "messages.txt").write_text("<script>alert(1)</script>")
    (job.folder / "output.txt").write_bytes(b"<script>\xff report: <b>/x.html\n")
    step = json.dumps(["<i>step", 1, 2, time.time()])
    (job.folder / "progress.jsonl").write_text(f"{step}\nnonsense\n[1]\n")
    text = browser.get(f"/jobs/{name}").text
    assert "<script>alert" not in text
    assert "<i>step" not in text
    assert "&lt;i&gt;step" in text


def test_two_roots_are_two_folders(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / "losses.tsv").write_text(LOSSES)
    with serving(tmp_path / "a", other=(tmp_path / "b").resolve()) as (browser, jobs):
        browser.enter()
        assert "other" in browser.get("/files").words
        path = str((tmp_path / "b" / "losses.tsv").resolve())
        listing = browser.get(f"/files?path={tmp_path / 'b'}")
        assert "losses.tsv" in listing.words
        name = browser.run("bounds/check", losses=path)
        assert ended(jobs, name).state == "done"
        assert browser.get(f"/files?path={tmp_path}").status == 404


def test_a_second_application_is_refused(tmp_path, monkeypatch, bioloom_cli):
    from bioloom.app.queue import alone

    monkeypatch.chdir(tmp_path)
    (tmp_path / "bioloom_jobs").mkdir()
    with alone(tmp_path / "bioloom_jobs"):
        code, _, err = bioloom_cli("app", "--port", "0")
    assert code == 1
    assert "another `bioloom app`" in err


def test_roots_are_named_or_go_by_their_folder(tmp_path):
    assert _named(f"a={tmp_path}") == ("a", tmp_path)
    assert _named(str(tmp_path)) == (tmp_path.name, tmp_path)


def test_only_the_application_loads_its_packages():
    """`bioloom --help` does not know of a web server."""
    import subprocess

    script = (
        "import sys; sys.argv = ['bioloom', 'app', '--help']\n"
        "from bioloom.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in ('starlette', 'uvicorn', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


def test_it_listens_here_and_nowhere_else():
    place = Place(port=0)
    assert place.is_local
    with place.listening() as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
    assert not Place("192.0.2.1").is_local
    assert door_at("::1", 5).address == "http://[::1]:5"
    assert door_at("127.0.0.1", 5).hosts == {"127.0.0.1:5", "localhost:5", "[::1]:5"}
    assert LOOPBACK == ("127.0.0.1", "localhost", "::1")


def test_the_extra_names_what_is_imported():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    names = [
        re.match(r"\w+", one)[0]
        for one in project["project"]["optional-dependencies"]["app"]
    ]
    assert names == ["starlette", "uvicorn"]


def test_browsers_of_two_applications_do_not_share_a_cookie():
    doors = [door_at("127.0.0.1", port) for port in (1, 2)]
    assert len({door.cookie for door in doors}) == 2
    assert Browser(1, doors[0]).cookie == ""
