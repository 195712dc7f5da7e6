"""Contigs that are organelles."""

from typing import NamedTuple

import pytest

from bioloom.genome.organelles import organelles


class Region(NamedTuple):
    genome: str


@pytest.mark.parametrize(
    ("name", "organelle"),
    [
        *((name, "mitochondrion") for name in ("chrM", "MT", "MtDNA", "Mito", "ChrM")),
        *((name, "mitochondrion") for name in ("mitochondrion_genome", "NC_001328.1")),
        *((name, "plastid") for name in ("Pt", "ChrC", "Pltd", "chloroplast")),
        ("NC_000932.1", "chloroplast"),
    ],
)
def test_by_name_and_accession(name, organelle):
    assert organelles([name])[name].organelle == organelle


@pytest.mark.parametrize(
    "name",
    ["chr1", "C1", "C", "chrUn_C", "X", "2L", "Mt1", "scaffold_M", "NC_000001.1"],
)
def test_chromosomes_are_none(name):
    assert organelles([name]) == {}


def test_by_region_row():
    found = organelles(["scf7", "scf8"], regions={"scf7": Region("mitochondrion")})
    assert [*found] == ["scf7"]
    assert found["scf7"].recognised_by == "region row"


def test_the_list_adds_to_or_replaces_what_is_recognised():
    contigs = ["chrM", "scf7"]
    assert [*organelles(contigs, listed=("auto", "scf7"))] == contigs
    assert [*organelles(contigs, listed=("scf7",))] == ["scf7"]
    assert organelles(contigs, listed=()) == {}
