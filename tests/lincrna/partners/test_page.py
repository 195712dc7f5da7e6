"""The section of the report on partners, against the tables of the run."""

import csv

import pytest

from bioloom.report.lincrna import write_report
from tests.report.reading import read_page


def page_of(run):
    (run.out / "figures").mkdir(exist_ok=True)
    return read_page(write_report(run.result, run.tables, run.out).read_text("utf-8"))


def rows_of(run, name):
    with (run.out / f"tables/{name}.tsv").open() as stream:
        return [*csv.DictReader(stream, delimiter="\t")]


def shown_in(page, name):
    table = page.one("table", name)
    labels = [heading.text for heading in table.one("thead").all("th")]
    return [dict(zip(labels, row, strict=True)) for row in table.rows]


def test_best_partners_are_those_of_the_table(eight):
    shown = shown_in(page_of(eight), "partners-table")
    best = [row for row in rows_of(eight, "partners") if row["is_best"] == "True"]
    assert [row["Candidate"] for row in shown] == [r["lncrna_transcript"] for r in best]
    for row, wanted in zip(shown, best, strict=True):
        assert row["Best partner"] == wanted["partner_name"]
        assert row["Distance, nt"].replace(",", "") == wanted["distance_nt"]
        assert row["Class"].split(";")[0].split(", ") == [
            wanted[name].replace("_", " ")
            for name in ("direction", "type", "subtype", "location")
        ]
        for label, name in (("Correlation", "rho"), ("p", "p"), ("q", "q")):
            assert bool(row[label]) == bool(wanted[name])
            if wanted[name]:
                value = float(row[label].replace("−", "-"))
                assert value == pytest.approx(float(wanted[name]), rel=5e-3, abs=5e-4)


def test_trans_partners_are_the_strongest_of_the_table(eight):
    shown = shown_in(page_of(eight), "trans-table")
    rows = sorted(rows_of(eight, "trans_partners"), key=lambda row: float(row["p"]))
    wanted = [(row["lncrna_gene"], row["partner_name"]) for row in rows[:25]]
    assert [(row["Gene of candidates"], row["Partner"]) for row in shown] == wanted


def test_the_sentence_that_nothing_can_be_shown_stands_first(make_partners):
    page = page_of(make_partners("aaaa"))
    [sentence] = [
        strong.text
        for strong in page.one("main").all("strong")
        if "permutations" in strong.text
    ]
    assert sentence.startswith("4 samples have 24 permutations")
    labels = page.one("table", "partners-table").one("thead").text
    assert "Correlation" in labels


def test_candidates_lead_to_their_rows(eight):
    page = page_of(eight)
    links = [
        link.attributes["href"] for link in page.one("table", "partners-table").all("a")
    ]
    candidates = [row.transcript_id for row in eight.result.candidates]
    assert links == [f"#c{place}" for place in range(1, len(candidates) + 1)]
