"""Merging: classes, what is told, what is never overwritten, odd places, Windows."""

import errno
import json
import os
import sys
import types
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

import bioloom as bl
from bioloom.errors import RunIsBusy
from bioloom.images.errors import BadPictures
from bioloom.images.files import opening
from bioloom.images.files.overwriting import require_no_picture
from bioloom.images.merging import copying, locking, names
from bioloom.images.merging.copying import carry_out
from bioloom.images.merging.plan import plan_merge
from tests.images.folders import JPEG, merge, tree, write

# -- classes ---------------------------------------------------------------------


def test_class_folders_are_joined_by_name(tmp_path):
    write(tmp_path / "one" / "cat" / "1.png", JPEG + b"1")
    write(tmp_path / "one" / "cat" / "deep" / "2.png", JPEG + b"2")
    write(tmp_path / "one" / "dog" / "1.png", JPEG + b"3")
    write(tmp_path / "one" / "loose.png", JPEG + b"4")
    write(tmp_path / "two" / "cat" / "1.png", JPEG + b"5")
    write(tmp_path / "two" / "cat" / "twin.png", JPEG + b"1")
    write(tmp_path / "two" / "bird" / "1.png", JPEG + b"6")
    sources = [tmp_path / "one", tmp_path / "two"]
    plan = merge(sources, tmp_path / "all", by_class=True)
    assert tree(tmp_path / "all") == {
        "cat/1.png": JPEG + b"1",
        "cat/2.png": JPEG + b"2",
        "cat/1_1.png": JPEG + b"5",
        "dog/1.png": JPEG + b"3",
        "bird/1.png": JPEG + b"6",
        "loose.png": JPEG + b"4",
    }
    assert (plan.n_of("duplicate"), plan.contrary) == (1, ())
    again = merge(sources, tmp_path / "all", by_class=True)
    assert again.n_of("duplicate") == 7
    kept = merge(sources, tmp_path / "kept", by_class=True, keep_folders=True)
    assert "cat/deep/2.png" in tree(tmp_path / "kept")
    assert kept.n_of("duplicate") == 1


def test_a_picture_of_two_classes_is_copied_to_both_and_named(tmp_path, bioloom_cli):
    for label, name in (("cat", "1.png"), ("dog", "9.png"), ("dog", "10.png")):
        write(tmp_path / "in" / label / name, JPEG + b"one picture")
    write(tmp_path / "more" / "bird" / "2.png", JPEG + b"one picture")
    words = ("images", "merge", tmp_path / "in", "--into", tmp_path / "all")
    options = ("--by-class", "--check", "header")
    code, _, err = bioloom_cli(*words, *options)
    assert code == 0
    assert "contrary labels: dog/10.png and cat/1.png are the same picture" in err
    assert set(tree(tmp_path / "all")) == {"cat/1.png", "dog/10.png"}
    plan = plan_merge(
        [tmp_path / "more"], tmp_path / "all", by_class=True, check="header"
    )
    assert [(row.target, row.reason) for row in plan.contrary] == [
        ("bird/2.png", "other_label")
    ]
    code, out, _ = bioloom_cli(*words, *options, "--json")
    assert json.loads(out)["n_contrary"] == 0  # both are there already
    assert json.loads(out)["n_duplicate"] == 3


# -- what is told ----------------------------------------------------------------


def test_strict_exits_with_1_after_merging_the_rest(bioloom_cli, tmp_path):
    Image.new("RGB", (9, 9), "red").save(write(tmp_path / "in" / "a.png"))
    write(tmp_path / "in" / "b.png", b"<html>")
    words = ("images", "merge", tmp_path / "in", "--into", tmp_path / "all")
    code, _, err = bioloom_cli(*words, "--strict")
    assert code == 1
    assert "2 found, 1 copied, 0 duplicate, 1 unreadable" in err
    assert "b.png: found a file that cannot be read (not_a_picture)" in err
    assert bioloom_cli(*words)[0] == 0
    with pytest.raises(BadPictures, match="the first of 1"):
        bl.images.merge(tmp_path / "in", tmp_path / "all", strict=True)
    assert set(tree(tmp_path / "all")) == {"a.png"}


