"""The page of a picture classifier: the tables' numbers, its errors, all inside."""

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.models.opening import open_model
from bioloom.images.output import page as contents
from bioloom.images.output.figures import heat_picture
from bioloom.images.output.page import page_of, worst_places
from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier
from bioloom.report import images as report
from bioloom.report.images import write_report
from tests.report.browsing import NEEDS_CHROMIUM, dump, evaluated
from tests.report.judging import NEEDS_AXE, faults
from tests.report.reading import read_page
from tests.report.test_languages import NO_SENTENCE, cells, own_words

NAME = "<b>mop"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run on drawn creatures, some in the wrong folder, one no picture."""
    folder = draw_families(
        tmp_path_factory.mktemp("in") / "<i>all", n=40, rng_seed=1, plant="corner"
    )
    (folder / "moppets").rename(folder / NAME)
    one, two = sorted(path for path in folder.iterdir())
    for path in sorted(one.iterdir())[::8]:
        path.rename(two / f"moved_{path.name}")
    (two / "broken.png").write_bytes(b"<html>")
    out = tmp_path_factory.mktemp("out")
    settings = Settings(side=64, near="hash")
    result = train_classifier(folder, out, settings, report=write_report)
    return out, result


@pytest.fixture(scope="module")
def text(made):
    return (made[0] / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(text):
    return read_page(text)


def test_shortcuts_come_before_any_accuracy(page, text, made):
    warnings = made[1].audit.warnings()
    assert warnings
    assert any(one.startswith("The four corner pixels") for one in warnings)
    box = next(e for e in page.all("section") if e.attributes["class"] == "warning")
    assert [item.text for item in box.all("li")] == warnings
    assert "--neutralise" in box.text
    assert text.index('class="warning"') < text.index('class="lead"')


def test_without_a_shortcut_there_is_no_warning(tmp_path):
    folder = draw_families(tmp_path / "in", n=30, rng_seed=1)
    train_classifier(
        folder,
        tmp_path / "out",
        Settings(side=64, near="hash"),
        report=write_report,
    )
    page = read_page((tmp_path / "out" / "report.html").read_text("utf-8"))
    assert not [e for e in page.all("section") if e.attributes.get("class")]


def test_the_command_writes_the_page(bioloom_cli, tmp_path):
    folder = draw_families(tmp_path / "in", n=12, rng_seed=1)
    words = ("--out", tmp_path / "out", "--side", 64, "--near", "hash")
    code, told, _ = bioloom_cli("images", "train", folder, *words)
    assert code == 0
    assert f"report: {tmp_path / 'out' / 'report.html'}" in told
    page = read_page((tmp_path / "out" / "report.html").read_text("utf-8"))
    said = "in: 2 of 2 test pictures predicted correctly"
    assert page.one("h1").text == said


def test_the_chinese_page_says_the_same_without_english_sentences(page, made):
    chinese = read_page((made[0] / "report.zh.html").read_text("utf-8"))
    assert cells(chinese) == cells(page)
    assert len([*chinese.all("img")]) == len([*page.all("img")])
    told = " ".join(own_words(chinese.one("body"), kept=("tbody", "strong")))
    assert NO_SENTENCE.findall(told) == []


def test_measures_are_those_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "summary.tsv", sep="\t")
    told = dict(table.to_numpy().tolist())
    rows = {row[0]: row for row in page.one("table", "measures").rows}
    for label, name in (
        ("Accuracy, %", "accuracy"),
        ("Balanced accuracy, %", "balanced_accuracy"),
        ("Macro F1, %", "macro_f1"),
        ("Cross-validated, grouped, %", "cv_accuracy_grouped"),
    ):
        shown = [float(x) for x in re.findall(r"[\d.]+", " ".join(rows[label][1:3]))]
        expected = [100 * told[f"{name}{end}"] for end in ("", "_low", "_high")]
        assert shown == pytest.approx(expected, abs=0.051)
    assert float(rows["ECE after, %"][1]) == pytest.approx(100 * told["ece"], abs=0.051)


def test_classes_are_those_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "classes.tsv", sep="\t")
    rows = page.one("table", "classes-table").rows
    assert len(rows) == 2
    for row, expected in zip(rows, table.to_dict("records"), strict=True):
        low, high = map(float, row[4].split(" to "))
        assert int(row[1]) == expected["n"]
        assert float(row[3]) == pytest.approx(100 * expected["recall"], abs=0.006)
        assert low == pytest.approx(100 * expected["recall_low"], abs=0.051)
        assert high == pytest.approx(100 * expected["recall_high"], abs=0.051)


def test_the_audit_is_that_of_the_table(page, made):
    table = pd.read_csv(made[0] / "tables" / "audit.tsv", sep="\t")
    rows = page.one("table", "audit-table").rows
    assert [row[0] for row in rows] == list(table["probe"])
    assert [row[1] for row in rows] == list(table["of"])
    assert [row[7] for row in rows] == list(table["verdict"])
    shown = [float(row[3]) for row in rows]
    assert shown == pytest.approx(list(100 * table["balanced_accuracy"]), abs=0.051)


def pixels_of(image):
    kind, _, content = image.attributes["src"].partition(",")
    assert kind == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as found:
        return np.asarray(found.convert("RGB")).astype(float)


def test_worst_errors_stand_beside_their_maps(page, made):
    out, result = made
    places = worst_places(result)
    assert places
    figures = {e.attributes["id"]: e for e in page.all("figure")}
    shown = [name for name in figures if name.startswith("error-")]
    assert shown == [f"error-{place}" for place in places]
    model, names = open_model(out), result.pictures.class_names
    for place in places:
        figure, said = figures[f"error-{place}"], result.predicted[place]
        words = figure.one("figcaption").text
        assert result.pictures.names[place] in words
        assert f"predicted {names[said]}" in words
        assert words.startswith(names[result.pictures.y[place]])
        seen = np.asarray(result.scan.pixels[place])
        heat = heat_picture(seen, model.evidence(seen).cells[said])
        for image, wanted in zip(
            figure.all("img"), (Image.fromarray(seen), heat), strict=True
        ):
            side = report.THUMBNAIL
            scaled = np.asarray(wanted.resize((side, side), Image.Resampling.LANCZOS))
            assert np.abs(pixels_of(image) - scaled).mean() < 6


def test_every_file_has_its_row(page, made):
    out, result = made
    table = pd.read_csv(
        out / "tables" / "classification_result.csv",
        encoding="utf-8-sig",
        keep_default_na=False,
    )
    rows = {row[0]: row for row in page.one("table", "predictions").rows}
    assert set(rows) == set(table["path"])
    for expected in table.to_dict("records"):
        _, side, label, said, confidence, reason = rows[expected["path"]]
        assert (side, label) == (expected["split"], expected["label"])
        assert said == expected["prediction"]
        assert reason.partition(":")[0] == expected["reason"]
        if said:
            percent = 100 * float(expected["confidence"])
            assert float(confidence) == pytest.approx(percent, abs=0.051)
    first = page.one("table", "predictions").rows[0]
    assert first[0].endswith("broken.png")
    assert "first bytes of something else" in first[5]


def test_a_long_table_is_cut_and_says_so(made, tmp_path, monkeypatch):
    monkeypatch.setattr(contents, "MAX_PREDICTIONS", 10)
    out, result = made
    (tmp_path / "figures").mkdir()
    page = read_page(write_report(page_of(result, {}, ()), tmp_path).read_text("utf-8"))
    rows = page.one("table", "predictions").rows
    n_test = int((result.split == "test").sum())
    expected = ["", *["test"] * n_test, *["val"] * 9][:10]
    assert [row[1] for row in rows] == expected
    assert "10 of 81 files" in page.text


def test_sides_and_settings_are_told(page, made):
    rows = page.one("table", "splits-table").rows
    split, y = made[1].split, made[1].pictures.y
    for k, row in enumerate(rows):
        counts = [((split == s) & (y == k)).sum() for s in ("train", "val", "test")]
        assert [int(cell) for cell in row[1:]] == counts
    told = {name: value for name, value, _ in page.one("table", "made-table").rows}
    assert (told["side"], told["fit"], told["rng seed"]) == ("64", "head", "42")
    assert "efficientnet" in told["first weights"]
    assert "laid on white" in told["transparent pictures"]


def test_figures_are_drawn_in_lines_and_nothing_leads_outside(page, made, text):
    named = [figure.attributes["id"] for figure in page.all("figure")]
    assert [name for name in named if not name.startswith("error-")] == [
        f"{kind}-figure"
        for kind in ("audit", "where", "confusion", "calibration", "curves")
    ]
    for element in page.all():
        for name in ("src", "href", "xlink:href", "srcset"):
            value = element.attributes.get(name, "")
            assert value.startswith(("", "#", "./", "data:image/"))
            assert not re.match(r"(?!data:)[a-z]+:|//", value)
            if value.startswith("./"):
                assert (made[0] / value).is_file()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    assert "default-src 'none'; img-src data:; style-src" in policy
    assert "http" not in policy


def test_names_are_escaped(text):
    assert "<i>" not in text
    assert "<b>" not in text
    assert "&lt;b&gt;mop" in text


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
@NEEDS_CHROMIUM[1]
def test_search_finds_pictures_in_a_browser(text, made, tmp_path):
    found = evaluated(
        text,
        """
        search("predictions", "moved_ test");
        return [
          cellsOf("predictions").length,
          Array.from(document.images, function (one) { return one.naturalWidth; }),
        ];
        """,
        tmp_path,
    )
    _, result = made
    names = np.array(result.pictures.names)[result.split == "test"]
    assert found[0] == sum("moved_" in name for name in names)
    assert found[1] == [report.THUMBNAIL] * len(found[1])
    assert len(found[1]) == 2 * len(worst_places(result))


@pytest.mark.tools
@NEEDS_CHROMIUM[1]
def test_it_runs_under_its_own_policy(made, text, tmp_path):
    assert "Filter columns</button>" not in text
    found = dump(made[0] / "report.html", tmp_path / "p")
    assert found.count('<button type="button"') > 10


@pytest.mark.tools
@NEEDS_AXE[-2]
@NEEDS_AXE[-1]
@pytest.mark.parametrize(
    ("name", "is_dark"), [("report.html", True), ("report.zh.html", False)]
)
def test_axe_finds_nothing(made, tmp_path, name, is_dark):
    text = (made[0] / name).read_text("utf-8")
    assert faults(text, tmp_path, is_dark=is_dark) == []


def test_a_head_has_no_epochs_and_no_plot(page):
    assert "data-plot" not in page.one("figure", "curves-figure").attributes
    assert not [
        one for one in page.all("table") if one.attributes["id"] == "epochs-table"
    ]
