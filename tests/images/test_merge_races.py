"""A merge while its files change: what each file holds at the end is merged or told."""

import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bioloom.images.merging import copying
from bioloom.images.merging.copying import carry_out
from bioloom.images.merging.plan import plan_merge

TICK = 0.012  # file systems count time in steps of up to 10 ms
PLACES = ("one/a.png", "one/b.jpg", "one/sub/a.png", "two/a.png", "two/sub/c.gif")
CONTENTS = st.sampled_from([b"\xff\xd8\xff" + bytes([n]) * 8 for n in range(3)])
LONGER = st.just(b"\xff\xd8\xff" + b"longer than the others")
FILES = st.sampled_from(PLACES)


class Races(RuleBasedStateMachine):
    """Files are written, planned, changed in every way, and merged."""

    by_class = False

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        for name in ("one/sub", "two/sub", "all", "aside"):
            (self.folder / name).mkdir(parents=True)
        self.sources = [self.folder / "one", self.folder / "two"]
        self.plan = None
        (self.folder / "one" / "sub" / "first.png").write_bytes(b"\xff\xd8\xff0")

    def teardown(self):
        shutil.rmtree(self.folder)

    @rule(files=st.dictionaries(FILES, CONTENTS | LONGER, min_size=2))
    def write(self, files):
        """New files, or other contents in the same ones."""
        for place, content in files.items():
            path = self.folder / place
            if path.is_symlink():
                path.unlink()
            path.write_bytes(content)

    @precondition(lambda self: self.plan is not None)
    @rule(harm=st.sampled_from(range(7)), place=FILES, other=FILES, content=CONTENTS)
    def harm(self, harm, place, other, content):
        """Whatever may happen to files between a plan and its merge."""
        one, two = self.folder / place, self.folder / other
        held = next((self.folder / "all").glob("*"), one)
        if harm == 0:
            one.unlink(missing_ok=True)
        elif harm == 1 and one.is_file():
            os.truncate(one, one.stat().st_size // 2)
        elif harm == 2 and two.exists():
            two.replace(one)
        elif harm == 3 and one.exists() and two.exists() and one != two:
            self.exchange(one, two)
        elif harm == 4:  # all keep their times; only their paths lead to others
            self.exchange(*(self.folder / name / "sub" for name in ("one", "two")))
        elif harm == 5 and one != two and not two.is_symlink():
            one.unlink(missing_ok=True)
            one.symlink_to(two)
        elif held.is_file():
            held.write_bytes(content) if harm == 6 else one.write_bytes(content)

    def exchange(self, one, two):
        one.rename(self.folder / "aside" / "x")
        two.rename(one)
        (self.folder / "aside" / "x").rename(two)

    @precondition(lambda self: self.plan is None)
    @rule()
    def look(self):
        time.sleep(TICK)
        self.plan = self.planned()
        time.sleep(TICK)

    def planned(self):
        return plan_merge(
            self.sources,
            self.folder / "all",
            check="header",
            by_class=self.by_class,
        )

    @precondition(lambda self: self.plan is not None)
    @rule()
    def merge(self):
        now = {
            row.source: Path(row.source).read_bytes()
            for row in self.plan.rows
            if Path(row.source).is_file()
        }
        held = self.held()
        done = carry_out(self.plan)
        after = self.held()
        assert {path: after[path] for path in held} == held  # nothing overwritten
        for row in done.rows:
            if row.action != "unreadable":
                assert after[row.target] == now[row.source], row
        told = {row.source for row in done.rows if row.action == "unreadable"}
        lost = {
            source
            for source, content in now.items()
            if content not in after.values() and source not in told
        }
        assert not lost
        assert not (self.folder / "all" / ".bioloom-merge").exists()
        self.plan = None

    def held(self):
        top = self.folder / "all"
        return {
            path.relative_to(top).as_posix(): path.read_bytes()
            for path in top.rglob("*")
            if path.is_file()
        }

    @invariant()
    def sources_hold_what_was_written(self):
        assert (self.folder / "aside").exists()


class RacesByClass(Races):
    """The same with class folders."""

    by_class = True


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Races, RacesByClass])
@pytest.mark.parametrize("clock_ns", [0, 2_000_000_000])
def test_no_content_is_lost(monkeypatch, machine, clock_ns):
    """With times that are trusted as soon as they differ, and with real caution."""
    monkeypatch.setattr(copying, "_CLOCK_NS", clock_ns)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=40, stateful_step_count=16)
    )


def twins(tmp_path, n=3):
    for number in range(n):
        path = tmp_path / "in" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\xff\xd8\xff content")
    return [tmp_path / "in" / f"{number}.png" for number in range(n)]


def vanish(path):
    path.unlink()


def change(path):
    path.write_bytes(b"\xff\xd8\xff another")


def replace(path):
    other = path.with_name("other")
    other.write_bytes(b"\xff\xd8\xff another")
    other.rename(path)


def cut(path):
    path.write_bytes(b"\xff\xd8\xff")


@pytest.mark.parametrize("harm", [vanish, change, replace, cut])
def test_the_first_of_equal_files_takes_nothing_along(tmp_path, harm):
    first, *others = twins(tmp_path)
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
    assert [row.action for row in plan.rows] == ["copy", "duplicate", "duplicate"]
    harm(first)
    done = carry_out(plan)
    contents = {path.read_bytes() for path in (tmp_path / "all").iterdir()}
    assert others[0].read_bytes() in contents
    told = [row.source for row in done.rows if row.action == "unreadable"]
    assert told == [str(first)] or first.read_bytes() in contents
    again = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
    assert {row.action for row in again.rows if row.source != str(first)} == {
        "duplicate"
    }


def test_a_first_file_that_cannot_be_checked_leaves_the_others(tmp_path, monkeypatch):
    """Its reason is its own: permission, not damage."""
    from bioloom.images.files import signatures

    first, *_ = twins(tmp_path)

    def no_permission(path):
        return "permission" if path == str(first) else ""

    monkeypatch.setattr(signatures, "reason_of_header", no_permission)
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
    assert [row.action for row in plan.rows] == ["unreadable", "copy", "duplicate"]


def test_untouched_twins_are_not_read_again(tmp_path, monkeypatch):
    twins(tmp_path, n=20)
    time.sleep(TICK)
    monkeypatch.setattr(copying, "_CLOCK_NS", 0)
    monkeypatch.setattr(copying, "same_bytes", None)  # to call it would fail
    for _ in range(2):
        plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")
        assert carry_out(plan) == plan
        time.sleep(TICK)
    assert len(list((tmp_path / "all").iterdir())) == 1


def test_a_file_that_grows_while_it_is_copied_is_told(tmp_path, monkeypatch):
    path, *_ = twins(tmp_path, n=1)
    plan = plan_merge([tmp_path / "in"], tmp_path / "all", check="header")

    def slowly(reading, writing, n_bytes):
        writing.write(reading.read(5))
        time.sleep(TICK)
        path.write_bytes(path.read_bytes()[:5] + b"new tail")
        writing.write(reading.read())

    monkeypatch.setattr(copying.shutil, "copyfileobj", slowly)
    done = carry_out(plan)
    assert [row.reason for row in done.rows] == ["changed"]
    assert not any(Path(tmp_path / "all").glob("*.png"))
