"""The reference program, and the room's command."""

import os
import shutil
import warnings
from typing import NamedTuple

import pytest


class Done(NamedTuple):
    """A command that ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def bioloom(bioloom_cli):
    """Run a command of the room, in this process."""

    def run(*words):
        with warnings.catch_warnings():  # which are notes of the command
            warnings.simplefilter("always")
            return Done(*bioloom_cli("mirna", *words))

    return run


@pytest.fixture(scope="session")
def reference() -> None:
    """RNAhybrid; skipped without it, failed under CI."""
    if not shutil.which("RNAhybrid"):
        if os.environ.get("CI"):
            pytest.fail("missing: RNAhybrid; `make test` installs it")
        pytest.skip("missing: RNAhybrid; `make test` installs it")
