"""Settings and fixtures of all tests."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from bioloom.cli import main

# the words that tests ask for are English, whatever the developer's own language
os.environ["LC_ALL"] = "C.UTF-8"

settings.register_profile("bioloom", deadline=None, derandomize=True)
settings.load_profile("bioloom")

DATA = Path(
    os.environ.get("BIOLOOM_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")
)


CASES = Path(os.environ.get("BIOLOOM_TEST_CASES", DATA.parent / "cases"))


def pytest_collection_modifyitems(items):
    """Mark what reads the real data, so that `make test-fast` leaves it out."""
    for item in items:
        if {"data_dir", "cases_dir"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("data")


@pytest.fixture(scope="session")
def cases_dir() -> Path:
    """Small inputs that went wrong once; skipped without them, failed under CI."""
    return _folder(CASES, "the cases", "BIOLOOM_TEST_CASES")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Real data (see docs/testing.md); skipped without them, failed under CI."""
    return _folder(DATA, "the real test data", "BIOLOOM_TEST_DATA")


def _folder(path: Path, what: str, variable: str) -> Path:
    if not path.is_dir():
        if os.environ.get("CI") and not os.environ.get("BIOLOOM_DATA_OPTIONAL"):
            pytest.fail(f"{what} are not at {path}: set {variable}")
        pytest.skip(f"needs {what} at {path} (set {variable})")
    return path


@pytest.fixture
def bioloom_cli(monkeypatch, capsys):
    """Run a command as the shell would: exit code, output, error output."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["bioloom", *map(str, words)])
        try:
            main()
        except SystemExit as done:
            code = done.code or 0
        else:
            code = 0
        told = capsys.readouterr()
        return code, told.out, told.err

    return run
