"""The way through the rooms, as `make story` walks it."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bioloom.lincrna.workflow.demo import DemoResult
from bioloom.seq.fasta import read_fasta

pytestmark = [pytest.mark.tools, pytest.mark.slow]
SCRIPT = Path(__file__).parents[2] / "scripts" / "story.sh"


@pytest.fixture(scope="module")
def story(demo: tuple[Path, DemoResult], tmp_path_factory) -> Path:
    """The story told from the demo's candidates on."""
    folder = tmp_path_factory.mktemp("story")
    for part in ("input", "run"):
        shutil.copytree(demo[0] / part, folder / part)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [SCRIPT, folder],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_step_leaves_a_working(story):
    found = sorted(path.name for path in (story / "working").iterdir())
    assert found == [
        *("1_comparison.txt", "1_lincrna.txt", "1_partners.txt", "2_mirna.txt"),
        *("3_graph.txt", "4_bounds.txt"),
    ]
    for path in (story / "working").iterdir():
        assert re.search(r"^1\. .+", path.read_text(), re.MULTILINE), path


def test_each_mirna_binds_where_it_was_made_to(story):
    with (story / "sites.tsv").open() as stream:
        sites = list(csv.DictReader(stream, delimiter="\t"))
    n_found = 0
    made = list(read_fasta(story / "mirnas.fa"))
    for mirna in made:
        target, first, last = re.fullmatch(
            r"(.+):(\d+)-(\d+)", mirna.description
        ).groups()
        n_found += any(
            site["mirna"] == mirna.name
            and site["target"] == target
            and int(site["start"]) < int(last)
            and int(first) <= int(site["end"])
            for site in sites
        )
    # weak ones, of A and U alone, do not reach -22 kcal/mol
    assert n_found >= 0.9 * len(made)


def test_every_node_of_the_network_has_a_sequence(story):
    with (story / "nodes.tsv").open() as stream:
        nodes = {
            row["id"]: row["label"] for row in csv.DictReader(stream, delimiter="\t")
        }
    candidates = {record.name for record in read_fasta(story / "run" / "candidates.fa")}
    assert {name for name, label in nodes.items() if label == "lincRNA"} == candidates
    for model in ("gcn", "gat", "sage"):
        assert (story / "network" / f"pred_{model}.npy").is_file()


def test_partners_and_like_changes_are_edges_between_candidates_and_genes(story):
    with (story / "nodes.tsv").open() as stream:
        label = {
            row["id"]: row["label"] for row in csv.DictReader(stream, delimiter="\t")
        }
    with (story / "edges.tsv").open() as stream:
        edges = list(csv.DictReader(stream, delimiter="\t"))
    kinds = {edge["kind"] for edge in edges}
    assert kinds == {"site", "cis partner", "both up", "both down"}
    for edge in edges:
        ends = (label[edge["source"]], label[edge["target"]])
        assert edge["kind"] == "site" or ends == ("lincRNA", "gene"), edge


def test_the_claim_is_about_the_test_nodes(story):
    told = (story / "working" / "4_bounds.txt").read_text()
    assert "models: gcn, gat, sage" in told
    assert re.search(r"gcn: \d+ of \d+ test examples are wrong", told)
    assert "models tried on this test set: 3" in told
