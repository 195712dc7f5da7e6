"""The doctor: every file counted once, planted problems found, pictures on the page."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import bioloom as bl
from bioloom.errors import OutputExists
from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.inspection.outliers import robust_z
from bioloom.images.inspection.problems import KINDS
from tests.images.test_layouts import (
    drawing,
    empty_class,
    hidden,
    labels_table,
    links,
    metadata,
    put,
    sides_above,
    two_classes,
)
from tests.report.reading import read_page


def sick(folder):
    """A split set with one problem of nearly every kind; its files by kind."""
    sides_above(folder, n=12)
    cat, dog = folder / "train" / "cat", folder / "train" / "dog"
    whole = (cat / "000.png").read_bytes()
    (cat / "copy.png").write_bytes(whole)
    (dog / "contrary.png").write_bytes((cat / "001.png").read_bytes())
    leaked = (cat / "002.png").read_bytes()
    (folder / "test" / "cat" / "leak.png").write_bytes(leaked)
    Image.open(cat / "003.png").save(folder / "test" / "cat" / "near.jpg", quality=80)
    Image.open(dog / "504.png").save(cat / "near_dog.jpg", quality=80)
    Image.open(cat / "005.png").save(cat / "near_cat.jpg", quality=80)
    Image.new("RGB", (48, 48), "white").save(cat / "blank.png")
    drawing("cat", 99).point(lambda v: v // 8).save(dog / "dark.png")
    drawing("cat", 98).point(lambda v: 235 + v // 13).save(dog / "bright.png")
    drawing("cat", 97).point(lambda v: 110 + v // 12).save(dog / "flat.png")
    drawing("cat", 96, side=300).save(dog / "large.png")
    drawing("cat", 95).resize((480, 30)).save(dog / "wide.png")
    (dog / "cut.png").write_bytes(whole[:200])
    (dog / "layers.psd").write_bytes(b"x")
    return {
        "duplicate": {"train/cat/copy.png"},
        "contrary": {"train/cat/001.png", "train/dog/contrary.png"},
        "duplicate_other_side": {"train/cat/002.png", "test/cat/leak.png"},
        "blank": {"train/cat/blank.png"},
        "dark": {"train/dog/dark.png"},
        "bright": {"train/dog/bright.png"},
        "odd_aspect": {"train/dog/wide.png"},
        "unreadable": {"train/dog/cut.png"},
        "format": {"train/dog/layers.psd"},
    }


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sick")
    expected = sick(folder / "in")
    found = bl.images.inspect(folder / "in", out=folder / "out", features=False)
    return expected, found, folder / "out"


def test_each_planted_problem_is_found_and_no_other_of_its_kind(seen):
    expected, found, _ = seen
    for kind, paths in expected.items():
        assert {one.path for one in found.of(kind)} == paths, kind
    assert "train/dog/flat.png" in {one.path for one in found.of("low_contrast")}
    assert "train/dog/large.png" in {one.path for one in found.of("odd_size")}


@pytest.mark.parametrize(
    ("kind", "pair"),
    [
        ("near_other_side", {"train/cat/003.png", "test/cat/near.jpg"}),
        ("near_other_label", {"train/dog/504.png", "train/cat/near_dog.jpg"}),
        ("near_duplicate", {"train/cat/005.png", "train/cat/near_cat.jpg"}),
    ],
)
def test_near_pairs_are_told_by_label_and_side(seen, kind, pair):
    pairs = [{one.path, one.other} for one in seen[1].of(kind)]
    assert pair in pairs
    assert len(pairs) == len({tuple(sorted(each)) for each in pairs})


def test_the_folder_of_the_run_says_the_same(seen):
    _, found, out = seen
    table = pd.read_csv(out / "tables/problems.tsv", sep="\t")
    assert dict(table["problem"].value_counts()) == dict(found.counts)
    assert list(dict.fromkeys(table["problem"])) == list(found.counts)
    assert table["action"].notna().all()
    record = json.loads((out / "run.json").read_text())
    assert record["command"] == "images inspect"
    assert record["state"] == "finished"
    readme = (out / "tables/README.md").read_text()
    assert all(kind in readme for kind in KINDS)
    with pytest.raises(OutputExists):
        bl.images.inspect(out.parent / "in", out=out, features=False)


def test_the_page_shows_the_pictures_of_each_problem(seen):
    _, found, out = seen
    page = read_page((out / "report.html").read_text("utf-8"))
    headings = " ".join(one.text for one in page.all("h2"))
    for kind, n in found.counts.items():
        assert f"{KINDS[kind].title} ({n}" in headings
    shown = {one.attributes["alt"] for one in page.all("img")}
    assert {"train/dog/dark.png", "train/dog/contrary.png"} <= shown
    assert all(
        one.attributes["src"].startswith("data:image/jpeg") for one in page.all("img")
    )


@pytest.mark.parametrize(
    "make", [two_classes, sides_above, hidden, links, empty_class, metadata, sick]
)
def test_every_file_is_in_exactly_one_count(bioloom_cli, tmp_path, make):
    make = (lambda x: metadata(x, "csv")) if make is metadata else make
    folder = make(tmp_path / "in") or tmp_path / "in"
    folder = folder if hasattr(folder, "is_dir") else tmp_path / "in"
    out = tmp_path / "out"
    words = ("--no-features", "--json", "--out", out)
    code, told, _ = bioloom_cli("images", "inspect", folder, *words)
    assert code == 0
    facts = json.loads(told)
    files = pd.read_csv(out / "tables/files.tsv", sep="\t", na_filter=False)
    assert files["path"].is_unique
    counts = files["status"].value_counts()
    assert {k: n for k, n in facts["files"].items() if n} == counts.to_dict()
    back = {"cat/back", "cat/self"} if make is links else set()  # links that lead back
    there = {
        path.relative_to(folder).as_posix()
        for name in (".", "cat", "dog")
        for path in (folder / name).rglob("*")
        if path.is_file() and "back" not in path.parts and "self" not in path.parts
    }
    assert set(files["path"]) == there | back


def test_a_table_is_inspected_as_well(bioloom_cli, tmp_path):
    table = labels_table(tmp_path / "in")
    table.write_text(table.read_text() + "gone.png,cat,test\n")
    words = ("--no-features", "--json", "--out", tmp_path / "out")
    code, told, _ = bioloom_cli("images", "inspect", table, *words)
    assert code == 0
    assert json.loads(told)["files"]["unreadable"] == 1


def test_planted_label_errors_are_found(tmp_path):
    """Of drawn creatures, 8 of 160 in the other family's folder."""
    folder = draw_families(tmp_path, n=80, rng_seed=2)
    one, two = sorted(folder.iterdir())
    moved = set()
    for own, other in ((one, two), (two, one)):
        for path in sorted(own.glob("[0-9]*.png"))[:4]:
            path.rename(other / f"moved_{path.name}")
            moved.add(f"{other.name}/moved_{path.name}")
    found = bl.images.inspect(folder)
    listed = {one.path for one in found.of("label")}
    recall, precision = (len(listed & moved) / len(x) for x in (moved, listed))
    assert recall >= 0.75
    assert precision >= 0.75
    assert found.n_judged == 160


