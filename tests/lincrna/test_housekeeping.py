"""Overlap with housekeeping RNAs."""

import pytest

from bioloom.genome.organelles import organelles
from bioloom.lincrna.loci.housekeeping import HousekeepingOverlap, housekeeping_overlaps
from tests.lincrna.builders import tx

SNO = tx("SNO", (500, 600), gene_biotype="snoRNA", gene_name="SNORD1")


def overlap(transcript, rnas=(SNO,), **options):
    [found] = housekeeping_overlaps([transcript], rnas, **options)
    return found


def test_a_host_with_the_small_rna_in_an_intron_does_not_overlap():
    gas5 = tx("GAS5", (100, 450), (650, 900))
    assert overlap(gas5) == HousekeepingOverlap()


def test_both_fractions_are_told_and_that_of_the_transcript_counts():
    found = overlap(tx("a", (550, 950)))
    assert (found.rna, found.biotype, found.overlap_nt) == ("SNORD1", "snoRNA", 50)
    assert (found.of_transcript, found.of_rna) == (0.125, 0.5)
    assert found.fraction == 0.125


def test_a_small_rna_in_a_long_exon_is_a_small_part_of_it():
    u6 = tx("RNU6-9P", (1000, 1107), gene_biotype="snRNA")
    assert overlap(tx("linc", (0, 3000)), [u6]).fraction == pytest.approx(107 / 3000)


@pytest.mark.parametrize(("strand", "shared"), [("+", 100), (".", 100), ("-", 0)])
def test_only_the_same_or_an_unknown_strand_counts(strand, shared):
    assert overlap(tx("a", (400, 700), strand=strand)).overlap_nt == shared


def test_an_rna_without_strand_counts_on_both():
    rna = tx("r", (500, 600), strand=".")
    assert overlap(tx("a", (400, 700), strand="-"), [rna]).overlap_nt == 100


def test_the_rna_with_the_largest_fraction_is_told():
    large = tx("large", (100, 5000), gene_biotype="rRNA")
    found = overlap(tx("a", (550, 1450)), [SNO, large])
    assert (found.rna, found.fraction) == ("large", 1.0)
    assert overlap(tx("a", (0, 700)), [SNO, large]).rna == "large"


def test_touching_shares_nothing():
    assert overlap(tx("a", (600, 700))).fraction == 0.0


def test_every_transcript_of_an_organelle_overlaps_in_full():
    plastid = organelles(["ChrC", "Chr1"])
    found = overlap(tx("a", (0, 300), chrom="ChrC"), (), organelles=plastid)
    assert (found.rna, found.biotype, found.fraction) == ("ChrC", "organelle", 1.0)
    found = overlap(tx("a", (0, 300), chrom="Chr1"), (), organelles=plastid)
    assert found == HousekeepingOverlap()
