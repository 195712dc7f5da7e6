"""Merging: the plan against jdupes and rdfind, names, links, kills, what is left."""

import os
import random
import shutil
import signal
import subprocess
import sys
import unicodedata
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bioloom.errors import MissingFile, RunIsBusy
from bioloom.images.errors import BadPictures
from bioloom.images.files import duplicates as contents
from bioloom.images.files.files import STAGING, find_pictures
from bioloom.images.merging import plan
from bioloom.images.merging.copying import carry_out
from bioloom.images.merging.review import near_duplicates
from tests.images.folders import JPEG, merge, tree, write

plan_merge = partial(plan.plan_merge, check="header")


def actions(plan):
    return [(row.action, Path(row.source).name, row.target) for row in plan.rows]


def test_equal_files_are_copied_once_and_names_numbered(tmp_path):
    one, two, into = tmp_path / "one", tmp_path / "two", tmp_path / "all"
    write(one / "a.jpg", JPEG + b"a")
    write(one / "deep" / "b.JPG", JPEG + b"b")
    write(one / "notes.txt", b"no picture")
    write(two / "A.jpg", JPEG + b"c")
    write(two / "copy.png", JPEG + b"a")
    write(two / "x" / "a.jpg", JPEG + b"d")
    before = tree(tmp_path)
    plan = plan_merge([one, two], into)
    assert actions(plan) == [
        ("copy", "a.jpg", "a.jpg"),
        ("copy", "b.JPG", "b.JPG"),
        ("copy", "A.jpg", "A_1.jpg"),
        ("duplicate", "copy.png", "a.jpg"),
        ("copy", "a.jpg", "a_2.jpg"),
    ]
    assert tree(tmp_path) == before
    assert carry_out(plan) == plan
    assert set(tree(into)) == {"a.jpg", "b.JPG", "A_1.jpg", "a_2.jpg"}
    assert tree(one) | tree(two) == {
        name.partition("/")[2]: content for name, content in before.items()
    }
    assert plan.summary() == (
        f"5 found, 4 copied, 1 duplicate, 0 unreadable; target {into}"
    )


def test_a_second_run_changes_nothing(tmp_path):
    for number in range(6):
        write(tmp_path / "in" / str(number) / "x.png", JPEG + bytes([number % 4]))
    merge([tmp_path / "in"], tmp_path / "all")
    first = tree(tmp_path / "all")
    again = merge([tmp_path / "in"], tmp_path / "all")
    assert again.n_of("duplicate") == 6
    assert tree(tmp_path / "all") == first


def test_folders_are_kept_and_a_name_may_be_a_folder(tmp_path):
    write(tmp_path / "one" / "cats" / "1.png", JPEG + b"1")
    write(tmp_path / "one" / "dogs.png" / "1.png", JPEG + b"2")
    write(tmp_path / "two" / "dogs.png", JPEG + b"3")
    sources = [tmp_path / "one", tmp_path / "two"]
    merge(sources, tmp_path / "all", keep_folders=True)
    assert set(tree(tmp_path / "all")) == {
        *("cats/1.png", "dogs.png/1.png", "dogs_1.png"),
    }
    write(tmp_path / "other" / "cats", b"a file")
    with pytest.raises(BadPictures, match="found a file, expected a folder"):
        plan_merge(sources, tmp_path / "other", keep_folders=True)


def test_what_the_target_holds_is_neither_copied_nor_touched(tmp_path):
    write(tmp_path / "all" / "mine.png", JPEG + b"a")
    write(tmp_path / "all" / "twin.png", JPEG + b"a")
    write(tmp_path / "all" / "x.png", JPEG + b"other")
    write(tmp_path / "in" / "x.png", JPEG + b"a")
    write(tmp_path / "in" / "y.png", JPEG + b"new")
    plan = merge([tmp_path / "in", tmp_path / "all"], tmp_path / "all")
    assert actions(plan) == [
        ("duplicate", "x.png", "mine.png"),
        ("copy", "y.png", "y.png"),
    ]
    inside = plan_merge([tmp_path], tmp_path / "all")
    assert {row.action for row in inside.rows} == {"duplicate"}


