"""The page of pictures with several labels: the tables' numbers, all inside."""

import re

import pandas as pd
import pytest

from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier
from bioloom.report.images import write_report
from tests.images.things import draw_things
from tests.report.browsing import NEEDS_CHROMIUM, evaluated
from tests.report.judging import NEEDS_AXE, faults
from tests.report.reading import read_page

NAME = "<b>disc"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run whose things have wrong labels here and there, and one planted corner."""
    table = draw_things(
        tmp_path_factory.mktemp("in") / "<i>all", 140, rng_seed=1, plant="stripes"
    )
    frame = pd.read_csv(table)
    turned = frame["label"].eq("|") & (frame.index % 3 == 0)
    frame.loc[turned, "label"] = "triangle"
    frame["label"] = frame["label"].str.replace("disc", NAME, regex=False)
    frame.to_csv(table, index=False)
    (table.parent / "000.png").write_bytes(b"<html>")
    out = tmp_path_factory.mktemp("out")
    settings = Settings(side=64, near="hash", multilabel=True)
    return out, train_classifier(table, out, settings, report=write_report)


@pytest.fixture(scope="module")
def text(made):
    return (made[0] / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(text):
    return read_page(text)


def test_shortcuts_of_labels_come_first(page, text, made):
    warnings = made[1].audit.warnings()
    assert "The four corner pixels alone predict the label stripes" in warnings[0]
    box = next(e for e in page.all("section") if e.attributes["class"] == "warning")
    assert [item.text for item in box.all("li")] == warnings
    assert text.index('class="warning"') < text.index('class="lead"')


def test_measures_are_those_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "summary.tsv", sep="\t")
    told = dict(table.to_numpy().tolist())
    rows = {row[0]: row for row in page.one("table", "measures").rows}
    for label, name in (
        ("Micro F1, %", "micro_f1"),
        ("Macro F1, %", "macro_f1"),
        ("All labels right, %", "subset_accuracy"),
        ("Hamming loss, %", "hamming_loss"),
        ("Mean AP, %", "mean_ap"),
        ("Mean AUC, %", "mean_auc"),
        ("Cross-validated, grouped, %", "cv_micro_f1_grouped"),
    ):
        shown = [float(x) for x in re.findall(r"[\d.]+", " ".join(rows[label][1:3]))]
        expected = [100 * told[f"{name}{end}"] for end in ("", "_low", "_high")]
        assert shown == pytest.approx(expected, abs=0.051)
    assert float(rows["ECE, %"][1]) == pytest.approx(100 * told["ece"], abs=0.051)
    every = [
        row for row in page.one("table", "measures").rows if row[0] == "Lead, points"
    ]
    assert float(every[1][1]) == pytest.approx(100 * told["lead_every"], abs=0.051)


def test_labels_are_those_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "classes.tsv", sep="\t")
    rows = page.one("table", "classes-table").rows
    assert [row[0] for row in rows] == list(table["label"])
    for row, expected in zip(rows, table.to_dict("records"), strict=True):
        assert int(row[1]) == expected["n"]
        assert float(row[2]) == pytest.approx(expected["threshold"], abs=6e-4)
        assert float(row[6]) == pytest.approx(100 * expected["f1"], abs=0.006)
        for cell, name in ((row[7], "auc"), (row[8], "average_precision")):
            shown = [float(x) for x in re.findall(r"[\d.]+", cell)]
            ends = [100 * expected[f"{name}{end}"] for end in ("", "_low", "_high")]
            assert shown == pytest.approx(ends, abs=0.051)
        assert float(row[9]) == pytest.approx(100 * expected["ece"], abs=0.051)


def test_the_audit_is_that_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "audit.tsv", sep="\t")
    rows = page.one("table", "audit-table").rows
    for place, name in ((0, "label"), (1, "probe"), (2, "of"), (8, "verdict")):
        assert [row[place] for row in rows] == list(table[name])


def test_worst_labels_are_told_with_their_thresholds(page, made):
    result = made[1]
    figures = [e for e in page.all("figure") if e.attributes["id"].startswith("error-")]
    wrong = (result.predicted != result.members).any(axis=1)
    assert figures
    for figure in figures:
        place = int(figure.attributes["id"].removeprefix("error-"))
        assert wrong[place]
        assert result.split[place] == "test"
        caption = figure.one("figcaption").text
        assert f"{result.pictures.label(place)}, predicted " in caption
        chance, threshold = map(float, re.findall(r"([\d.]+)%", caption))
        name = re.search(r"\((.+) [\d.]+%, threshold", caption)[1]
        label = result.pictures.class_names.index(name)
        assert chance == pytest.approx(
            100 * result.probabilities[place, label], abs=0.051
        )
        assert threshold == pytest.approx(100 * result.thresholds[label], abs=0.051)
        is_called = chance > threshold
        assert is_called != result.members[place, label]


def test_every_file_has_its_row(page, made):
    table = made[1].to_frame().set_index("path")
    rows = page.one("table", "predictions").rows
    assert len(rows) == len(table) == 140
    for path, side, label, prediction, _, reason in rows:
        row = table.loc[path]
        assert (side, label) == (row["split"], row["label"])
        assert prediction == row["prediction"]
        assert reason.startswith(row["reason"])
    assert table["reason"].ne("").sum() == 1


def test_sides_and_settings_are_told(page, made):
    has, split = made[1].members, made[1].split
    for k, row in enumerate(page.one("table", "splits-table").rows):
        counts = [((split == s) & has[:, k]).sum() for s in ("train", "val", "test")]
        assert [int(cell) for cell in row[1:]] == counts
    told = {name: value for name, value, _ in page.one("table", "made-table").rows}
    assert told["multilabel"] == "yes"
    assert "temperature" not in told


def test_figures_are_inside_and_names_are_escaped(page, text, made):
    named = [figure.attributes["id"] for figure in page.all("figure")]
    assert [name for name in named if not name.startswith("error-")] == [
        f"{kind}-figure"
        for kind in ("audit", "where", "labels", "calibration", "curves")
    ]
    for element in page.all():
        for name in ("src", "href", "xlink:href", "srcset"):
            value = element.attributes.get(name, "")
            assert value.startswith(("", "#", "./", "data:image/"))
            assert not re.match(r"(?!data:)[a-z]+:|//", value)
            if value.startswith("./"):
                assert (made[0] / value).is_file()
    assert "<i>" not in text
    assert "<b>" not in text
    assert "&lt;b&gt;disc" in text


@pytest.mark.tools
@NEEDS_CHROMIUM[1]
def test_nothing_is_wider_than_a_narrow_screen(text, tmp_path):
    found = evaluated(
        text,
        """
        document.body.style.width = "360px";
        var all = Array.from(document.querySelectorAll("main *"));
        var wide = all.filter(function (one) {
          var parent = one.parentElement.closest(".scroll, .live, .card");
          return !parent && one.getBoundingClientRect().right > 361;
        });
        return [all.length, wide.map(function (one) { return one.outerHTML; })];
        """,
        tmp_path,
    )
    assert found[0] > 300
    assert found[1] == []


@pytest.mark.tools
@NEEDS_AXE[-2]
@NEEDS_AXE[-1]
@pytest.mark.parametrize(
    ("name", "is_dark"), [("report.html", True), ("report.zh.html", False)]
)
def test_axe_finds_nothing(made, tmp_path, name, is_dark):
    text = (made[0] / name).read_text("utf-8")
    assert faults(text, tmp_path, is_dark=is_dark) == []
