"""Layouts of data sets: what becomes a class, a side, or is passed over and said."""

import json
import pathlib
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bioloom.errors import MissingFile
from bioloom.images.dataset.admitting import admitted
from bioloom.images.dataset.data import read_folder
from bioloom.images.dataset.scan import scan
from bioloom.images.dataset.sides import sides_of
from bioloom.images.dataset.splits import SPLITS, can_be_split, split_pictures
from bioloom.images.errors import BadPictures
from bioloom.images.files.view import Conversion

SAID = "default::bioloom.errors.InputWarning"
ODD = ("=cmd|'C calc'!A0", "-x", "+1", "@a", "NA", "9", "naïve 😀", 'a,b"c')


def drawing(shape, seed, side=48):
    """A round or square thing somewhere, on noise: no two are alike."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((side, side), Image.Resampling.BILINEAR)
    draw = ImageDraw.Draw(image)
    x, y = rng.integers(2, side // 2, 2).tolist()
    box = (x, y, x + side // 3, y + side // 3)
    (draw.ellipse if shape == "cat" else draw.rectangle)(box, fill="black")
    return image


def put(folder, n, *, shape=None, start=0):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(start, start + n):
        thing = drawing(shape or folder.name, seed + 1000 * len(shape or folder.name))
        thing.save(folder / f"{seed:03}.png")


def two_classes(folder, n=8):
    put(folder / "cat", n)
    put(folder / "dog", n, start=500)
    return folder


def sides_above(folder, names=("train", "val", "test"), n=8):
    for number, name in enumerate(names):
        put(folder / name / "cat", n, start=100 * number)
        put(folder / name / "dog", n, start=500 + 100 * number)
    return folder


def sides_below(folder):
    for kind, start in (("cat", 0), ("dog", 500)):
        put(folder / kind / "Training", 8, shape=kind, start=start)
        put(folder / kind / "Validation", 4, shape=kind, start=start + 50)
        put(folder / kind / "TEST", 4, shape=kind, start=start + 90)
    return folder


def labels_table(folder, separator=",", split=True):
    two_classes(folder)
    lines = [separator.join(["path", "label", "split"][: 2 + split])]
    for number, path in enumerate(sorted(folder.glob("*/*.png"))):
        side = ("train", "train", "valid", "test")[number % 4]
        row = [str(path.relative_to(folder)), path.parent.name, side]
        lines.append(separator.join(row[: 2 + split]))
    table = folder / "labels.csv"
    table.write_text("\n".join(lines) + "\n")
    return table


def metadata(folder, form):
    put(folder / "train", 8, shape="cat")
    put(folder / "train", 8, shape="dog", start=500)
    rows = [
        {"file_name": path.name, "label": "dog" if path.stem >= "500" else "cat"}
        for path in sorted((folder / "train").glob("*.png"))
    ]
    put(folder / "train", 1, shape="cat", start=900)  # not in the table
    frame = pd.DataFrame(rows)
    if form == "csv":
        frame.to_csv(folder / "train" / "metadata.csv", index=False)
    else:
        frame.to_json(folder / "train" / "metadata.jsonl", orient="records", lines=True)
    return folder


def hidden(folder):
    two_classes(folder)
    put(folder / ".ipynb_checkpoints", 3, shape="cat", start=800)
    put(folder / "__MACOSX" / "cat", 2, start=820)
    (folder / "cat" / "._000.png").write_bytes(b"x")
    return folder


def links(folder):
    two_classes(folder / "elsewhere")
    (folder / "in").mkdir()
    for name in ("cat", "dog"):
        (folder / "in" / name).symlink_to(folder / "elsewhere" / name)
    (folder / "elsewhere" / "cat" / "back").symlink_to(folder / "elsewhere")
    (folder / "elsewhere" / "cat" / "self").symlink_to(folder / "elsewhere" / "cat")
    return folder / "in"


def empty_class(folder):
    two_classes(folder)
    (folder / "bird").mkdir()
    put(folder / "psd", 0)
    (folder / "psd" / "1.PSD").write_bytes(b"x")
    return folder


def read_and_said(folder):
    pictures = read_folder(folder)
    return pictures, " ".join(pictures.notes)


# -- what becomes a class and a side ----------------------------------------------


@pytest.mark.parametrize(
    ("make", "sides", "said"),
    [
        (two_classes, {"": 16}, ""),
        (sides_above, {"train": 16, "val": 16, "test": 16}, "above the classes"),
        (sides_below, {"train": 16, "val": 8, "test": 8}, "below the classes"),
        (labels_table, {"train": 8, "val": 4, "test": 4}, ""),
        (lambda x: labels_table(x, "\t"), {"train": 8, "val": 4, "test": 4}, ""),
        (lambda x: labels_table(x, split=False), {"": 16}, ""),
        (lambda x: metadata(x, "csv"), {"train": 16, "": 1}, "1 picture not named"),
        (lambda x: metadata(x, "jsonl"), {"train": 16, "": 1}, "metadata.jsonl"),
        (hidden, {"": 16}, ".ipynb_checkpoints, __MACOSX (6 files)"),
        (links, {"": 18}, ""),  # two links that lead back are rows of their own
        (empty_class, {"": 16}, "1 .psd"),
    ],
)
def test_each_layout_is_understood_and_said(tmp_path, make, sides, said):
    pictures, notes = read_and_said(make(tmp_path / "data"))
    assert pictures.class_names == ("cat", "dog")
    given, n = np.unique(pictures.given, return_counts=True)
    assert dict(zip(given.tolist(), n.tolist(), strict=True)) == sides
    assert said in notes
    for place, path in enumerate(pictures.paths):
        stem = path.rpartition("/")[2].removesuffix(".png")
        if pictures.label(place) and stem.isdigit():
            assert pictures.label(place) == ("dog" if stem >= "500" else "cat")


def test_empty_classes_and_other_formats_are_said(tmp_path):
    _, notes = read_and_said(empty_class(tmp_path))
    assert "Folders without a picture that can be read: bird, psd." in notes


def test_a_class_may_be_called_train(tmp_path):
    for name in ("train", "car", "bus"):
        put(tmp_path / name, 3)
    assert read_folder(tmp_path).class_names == ("bus", "car", "train")
    assert not read_folder(tmp_path).is_split


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (
            lambda x: [put(x / name, 3) for name in ("train", "test")],
            "no class folders",
        ),
        (lambda x: put(x / "cat", 3), "one class \\(cat\\)"),
        (lambda x: x.mkdir(exist_ok=True), "no picture"),
        (
            lambda x: (x / "a").mkdir() or (x / "a" / "1.psd").touch(),
            "not read: 1 .psd",
        ),
    ],
)
def test_what_is_no_data_set_is_refused_in_words(tmp_path, make, found):
    make(tmp_path)
    with pytest.raises(BadPictures, match=found):
        read_folder(tmp_path)
    with pytest.raises(MissingFile):
        read_folder(tmp_path / "nowhere")


def test_rows_of_a_table_that_are_odd_are_counted(tmp_path):
    table = labels_table(tmp_path)
    lines = table.read_text().splitlines()
    table.write_text(
        "\n".join([*lines, lines[1], "gone.png,cat,test", "cat/000.png,,"])
    )
    pictures, notes = read_and_said(table)
    assert "1 row given twice" in notes
    assert "1 file of it not found" in notes
    assert "1 picture without a label" in notes
    gone = pictures.names.index("gone.png")
    assert pictures.files[gone].reason == "vanished"
    table.write_text("path,label,split\ncat/000.png,cat,tset\n")
    with pytest.raises(BadPictures, match="row 1, split: found 'tset'"):
        read_folder(table)
    table.write_text("path,kind\ncat/000.png,cat\n")
    with pytest.raises(BadPictures, match="expected a column label or class"):
        read_folder(table)


# -- what is learnt from ----------------------------------------------------------


def prepared(folder, **how):
    pictures = read_folder(folder)
    pixels = np.zeros((len(pictures.files), 64, 64, 3), dtype=np.uint8)
    scanned = scan(pictures.paths, pixels, conversion=Conversion(side=64))
    return admitted(pictures, scanned, **how), scanned


def split_of(folder, near=True, **how):
    pictures, scanned = prepared(folder, **how)
    return sides_of(
        pictures, scanned, features=None, near=near, name_pattern="", rng_seed=1
    )


def test_contrary_labels_are_left_out_or_kept_and_said(tmp_path):
    two_classes(tmp_path)
    (tmp_path / "dog" / "twin.png").write_bytes((tmp_path / "cat/000.png").read_bytes())
    pictures, _ = prepared(tmp_path)
    out = [name for name, y in zip(pictures.names, pictures.y, strict=True) if y < 0]
    assert out == ["cat/000.png", "dog/twin.png"]
    assert "2 files, left out (cat/000.png = dog/twin.png)" in " ".join(pictures.notes)
    assert pictures.label(pictures.names.index("dog/twin.png")) == "dog"
    kept, _ = prepared(tmp_path, keep_contrary=True)
    assert (kept.y >= 0).all()


def test_a_class_of_one_is_trained_with_a_warning_or_left_out(tmp_path):
    two_classes(tmp_path)
    put(tmp_path / "rare", 1)
    sided = split_of(tmp_path)
    notes = " ".join(sided.pictures.notes)
    assert "rare (1). --min-per-class 5 leaves them out" in notes
    assert "Classes without test pictures" in notes
    rare = sided.pictures.class_names.index("rare")
    assert sided.split[sided.pictures.y == rare].tolist() == ["train"]
    pictures, _ = prepared(tmp_path, min_per_class=5)
    assert pictures.class_names == ("cat", "dog")
    assert "left out, with too few pictures: rare (1)" in " ".join(pictures.notes)


def test_two_classes_need_five_pictures(tmp_path):
    put(tmp_path / "cat", 8)
    put(tmp_path / "dog", 4)
    with pytest.raises(BadPictures, match="class dog: found 4 pictures"):
        prepared(tmp_path)


def test_missing_sides_come_from_training_and_leaks_are_counted(tmp_path):
    folder = sides_above(tmp_path, ("train", "test"), n=12)
    for name in ("cat", "dog"):
        first = sorted((folder / "train" / name).iterdir())[0]
        Image.open(first).save(folder / "test" / name / "copy.jpg", quality=70)
    sided = split_of(folder)
    notes = " ".join(sided.pictures.notes)
    assert "The given split has no validation pictures" in notes
    names = np.array(sided.pictures.names)
    assert (sided.split[[x.startswith("test/") for x in names]] == "test").all()
    assert set(sided.split) == set(SPLITS)
    assert "2 of 26 test pictures (7.7 %) have a near-duplicate by hash" in notes


def test_alike_pictures_are_split_all_the_same_and_it_is_said(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for seed in range(12):
            image = drawing("cat", 1)
            image.putpixel((seed, 0), (seed, 1 if name == "a" else 2, 3))
            image.save(tmp_path / name / f"{seed}.png")
    sided = split_of(tmp_path)
    assert set(sided.split) == set(SPLITS)
    assert "pictures are split singly" in " ".join(sided.pictures.notes)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=12, max_size=80
    ),
    st.integers(0, 5),
)
def test_a_split_has_every_picture_once_and_no_group_on_two_sides(pairs, rng_seed):
    y = np.array([label for label, _ in pairs])
    groups = np.array([20 * label + group for label, group in pairs])
    names = [str(k) for k in range(4)]
    if not can_be_split(y, groups):
        with pytest.raises(BadPictures):
            split_pictures(y, groups, rng_seed=rng_seed, class_names=names)
        return
    split = split_pictures(y, groups, rng_seed=rng_seed, class_names=names)
    assert set(split) <= set(SPLITS)
    for group in np.unique(groups):
        assert len(set(split[groups == group])) == 1
    for k in np.unique(y):
        n_groups = len(np.unique(groups[y == k]))
        sides = set(split[y == k])
        assert sides == (set(SPLITS) if n_groups >= 3 else {"train"})


# -- commands ----------------------------------------------------------------------


@pytest.mark.filterwarnings(SAID)
def test_train_uses_the_given_split_and_says_so(bioloom_cli, tmp_path):
    sides_above(tmp_path / "in")
    put(tmp_path / "in/train/rare", 1)
    words = ("--out", tmp_path / "out", "--side", 64, "--near", "hash")
    code, _, told = bioloom_cli("images", "train", tmp_path / "in", *words)
    assert code == 0
    assert "above the classes give the split" in told
    table = pd.read_csv(tmp_path / "out/tables/classification_result.csv")
    first = table["path"].str.partition("/")[0]
    assert (table["split"] == first).all()
    page = (tmp_path / "out/report.html").read_text()
    assert "above the classes give the split" in page
    assert "Classes without test pictures: rare" in page


@pytest.mark.filterwarnings(SAID)
def test_odd_names_survive_and_no_spreadsheet_sees_a_formula(bioloom_cli, tmp_path):
    for number, name in enumerate(ODD):
        put(tmp_path / "in" / name, 6, shape="cat", start=50 * number)
    out = tmp_path / "out"
    words = ("--out", out, "--side", 64, "--near", "none")
    assert bioloom_cli("images", "train", tmp_path / "in", *words)[0] == 0
    table = pd.read_csv(
        out / "tables/classification_result.csv", encoding="utf-8-sig", na_filter=False
    )
    texts = [table[name] for name in ("path", "label", "prediction")]
    cells = [cell for column in texts for cell in column] + list(table.columns)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert {label.removeprefix("'") for label in table["label"]} == set(ODD)
    names = json.loads((out / "label_map.json").read_text()).values()
    assert set(names) == set(ODD)
    splits = pd.read_csv(out / "tables/splits.tsv", sep="\t", na_filter=False)
    assert set(splits["label"].astype(str)) == set(ODD)
    code, told, _ = bioloom_cli("bounds", "report", out, "--out", tmp_path / "bounds")
    assert code == 0, told


@pytest.mark.filterwarnings(SAID)
@pytest.mark.parametrize("make", [hidden, links, empty_class, labels_table])
def test_the_audit_reads_the_same_layouts(bioloom_cli, tmp_path, make):
    folder = make(tmp_path / "in")
    path = tmp_path / "audit.tsv"
    code, _, _ = bioloom_cli("images", "audit", folder, "--side", 64, "--out", path)
    assert code == 0
    assert len(pd.read_csv(path, sep="\t")) > 10


def test_a_link_that_leads_back_ends(tmp_path):
    two_classes(tmp_path)
    pathlib.Path(tmp_path / "cat" / "up").symlink_to("..")
    assert len(read_folder(tmp_path).files) == 17


def test_a_broken_link_and_an_unused_table_are_said(tmp_path):
    two_classes(tmp_path)
    (tmp_path / "bird").symlink_to(tmp_path / "nowhere")
    (tmp_path / "metadata.csv").write_text("file_name,colour\ncat/000.png,red\n")
    pictures, notes = read_and_said(tmp_path)
    assert pictures.names[0] == "bird"
    assert pictures.files[0].reason == "broken_link"
    assert "1 picture in no class folder" in notes
    assert "metadata.csv: not used" in notes


def test_rows_without_a_side_are_taken_for_training(tmp_path):
    table = labels_table(tmp_path)
    table.write_text(table.read_text().replace(",valid", ","))
    pictures, notes = read_and_said(table)
    assert "4 pictures without a side: taken for training" in notes
    assert (pictures.given == "train").sum() == 12


@pytest.mark.filterwarnings(SAID)
def test_classes_of_near_duplicates_are_audited_all_the_same(bioloom_cli, tmp_path):
    for number, name in enumerate(("a", "b")):
        (tmp_path / "in" / name).mkdir(parents=True)
        for seed in range(8):
            image = drawing("cat", number)
            image.putpixel((seed, 0), (seed, number, 3))
            image.save(tmp_path / "in" / name / f"{seed}.png")
    words = ("images", "audit", tmp_path / "in", "--side", 64, "--out", tmp_path / "a")
    code, _, told = bioloom_cli(*words)
    assert code == 0
    assert "Near-duplicates are not kept in one fold" in told
    code, _, told = bioloom_cli(*words, "--group-by-name", "png")
    assert code == 1
    assert "all of one group" in told


@pytest.fixture(scope="module")
def cases(cases_dir, tmp_path_factory):
    """Folders that went wrong once, drawn by the scripts of the cases."""
    folder = tmp_path_factory.mktemp("cases")
    for words in (("layouts.py", folder / "all"), ("alike.py", 60, folder / "alike")):
        command = [sys.executable, *map(str, words)]
        subprocess.run(command, cwd=cases_dir / "images", check=True)
    (folder / "alike").rename(folder / "all" / "alike")
    return folder / "all"


@pytest.mark.filterwarnings(SAID)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("split", "above the classes give the split"),
        ("ipynb", ".ipynb_checkpoints (6 files)"),
        ("links", ""),
        ("conf", "The same content under several labels: 20 files"),
        ("one", "rare"),
        ("empty", "bird"),
        ("odd", ""),
        ("alike", ""),
        ("heic", ""),
    ],
)
@pytest.mark.parametrize("command", ["inspect", "audit", "train"])
def test_the_cases_are_understood_by_every_command(
    cases, bioloom_cli, tmp_path, command, name, said
):
    out = tmp_path / "out"
    words = {
        "inspect": ("--no-features",),
        "audit": ("--side", 64, "--out", tmp_path / "audit.tsv"),
        "train": ("--side", 64),
    }[command]
    words += () if command == "audit" else ("--out", out)
    code, shown, told = bioloom_cli("images", command, cases / name, *words)
    assert code == (1 if name == "heic" and command != "inspect" else 0), told
    if name == "heic":  # read where a package reads it; these are damaged, too
        assert re.search(r"10 unreadable|of 5 \(5 [a-z_]+\)", shown + told)
    elif command == "inspect" and name == "conf":
        assert "20 contrary" in shown
    else:
        assert said in told


@pytest.mark.parametrize("command", ["inspect", "train"])
def test_a_run_folder_in_the_data_set_is_refused(
    creatures, bioloom_cli, tmp_path, command
):
    out = creatures / "moppets" / "run"
    code, _, told = bioloom_cli("images", command, creatures, "--out", out)
    assert code == 1
    assert "inside the data set" in told
    assert not out.exists()