def test_names_that_some_file_systems_hold_once(tmp_path):
    composed = unicodedata.normalize("NFC", "Pokémon.png")
    parted = unicodedata.normalize("NFD", "Pokémon.png")
    for number, name in enumerate((composed, parted, composed.upper())):
        write(tmp_path / f"in{number}" / name, JPEG + bytes([number]))
    sources = [tmp_path / f"in{number}" for number in range(3)]
    plan = merge(sources, tmp_path / "all")
    names = [row.target for row in plan.rows]
    keys = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(keys) == 3


def test_long_and_odd_names(tmp_path):
    long = "ü" * 125 + ".png"  # 254 bytes
    odd = "tab\there\nand a new line.png"
    not_utf8 = os.fsdecode(b"caf\xe9.png")
    for place in ("in", "more"):
        for name in (long, odd, not_utf8):
            write(tmp_path / place / name, JPEG + place.encode() + os.fsencode(name))
    plan = merge([tmp_path / "in", tmp_path / "more"], tmp_path / "all")
    assert len(tree(tmp_path / "all")) == 6
    lines = plan.to_tsv().encode("utf-8").decode().splitlines()
    assert len(lines) == 7
    assert all(line.count("\t") == 5 for line in lines)
    assert len(plan.to_frame()) == 6
    assert merge([tmp_path / "in"], tmp_path / "all").n_of("duplicate") == 3


def test_links_and_empty_files(tmp_path):
    folder = tmp_path / "in"
    real = write(folder / "a.png")
    (folder / "hard.png").hardlink_to(real)
    (folder / "soft.png").symlink_to("a.png")
    (folder / "gone.png").symlink_to("nowhere.png")
    (folder / "circle").symlink_to(folder)
    (folder / "folder.png").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    write(folder / "empty.png", b"")
    write(folder / "page.png", b"<!doctype html>")
    plan = merge([folder], tmp_path / "all")
    told = {Path(row.source).name: row.reason or row.action for row in plan.rows}
    assert told == {
        "a.png": "copy",
        "hard.png": "duplicate",
        "soft.png": "duplicate",
        "gone.png": "broken_link",
        "circle": "folder_link",
        "folder.png": "folder_link",
        "pipe.png": "not_a_file",
        "empty.png": "empty",
        "page.png": "not_a_picture",
    }
    assert set(tree(tmp_path / "all")) == {"a.png"}
    assert not (tmp_path / "all" / "a.png").is_symlink()


def test_damaged_pictures_are_told_with_their_copies(tmp_path):
    Image.new("RGB", (40, 40), "red").save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    write(tmp_path / "in" / "whole.jpg", whole)
    write(tmp_path / "in" / "x_half.jpg", whole[:-100])
    write(tmp_path / "in" / "y_half.jpg", whole[:-100])
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="full")
    assert [row.reason for row in plan.rows] == ["", "truncated", "truncated"]
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
    assert [row.action for row in plan.rows] == ["copy", "copy", "duplicate"]


def test_equal_digests_are_not_taken_for_equal_bytes(tmp_path, monkeypatch):
    """As with forged pictures of one SHA-1."""
    for number in range(4):
        write(tmp_path / "in" / f"{number}.jpg", JPEG + bytes(90) + bytes([number % 2]))
    monkeypatch.setattr(contents, "_sha1", lambda content: "0" * 40)
    monkeypatch.setattr(contents, "sha1_of_file", lambda path: "0" * 40)
    for kept, few in ((1 << 26, 0), (1 << 26, 3), (1 << 26, 8), (0, 8)):
        monkeypatch.setattr(contents, "_IN_MEMORY", kept)
        monkeypatch.setattr(contents, "_FEW", few)
        plan = plan_merge([tmp_path / "in"], tmp_path / "all")
        told = [row.action for row in plan.rows]
        assert told == ["copy", "copy", "duplicate", "duplicate"]


def test_a_file_that_changes_after_the_plan(tmp_path):
    write(tmp_path / "in" / "a.png", JPEG + b"a")
    write(tmp_path / "in" / "b.png", JPEG + b"bb")
    write(tmp_path / "in" / "c.png", JPEG + b"ccc")
    plan = plan_merge([tmp_path / "in"], tmp_path / "all")
    write(tmp_path / "in" / "a.png", JPEG + b"longer")
    (tmp_path / "in" / "b.png").unlink()
    done = carry_out(plan)
    assert [row.reason for row in done.rows] == ["changed", "vanished", ""]
    assert set(tree(tmp_path / "all")) == {"c.png"}
    write(tmp_path / "in" / "d.png", JPEG + b"d")
    plan = plan_merge([tmp_path / "in"], tmp_path / "all")
    write(tmp_path / "all" / "d.png", b"another program's")
    with pytest.raises(BadPictures, match="Nothing was overwritten"):
        carry_out(plan)
    assert (tmp_path / "all" / "d.png").read_bytes() == b"another program's"


