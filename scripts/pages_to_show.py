"""Pages of every kind, made by the commands that users run.

Each kind of page is a function that runs its commands in a folder and returns the page
in each language that it has.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.images.things import draw_things
from tests.lincrna.marking.planted import planted
from tests.report.test_every_room import examples, predictions, reads

from bioloom.lincrna.simulate import simulate

Pages = Mapping[str, Path]
_TWO = ("report.html", "report.zh.html")
_CONFIG = """\
samples: samples.tsv
genome: genome.fa
annotation: annotation.gtf
domains: domains.hmm
out: ../run
comparison:
  design: ~ layout + condition
browser:
  coverage: true
"""


def bioloom(*words: object, cwd: Path) -> None:
    """Run a command of bioloom."""
    command = [sys.executable, "-m", "bioloom", "-q", *map(str, words)]
    subprocess.run(command, check=True, cwd=cwd, stdout=subprocess.DEVNULL)


def _both(folder: Path) -> Pages:
    return dict(zip(("en", "zh"), (folder / name for name in _TWO), strict=True))


def _run(*words: object) -> Callable[[Path], Pages]:
    """Pages of a command that takes nothing but a folder to write."""

    def make(folder: Path) -> Pages:
        bioloom(*words, "--out", "run", cwd=folder)
        return _both(folder / "run")

    return make


def _each_language(*words: object, option: str) -> Callable[[Path], Pages]:
    """Pages of a command that writes one in the language that it is asked for."""

    def make(folder: Path) -> Pages:
        found = {}
        for language in ("en", "zh"):
            found[language] = folder / f"{language}.html"
            bioloom(*words, "--lang", language, option, found[language], cwd=folder)
        return found

    return make


def lincrna(folder: Path) -> Pages:
    """The report of a run from simulated reads, with a comparison and coverage."""
    simulate(folder / "data")
    (folder / "data" / "config.yaml").write_text(_CONFIG)
    bioloom(
        *("lincrna", "run", "--config", "data/config.yaml", "--cores", 2), cwd=folder
    )
    return _both(folder / "run")


def lincrna_inspect(folder: Path) -> Pages:
    """What is understood of an annotation."""
    simulate(folder / "data", scale=0.3)
    given = ("--annotation", "data/annotation.gtf", "--genome", "data/genome.fa")
    return _each_language("lincrna", "inspect", *given, option="--out")(folder)


def lincrna_mark(folder: Path) -> Pages:
    """Markers of clusters of simulated cells."""
    planted().write_h5ad(folder / "cells.h5ad")
    bioloom("lincrna", "mark", "cells.h5ad", "--out", "run", cwd=folder)
    return _both(folder / "run")


def graph_links(folder: Path) -> Pages:
    """Missing links of the karate club."""
    bioloom("graph", "links", "--runs", 2, "--out", "run", cwd=folder)
    return _both(folder / "run")


def network(folder: Path) -> Pages:
    """The interactive page of a trained model's predictions."""
    bioloom("graph", "train", "--model", "gcn", "--out", "run", cwd=folder)
    bioloom("graph", "draw", "run", "--page", "--out", "drawn", cwd=folder)
    chinese = next((folder / "drawn").glob("*.zh.html"))
    return {"en": chinese.with_name(chinese.name.replace(".zh", "")), "zh": chinese}


def images(folder: Path) -> Pages:
    """A classifier of drawn creatures."""
    bioloom("images", "demo", "--out", "demo", cwd=folder)
    return _both(folder / "demo" / "run")


def images_labels(folder: Path) -> Pages:
    """A classifier of pictures that have several labels."""
    table = draw_things(folder / "things", 140, rng_seed=1, plant="stripes")
    bioloom("images", "train", table, "--multilabel", "--out", "run", cwd=folder)
    return _both(folder / "run")


def images_inspect(folder: Path) -> Pages:
    """What is wrong with a set of pictures; it holds a copy and an unreadable file."""
    bioloom("images", "demo", "--out", "demo", cwd=folder)
    pictures = folder / "demo" / "pictures"
    kinds = sorted(one for one in pictures.rglob("*") if one.is_dir())
    first = min(kinds[-1].glob("*.*"))
    (kinds[-1] / "copy.png").write_bytes(first.read_bytes())
    (kinds[0] / "cut.png").write_bytes(first.read_bytes()[:200])
    bioloom("images", "inspect", pictures, "--out", "run", cwd=folder)
    return _both(folder / "run")


def debruijn_assemble(folder: Path) -> Pages:
    """Contigs of a few reads."""
    given = (reads(folder / "r.fa"), "--k", 15, "--min-count", 1, "--min-length", 20)
    return _run("debruijn", "assemble", *given)(folder)


def debruijn_graph(folder: Path) -> Pages:
    """Unitigs of a few reads."""
    return _run("debruijn", "graph", reads(folder / "r.fa"), "--k", 15)(folder)


def bounds_simulate(folder: Path) -> Pages:
    """How often a sample is representative."""
    given = (examples(folder / "t.csv"), "--feature", "edges", "--sample", 20)
    return _run("bounds", "simulate", *given, "--draws", 50)(folder)


def bounds_report(folder: Path) -> Pages:
    """What a table of predictions proves."""
    given = ("bounds", "report", predictions(folder / "p.csv"))
    return _each_language(*given, option="--page")(folder)


def lesson(folder: Path) -> Pages:
    """The lesson of lincRNAs; it holds both languages."""
    bioloom("lesson", "lincrna", "--out", "lesson.html", cwd=folder)
    return {"en": folder / "lesson.html", "zh": folder / "lesson.html"}


KINDS: Mapping[str, Callable[[Path], Pages]] = {
    "lincrna": lincrna,
    "lincrna_inspect": lincrna_inspect,
    "lincrna_mark": lincrna_mark,
    "mirna": _run("mirna", "demo"),
    "graph": _run("graph", "train", "--model", "gcn", "--model", "sage"),
    "graph_links": graph_links,
    "network": network,
    "images": images,
    "images_labels": images_labels,
    "images_inspect": images_inspect,
    "debruijn_graph": debruijn_graph,
    "debruijn_assemble": debruijn_assemble,
    "bounds_report": bounds_report,
    "bounds_simulate": bounds_simulate,
    "backprop": _each_language("backprop", "trace", option="--report"),
    "lesson": lesson,
}
"""Kinds of pages by name."""
