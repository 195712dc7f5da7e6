"""The reference program."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def reference() -> None:
    """RNAhybrid; skipped without it, failed under CI."""
    if not shutil.which("RNAhybrid"):
        if os.environ.get("CI"):
            pytest.fail("missing: RNAhybrid; `make test` installs it")
        pytest.skip("missing: RNAhybrid; `make test` installs it")