def test_one_merge_at_a_time(tmp_path):
    import fcntl

    write(tmp_path / "in" / "a.png")
    (tmp_path / "all" / STAGING).mkdir(parents=True)
    with (tmp_path / "all" / STAGING / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RunIsBusy):
            merge([tmp_path / "in"], tmp_path / "all")


def test_nothing_to_merge(tmp_path):
    with pytest.raises(MissingFile, match="expected a folder of pictures"):
        plan_merge([tmp_path / "none"], tmp_path / "all")
    (tmp_path / "in").mkdir()
    with pytest.raises(BadPictures, match="found no picture, expected files that end"):
        plan_merge([tmp_path / "in"], tmp_path / "all")


# -- against jdupes and rdfind ---------------------------------------------------

FILES = st.lists(
    st.tuples(
        st.sampled_from(["", "a/", "b/", "b/c/"]),
        st.integers(0, 7),
        st.sampled_from([".jpg", ".PNG", ".gif", ".tiff"]),
        st.tuples(st.integers(0, 4), st.sampled_from([60, 9000])),
        st.sampled_from(["file", "file", "file", "hard"]),
    ),
    min_size=1,
    max_size=25,
)


def build(folder, files):
    """Write a tree; contents of few kinds, so that many are equal."""
    written = []
    for place, number, ending, (content, n_bytes), kind in files:
        path = folder / f"{place}{number}{ending}"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "hard" and written:
            path.hardlink_to(written[-1])
        else:
            # of equal size, different in the middle, beyond any sampled byte
            body = bytearray(b"x" * n_bytes)
            body[len(body) // 2 + 7] = content
            path.write_bytes(JPEG + bytes(body))
        written.append(path)


def jdupes_sets(folder):
    told = subprocess.run(
        ["jdupes", "-r", "-q", "-H", folder], capture_output=True, text=True, check=True
    ).stdout
    return {frozenset(part.splitlines()) for part in told.split("\n\n") if part.strip()}


def rdfind_sets(folder, results):
    subprocess.run(
        ["rdfind", "-removeidentinode", "false", "-checksum", "sha1"]
        + ["-outputname", results, folder],
        capture_output=True,
        check=True,
    )
    groups = {}
    for line in results.read_text().splitlines():
        if not line.startswith("#"):
            words = line.split(maxsplit=7)
            groups.setdefault(abs(int(words[1])), set()).add(words[7])
    return {frozenset(group) for group in groups.values()}


def our_sets(plan):
    groups = {}
    for row in plan.rows:
        groups.setdefault(row.target, set()).add(row.source)
    return {frozenset(group) for group in groups.values() if len(group) > 1}


@pytest.mark.tools
@settings(max_examples=200)
@given(files=FILES)
def test_duplicates_are_those_of_jdupes_and_rdfind(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("tree")
    build(folder / "in", files)
    plan = plan_merge([folder / "in"], folder / "all")
    ours = our_sets(plan)
    assert ours == jdupes_sets(folder / "in")
    assert ours == rdfind_sets(folder / "in", folder / "results.txt")
    before = tree(folder / "in")
    carry_out(plan)
    after = tree(folder / "all")
    assert sorted(after.values()) == sorted(set(before.values()))
    assert tree(folder / "in") == before
    assert plan_merge([folder / "in"], folder / "all").n_of("copy") == 0
    shutil.rmtree(folder)


# -- killed ----------------------------------------------------------------------

MERGE = """
import shutil, sys
from pathlib import Path
from bioloom.images.merging import copying
from bioloom.images.merging.copying import merge

def slowly(reading, writing, n_bytes):
    while part := reading.read(n_bytes // 16):
        writing.write(part)
        print("part", flush=True)

copying.shutil.copyfileobj = slowly  # so that a kill falls into the copying
merge([Path(one) for one in sys.argv[2:]], Path(sys.argv[1]), check="header")
"""


def _started(into, source):
    """A merge in a process of its own, which prints a line for each part it writes."""
    return subprocess.Popen(
        [sys.executable, "-c", MERGE, into, source], stdout=subprocess.PIPE
    )


@pytest.mark.slow
def test_killed_at_random_points_and_run_again(tmp_path):
    rng = random.Random(3)
    for number in range(60):
        content = JPEG + rng.randbytes(200_000) if number % 5 else JPEG + b"same"
        write(tmp_path / "in" / f"d{number % 7}" / f"{number % 11}.png", content)
    write(tmp_path / "held" / "3.png", JPEG + b"was there")
    shutil.copytree(tmp_path / "held", tmp_path / "whole")
    whole, _ = _started(tmp_path / "whole", tmp_path / "in").communicate()
    n_parts = len(whole.splitlines())
    expected = tree(tmp_path / "whole")
    n_killed = n_between = 0
    for _ in range(50):
        into = tmp_path / "all"
        shutil.copytree(tmp_path / "held", into)
        process = _started(into, tmp_path / "in")
        for _ in range(rng.randrange(round(1.2 * n_parts))):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        n_killed += process.returncode == -signal.SIGKILL
        left = {path: path.read_bytes() for path in map(Path, _paths(into))}
        n_between += 1 < len(left) < len(expected)
        assert set(left.values()) <= set(expected.values())  # no file cut short
        merge([tmp_path / "in"], into)
        assert tree(into) == expected
        shutil.rmtree(into)
    assert n_killed > 25
    assert n_between > 10


def _paths(folder):
    return [one.path for one in find_pictures(folder)]


# -- near-duplicates -------------------------------------------------------------


def test_near_duplicates_are_grouped_and_kept(tmp_path, data_dir):
    folder = data_dir / "images" / "emoji" / "noto" / "animals-nature"
    for name in ("1f331.png", "1f400.png", "1f41f.png"):
        with Image.open(folder / name) as image:
            (tmp_path / "in").mkdir(exist_ok=True)
            white = Image.new("RGB", image.size, "white")
            white.paste(image, mask=image.convert("RGBA").getchannel("A"))
            white.save(tmp_path / "in" / name)
            smaller = white.resize((48, 48))
            smaller.save(tmp_path / "in" / f"{name[:-4]}_small.jpg", quality=60)
    plan = plan_merge([tmp_path / "in"], tmp_path / "all")
    planned = near_duplicates(plan)
    names = [(row.group, Path(row.path).name) for row in planned.rows]
    assert names == [
        *((1, "1f331.png"), (1, "1f331_small.jpg"), (2, "1f400.png")),
        *((2, "1f400_small.jpg"), (3, "1f41f.png"), (3, "1f41f_small.jpg")),
    ]
    done = near_duplicates(carry_out(plan))
    assert [(row.group, Path(row.path).name) for row in done.rows] == names
    assert done.to_tsv().startswith("group\tpath\tdistance\n1\t")
    assert len(tree(tmp_path / "all")) == 6


# -- as typed --------------------------------------------------------------------


def test_the_command(bioloom_cli, tmp_path):
    Image.new("RGB", (9, 9), "red").save(tmp_path / "a.png")
    write(tmp_path / "in" / "a.png", (tmp_path / "a.png").read_bytes())
    write(tmp_path / "in" / "b.png", b"<html>")
    words = ("images", "merge", tmp_path / "in", "--into", tmp_path / "all")
    code, plan, err = bioloom_cli(*words, "--dry-run")
    assert code == 0
    assert plan.splitlines()[0] == "action\tsource\ttarget\tn_bytes\tsha1\treason"
    assert err.splitlines()[-1].startswith(
        "dry run: 2 found, 1 copied, 0 duplicate, 1 unreadable"
    )
    assert not (tmp_path / "all").exists()
    code, told, err = bioloom_cli(*words, "--plan", tmp_path / "plan.tsv")
    assert (code, told) == (0, "")
    assert "b.png (not_a_picture)" in err
    assert (tmp_path / "plan.tsv").read_text() == plan
    near = tmp_path / "near.tsv"
    assert bioloom_cli(*words, "--near", near)[0] == 0
    assert near.read_text() == "group\tpath\tdistance\n"
    assert bioloom_cli("images", "merge", tmp_path / "in")[0] == 2
