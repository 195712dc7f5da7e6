"""Outside programs that judge results."""

import os
import shutil

import pytest


def needed(*names: str) -> None:
    """Skip a test without these programs; under CI it fails."""
    missing = [name for name in names if not shutil.which(name)]
    message = f"missing: {missing}; `make test` installs them"
    if missing and os.environ.get("CI"):
        pytest.fail(message)
    if missing:
        pytest.skip(message)