def test_where_labels_mean_nothing_the_list_is_said_to_be_worth_little(tmp_path):
    put(tmp_path / "cat", 20, shape="cat")
    put(tmp_path / "dog", 20, shape="cat", start=50)
    put(tmp_path / "few", 2, shape="cat", start=90)
    notes = " ".join(bl.images.inspect(tmp_path, near="none").notes)
    assert "worth little here" in notes
    assert "Labels not judged" in notes
    assert "few (2)" in notes


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_picture_is_no_error(tmp_path, n):
    put(tmp_path / "cat", n)
    found = bl.images.inspect(tmp_path)
    assert found.files["pictures"] == n
    assert "nothing can be distinguished" in " ".join(found.notes)
    assert len(found.plot().axes) == 1


@given(st.lists(st.floats(-1e3, 1e3), max_size=40), st.floats(0.1, 9), st.floats(-9, 9))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_robust_z_does_not_know_units(values, scale, shift):
    x = np.array(values)
    z = robust_z(x)
    assert np.isfinite(z).all()
    if len(x) and np.median(np.abs(x - np.median(x))) > 1e-3:
        assert np.allclose(robust_z(scale * x + shift), z, atol=1e-6)


def test_a_copy_without_a_label_contradicts_none(tmp_path):
    two_classes(tmp_path)
    (tmp_path / "copy.png").write_bytes((tmp_path / "cat" / "000.png").read_bytes())
    found = bl.images.inspect(tmp_path, features=False)
    assert dict(found.counts) == {"duplicate": 1}


def test_without_features_no_torch_is_needed(tmp_path):
    two_classes(tmp_path / "in")
    folder, out = str(tmp_path / "in"), str(tmp_path / "out")
    script = (
        "import sys, bioloom as bl\n"
        f"bl.images.inspect({folder!r}, features=False, out={out!r})\n"
        "print([name for name in ('torch', 'onnxruntime') if name in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n", done.stderr
