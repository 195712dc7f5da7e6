"""Runs that several tests look at, made once."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bioloom.lincrna.simulate import Simulation, simulate
from bioloom.lincrna.workflow.demo import DemoResult, run_demo
from bioloom.run.external import TOOLS


@pytest.fixture(scope="session")
def tools() -> None:
    """The outside programs; skipped without them, failed under CI."""
    missing = [tool.name for tool in TOOLS if not shutil.which(tool.name)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"missing: {missing}; `make test` installs them")
    if missing:
        pytest.skip(f"missing: {missing}; `make test` installs them")


@pytest.fixture(scope="session")
def demo(
    tools: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, DemoResult]:
    """The demo on two cores: its folder and its verdict."""
    out = tmp_path_factory.mktemp("Ann's demo")  # as people call their folders
    return out, run_demo(out, cores=2)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """A simulation of a fifth of the size."""
    return simulate(tmp_path_factory.mktemp("small"), scale=0.2)


@pytest.fixture
def configure(small: Simulation, tmp_path: Path) -> Callable[..., Path]:
    """Write a config.yaml on the small simulation, entries replaced as asked."""

    def write(**entries: object) -> Path:
        told = {
            "samples": small.samples_path,
            "genome": small.genome_path,
            "annotation": small.annotation_path,
            "domains": small.domains_path,
            "out": tmp_path / "out",
        } | entries
        path = tmp_path / "config.yaml"
        path.write_text("".join(f"{name}: {value}\n" for name, value in told.items()))
        return path

    return write