def test_what_is_passed_over_is_counted(bioloom_cli, tmp_path):
    write(tmp_path / "in" / "a.png")
    for name in ("1.txt", "2.TXT", "film.mp4", "README"):
        write(tmp_path / "in" / name, b"text")
    write(tmp_path / "in" / "export.dat", JPEG + b"renamed")
    words = ("images", "merge", tmp_path / "in", "--into", tmp_path / "all")
    _, _, err = bioloom_cli(*words, "--check", "none")
    assert (
        "passed over: 5 files not named as pictures "
        "(2 .txt, 1 without ending, 1 .dat, 1 .mp4)"
    ) in err
    assert "begins like a picture (jpeg)" in err
    assert "export.dat" in err


def test_a_format_without_its_package_is_told_with_the_command(tmp_path, monkeypatch):
    from bioloom.images.files import reading

    write(tmp_path / "in" / "a.heic", b"\0\0\0\x18ftypheic" + bytes(12))
    monkeypatch.setattr(reading, "lack_of", lambda kind: "needs_pi_heif")
    plan = plan_merge([tmp_path / "in"], tmp_path / "all")
    assert [row.reason for row in plan.rows] == ["needs_pi_heif"]
    assert "`bioloom doctor images-formats`" in plan.notes()[1]


# -- what is never overwritten ---------------------------------------------------


@pytest.mark.parametrize("option", ["--plan", "--near"])
def test_tables_take_no_pictures_place(bioloom_cli, tmp_path, option):
    write(tmp_path / "in" / "a.png")
    write(tmp_path / "in" / "labels.csv", b"a,cat")
    disguised = write(tmp_path / "table.tsv", JPEG + b"a picture by its bytes")
    words = (
        "images",
        "merge",
        tmp_path / "in",
        "--into",
        tmp_path / "all",
        "--dry-run",
    )
    for path in (tmp_path / "in" / "a.png", tmp_path / "in" / "labels.csv", disguised):
        before = path.read_bytes()
        code, _, err = bioloom_cli(*words, option, path)
        assert code == 1
        assert "Choose another name" in err
        assert path.read_bytes() == before
    new = tmp_path / "in" / "table.tsv"
    for _ in range(2):  # a table of an earlier merge may be replaced
        assert bioloom_cli(*words, "--check", "header", option, new)[0] == 0
    both = ("--plan", tmp_path / "x", "--near", tmp_path / "." / "x")
    assert "the same name for two tables" in bioloom_cli(*words, *both)[2]


def test_other_outputs_take_no_pictures_place(bioloom_cli, run, creatures, tmp_path):
    folder, _ = run
    picture = write(tmp_path / "mine.png")
    source = next((creatures / "moppets").glob("*.png"))
    for words in (
        ("predict", folder, creatures, "--out", picture),
        ("audit", creatures, "--out", picture),
        ("explain", folder, source, "--map", picture),
        ("explain", folder, source, "--map", source),
    ):
        code, _, err = bioloom_cli("images", *words)
        assert code == 1
        assert "pictures are never overwritten" in err
    assert picture.read_bytes() == JPEG + b"a"
    grad_cam = tmp_path / "map.png"
    for _ in range(2):  # one that was written here may be replaced
        assert (
            bioloom_cli("images", "explain", folder, source, "--map", grad_cam)[0] == 0
        )
    require_no_picture(tmp_path / "new.png")


def test_a_demo_replaces_only_demos(bioloom_cli, tmp_path):
    mine = write(tmp_path / "pictures" / "holiday.png")
    code, _, err = bioloom_cli("images", "demo", "--out", tmp_path)
    assert code == 1
    assert "this one would be replaced" in err
    assert mine.exists()


# -- odd places ------------------------------------------------------------------


