"""The application in a real browser, by clicking, and after it was killed."""

import os
import re

import pytest

from bioloom.app.example import write_example
from tests.app.devtools import chromium
from tests.app.running import running
from tests.report.browsing import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM
OVER = "!document.querySelector('#actions form[action$=stop]')"
STATE = "document.querySelector('#progress .state').className"

PREVIEW = "document.querySelector('#preview code')?.textContent.includes('{}')"


@pytest.fixture
def browser(tmp_path):
    with chromium(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def opened(browser, page):
    """The report of the job that a page shows, in the tab that it opens."""
    known = browser.targets()
    page.click("#result a.button", "Open the report")
    return browser.newest(known)


def go_to(page, *names):
    """Open one folder after another in the file browser."""
    for name in names:
        page.click(".pick-box button", f"{name}/")
        page.wait(
            f"document.querySelector('.pick-head').textContent.includes('{name}')"
        )


def test_from_an_empty_folder_to_a_report_by_clicking(browser, folder):
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        assert "No job yet." in page.text()
        page.leave(".room a", "trace")
        page.type("#field-report", "page.html")
        page.wait(PREVIEW.format("page.html"))
        page.leave("button", "Run")
        assert "bioloom backprop trace --report=page.html" in page.text()
        page.wait(OVER)
        assert "done" in page.evaluate(STATE)
        report = opened(browser, page)
        assert report.evaluate("document.querySelectorAll('h1').length") == 1
        assert "∂" in report.text()
        # a page without an origin: it reaches neither our cookie nor our pages
        assert report.evaluate("self.origin") == "null"
        assert report.evaluate("fetch('/').then(() => 'read', () => 'kept out')") == (
            "kept out"
        )
        assert page.complaints == []
    assert (folder / "page.html").is_file()


def test_a_file_is_chosen_by_clicking(browser, folder):
    (folder / "my data").mkdir()
    table = "hypothesis\tloss_sample\tloss_all\na\t0.1\t0.11\nb\t0.2\t0.21\n"
    (folder / "my data" / "losses <b>.tsv").write_text(table)
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave(".room a", "check")
        page.click("[data-path-of=losses]")
        go_to(page, "my data")
        page.click(".pick-box button", "losses <b>.tsv")
        value = "document.querySelector('#field-losses').value"
        assert page.evaluate(value) == "my data/losses <b>.tsv"
        page.wait(PREVIEW.format("my data"))
        page.leave("button", "Run")
        page.wait(OVER)
        assert "done" in page.evaluate(STATE), page.text()
        assert "representative" in page.text()
        assert page.complaints == []


def test_a_wrong_form_is_shown_again_with_its_values(browser, folder):
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave(".room a", "sequence")
        page.type("#field-order", "many")
        page.leave("button", "Run")
        assert "'many' is not a valid integer" in page.text()
        assert page.evaluate("document.querySelector('#field-order').value") == "many"
        page.type("#field-order", "3")
        page.leave("button", "Run")
        page.wait(OVER)
        assert "00010111" in page.text()


PREDICTIONS = "label\tprediction\n" + "a\ta\nb\ta\nb\tb\n" * 10


def test_a_job_outlives_the_application_and_its_report_opens(browser, folder):
    os.mkfifo(folder / "predictions.tsv")  # the job waits for what is written into it
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave("article.room:nth-of-type(6) a", "report")
        page.type("#field-predictions", "predictions.tsv")
        page.click("summary", "All other settings")
        page.type("#field-page", "proved.html")
        page.leave("button", "Run")
        page.wait(f"{STATE}.includes('running')")
        app.process.kill()
        app.process.wait()
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave("#queue a", "bounds report")
        assert page.evaluate(STATE) == "state running"
        (folder / "predictions.tsv").write_text(PREDICTIONS)
        page.wait(OVER)
        assert page.evaluate(STATE) == "state done"
        report = opened(browser, page)
        assert "10 of 30 test examples" in report.text()
        assert report.complaints == page.complaints == []


@pytest.mark.slow
def test_links_between_the_files_of_a_report_work_in_its_sandbox(browser, folder):
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave("article.room:nth-of-type(2) a", "demo")
        page.type("#field-out", "sites")
        page.leave("button", "Run")
        page.wait(OVER, seconds=300)
        report = opened(browser, page)
        report.leave("a", "中文")
        assert report.evaluate("document.documentElement.lang") == "zh-Hans"
        assert report.complaints == []


def test_a_job_is_stopped_and_resumed_by_clicking(browser, folder):
    os.mkfifo(folder / "pipe")
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave(".room a", "check")
        page.type("#field-losses", "pipe")
        page.leave("button", "Run")
        page.wait(f"{STATE}.includes('running')")
        page.leave("button", "Stop")
        page.wait(OVER)
        assert page.evaluate(STATE) == "state stopped"
        (folder / "pipe").unlink()
        (folder / "pipe").write_text("hypothesis\tloss_sample\tloss_all\na\t0.1\t0.1\n")
        page.leave("button", "Resume")
        page.wait(OVER)
        assert page.evaluate(STATE) == "state done"


def test_a_lesson_is_made_and_plays_in_its_sandbox(browser, folder):
    with running(folder, language="zh_CN.UTF-8") as app:
        page = browser.page()
        page.goto(app.address)
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        page.leave("nav a", "课程")
        page.leave("form[action$=backprop] button")
        page.wait("document.querySelector('.languages') !== null", seconds=120)
        assert page.evaluate("self.origin") == "null"
        page.click("button[data-lang=en]")
        page.wait("document.documentElement.lang === 'en'")
        assert page.complaints == []


def test_the_language_is_switched_on_every_page(browser, folder):
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave(".languages button", "中文")
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        page.leave(".room a", "sequence")
        assert page.evaluate("document.documentElement.lang") == "zh-Hans"
        page.leave(".languages button", "English")
        assert page.evaluate("location.pathname") == "/run/debruijn/sequence"


@pytest.mark.slow
def test_the_main_job_from_the_reads_to_its_report_by_clicking(browser, folder):
    write_example(folder)
    with running(folder) as app:
        page = browser.page()
        page.goto(app.address)
        page.leave("a", "Begin")
        page.click("[data-path-of=folder]")
        go_to(page, "example", "lincrna", "reads")
        page.click(".pick-box button", "Take this folder")
        page.leave("button", "Find the samples")
        for number, level in enumerate("uttu"):
            page.type(f"[name='condition.{number}']", level)
        for name in ("genome.fa", "annotation.gtf", "domains.hmm"):
            field = name.partition(".")[0]
            page.click(f"[data-path-of={field}]")
            go_to(page, "example", "lincrna")
            page.click(".pick-box button", name)
        page.type("[name=project]", "mine")
        page.leave("button", "Write the configuration")
        for name in ("programs", "annotation", "plan"):
            page.click(f"form[action$={name}] button")
            page.wait(f"document.querySelector('#told-{name} .pass') !== null")
        page.leave("button", "Start the run")
        page.wait("document.querySelectorAll('.step-list li').length > 3", 120)
        page.leave("button", "Stop")
        page.wait(OVER)
        assert page.evaluate(STATE) == "state stopped"
        page.leave("button", "Resume")
        page.wait(OVER, 300)
        assert page.evaluate(STATE) == "state done", page.text()
        report = opened(browser, page)
        assert "lincRNA" in report.evaluate("document.querySelector('.lead').innerText")
        gtf = (folder / "mine/run/candidates.gtf").read_text()
        name = re.search(r'transcript_id "([^"]+)"', gtf)[1]
        assert {"transcripts.tsv", "candidates.gtf"} <= set(page.text().split())
        page.type("#item", name)
        page.click("button", "Explain")
        page.wait("document.querySelector('#explained .pass') !== null")
        assert name in page.text()
        assert page.complaints == report.complaints == []
