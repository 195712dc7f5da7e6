"""The wheel: whole, and good without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import bioloom

SOURCE = Path(bioloom.__file__).parent
CHECKOUT = SOURCE.parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs Python with the wheel's files before everything else."""
    place = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--target", place, wheel], check=True, capture_output=True)

    def run(*words, **options):
        return subprocess.run(
            [sys.executable, *words],
            env=os.environ | {"PYTHONPATH": str(place)},
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
            **options,
        ).stdout

    return run


def test_it_holds_every_file_of_the_package(wheel):
    ours = {
        str(path.relative_to(SOURCE.parent))
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if name.startswith("bioloom/")}
        (told,) = (n for n in packed.namelist() if n.endswith("entry_points.txt"))
        commands = packed.read(told).decode()
    assert held == ours
    assert "bioloom = bioloom.cli:main" in commands


@pytest.mark.slow
def test_it_works_where_no_checkout_is(installed, tmp_path):
    place = installed("-c", "import bioloom; print(bioloom.__file__)")
    assert str(CHECKOUT) not in place
    main = ("-c", "from bioloom.cli import main; main()")
    assert installed(*main, "--version").split()[-1] == bioloom.__version__
    mirna, target = tmp_path / "m.fa", tmp_path / "t.fa"
    mirna.write_text(">let-7\nUGAGGUAGUAGGUUGUAUAGUU\n")
    target.write_text(">t\nAAACUACAACCUACUACCUCAGG\n")
    found = installed(*main, "mirna", "predict", str(mirna), str(target))
    assert "-35.3" in found
    words = ("explain", str(mirna), str(target), "--lang", "zh")
    assert "最小自由能" in installed(*main, "mirna", *words)
    installed(*main, "lincrna", "init", str(tmp_path / "project"))
    assert (tmp_path / "project" / "config.yaml").is_file()