def deep_folder(top, *, n_bytes):
    """Folders inside one another, deeper than a path may be long."""
    name, descriptor = "f" * 200, os.open(top, os.O_RDONLY)
    for _ in range(n_bytes // 201 + 1):
        os.mkdir(name, dir_fd=descriptor)
        inner = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    return descriptor


@pytest.mark.parametrize("check", ["none", "header", "full"])
def test_files_deeper_than_a_path_may_be_long(tmp_path, check):
    (tmp_path / "in").mkdir()
    folder = deep_folder(tmp_path / "in", n_bytes=4200)
    stream = write(tmp_path / "whole.png")
    Image.new("RGB", (9, 9), "red").save(stream)
    for name in ("a.png", "twin.png"):
        made = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=folder)
        os.write(made, stream.read_bytes())
        os.close(made)
    os.close(folder)
    plan = copying.merge([tmp_path / "in"], tmp_path / "all", check=check)
    assert [row.action for row in plan.rows] == ["copy", "duplicate"]
    assert tree(tmp_path / "all") == {"a.png": stream.read_bytes()}
    kept = copying.merge(
        [tmp_path / "in"], tmp_path / "kept", check=check, keep_folders=True
    )
    assert {row.reason for row in kept.rows} == {"path_too_long"}


def test_times_and_permissions_are_kept(tmp_path):
    for number, mode in enumerate((0o640, 0o444, 0o700)):
        path = write(tmp_path / "in" / f"{number}.png", JPEG + bytes([number]))
        os.utime(path, ns=(10**18, 10**18 + 7))
        path.chmod(mode)
    merge([tmp_path / "in"], tmp_path / "all")
    for number, mode in enumerate((0o640, 0o444, 0o700)):
        info = (tmp_path / "all" / f"{number}.png").stat()
        assert (info.st_mode & 0o777, info.st_mtime_ns) == (mode, 10**18 + 7)


# -- Windows, by what is different there -----------------------------------------


def test_without_fcntl_the_lock_is_windows_own(tmp_path, monkeypatch):
    locked = []

    def lock(descriptor, kind, n_bytes):
        assert (kind, n_bytes) == (7, 1)
        if locked:
            raise OSError(errno.EACCES, "locked")
        locked.append(descriptor)

    windows = types.SimpleNamespace(locking=lock, LK_NBLCK=7)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", windows)
    with (tmp_path / "lock").open("w") as stream:
        assert not locking.is_locked(stream)
        assert locking.is_locked(stream)
    write(tmp_path / "in" / "a.png")
    with pytest.raises(RunIsBusy):
        merge([tmp_path / "in"], tmp_path / "all")
    locked.clear()
    merge([tmp_path / "in"], tmp_path / "all")
    assert set(tree(tmp_path / "all")) == {"a.png"}


def test_names_of_devices_get_a_number_on_windows(tmp_path, monkeypatch):
    monkeypatch.setattr(names, "IS_WINDOWS", True)
    monkeypatch.setattr(
        names, "is_reserved", partial(names.is_reserved, on_windows=True)
    )
    for name in ("AUX.png", "com1.jpg", "comet.jpg", "nul.tar.png"):
        write(tmp_path / "in" / name, JPEG + name.encode())
    merge([tmp_path / "in"], tmp_path / "all")
    assert set(tree(tmp_path / "all")) == {
        *("AUX_1.png", "com1_1.jpg", "comet.jpg", "nul.tar_1.png")
    }


def test_open_files_and_long_paths_on_windows(tmp_path, monkeypatch):
    """The staging folder goes after its lock is closed; long paths get their prefix."""
    asked = []

    def system_path(path):
        asked.append(path)
        return path

    for module in (copying, opening):
        monkeypatch.setattr(module, "IS_WINDOWS", True)
        monkeypatch.setattr(module, "system_path", system_path)
    write(tmp_path / "in" / "a.png")
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
    assert carry_out(plan) == plan
    assert set(tree(tmp_path / "all")) == {"a.png"}
    assert not (tmp_path / "all" / ".bioloom-merge").exists()
    assert {Path(path).name for path in asked} == {"in", "a.png"}


def test_a_long_windows_path_has_its_prefix():
    long = "a" * 300
    assert (
        opening.system_path(f"\\\\server\\x\\{long}")
        == f"\\\\?\\UNC\\server\\x\\{long}"
    )
    assert opening.system_path(f"C:/x/{long}") == f"\\\\?\\C:\\x\\{long}"
    assert opening.system_path(f"\\\\?\\C:\\{long}") == f"\\\\?\\C:\\{long}"
