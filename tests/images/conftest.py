"""Pictures that tests of this room share."""

import pytest
import torch

from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.settings import Settings
from bioloom.images.training_run import train_classifier


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def creatures(tmp_path_factory):
    """Class folders of drawn creatures, 40 each."""
    return draw_families(tmp_path_factory.mktemp("creatures"), n=40, rng_seed=1)


@pytest.fixture(scope="session")
def run(creatures, tmp_path_factory):
    """A finished run on them, frozen features at 96 pixels, and its result."""
    (creatures / "moppets" / "broken.png").write_bytes(b"<html>")
    out = tmp_path_factory.mktemp("run")
    result = train_classifier(creatures, out, Settings(side=96))
    (creatures / "moppets" / "broken.png").unlink()
    return out, result
