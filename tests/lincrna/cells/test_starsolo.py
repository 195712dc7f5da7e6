"""Counts beside those of STARsolo, which aligns and counts by itself."""

import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from bioloom.lincrna.inputs.sample import Lane, Sample
from bioloom.lincrna.simulate import simulation
from bioloom.lincrna.simulate.cells import DropletPlan

pytest.importorskip("anndata")
pytestmark = [pytest.mark.tools, pytest.mark.slow]
ROOT = Path(__file__).parents[3]
PLANS = (
    DropletPlan("THREE", "cell", "10xv3"),
    DropletPlan("FIVE", "cell", "10x5v2"),
    DropletPlan("NUCLEI", "nucleus", "10xv3"),
)


@pytest.fixture(scope="module")
def peer():
    """The benchmark's functions, which run STARsolo."""
    if shutil.which("STAR") is None:
        pytest.skip("needs STAR, which `make test` installs")
    spec = spec_from_file_location("starsolo", ROOT / "benchmarks/cells_starsolo.py")
    module = module_from_spec(spec)
    sys.modules["starsolo"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def simulated(tools, peer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("starsolo")
    simulation.simulate(folder, scale=0.5, with_cells=True, droplets=PLANS)
    (folder / "reference").mkdir()
    return peer.Reference(
        folder / "genome.fa", folder / "annotation.gtf", folder / "reference"
    )


@pytest.fixture(scope="module")
def mouse(tools, peer, data_dir, tmp_path_factory):
    folder = data_dir / "lincrna/mouse_mini/ref"
    return peer.Reference(
        folder / "genome.fa.gz",
        folder / "annotation.gtf.gz",
        tmp_path_factory.mktemp("mouse"),
    )


def counts(peer, sample, reference, folder):
    """Both counts, and bioloom's of STARsolo's alignments by STARsolo's rule."""
    own = peer.ours(sample, reference, folder)
    theirs = peer.starsolo(sample, reference, folder, own.barcodes)
    again = peer.counted_anew(
        sample, reference, folder, names=own.barcodes, finder=reference.as_starsolo
    )
    return own, theirs, again


@pytest.mark.parametrize("plan", PLANS, ids=[plan.name for plan in PLANS])
def test_simulated_cells_are_counted_as_starsolo_counts_them(
    peer, simulated, tmp_path, plan
):
    reads = simulated.folder.parent / "reads"
    files = tuple(reads / f"{plan.name}_R{mate}.fastq.gz" for mate in (1, 2))
    sample = Sample(
        plan.name, (Lane(files),), "auto", plan.kind, chemistry=plan.chemistry
    )
    own, theirs, again = counts(peer, sample, simulated, tmp_path)
    gene = peer.agreement(own.layers["exonic"], theirs["Gene"])
    full = peer.agreement(own.layers["full"], theirs["GeneFull"])
    assert gene.n_cells == 40
    assert gene.r > 0.98
    assert full.r > 0.99
    assert full.near > 0.98
    # by its own rule and on its own alignments the counts are the same but for few
    assert peer.agreement(again.layers["exonic"], theirs["Gene"]).equal > 0.98


@pytest.mark.data
@pytest.mark.parametrize("number", [58, 59])
def test_real_cells_are_counted_as_starsolo_counts_them(
    peer, mouse, data_dir, tmp_path, number
):
    stem = f"MACA_24m_M_BLADDER_{number}_S1_L001"
    folder = data_dir / "lincrna/mouse_mini/sc"
    files = tuple(folder / f"{stem}_R{mate}_001.fastq.gz" for mate in (1, 2))
    sample = Sample("m", (Lane(files),), "auto", "cell", chemistry="10xv2")
    own, theirs, again = counts(peer, sample, mouse, tmp_path)
    gene = peer.agreement(own.layers["exonic"], theirs["Gene"])
    assert gene.r > 0.99
    assert gene.near > 0.99
    assert peer.agreement(again.layers["exonic"], theirs["Gene"]).equal > 0.99
