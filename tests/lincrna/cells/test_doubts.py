"""Doubts are raised about novel transcripts, in words, and reject nothing."""

from bioloom.genome.gtf import read_annotation, write_gtf
from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.collect import collect
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.doubts import doubts
from bioloom.lincrna.workflow.read_steps import prefer_first
from tests.lincrna.builders import evidence


def tx(name, *exons, strand="+"):
    return Transcript(name, name, "1", strand, exons)


def test_support_counts_bulk_samples_apart():
    model = tx("N", (0, 100), (200, 300))
    [found] = collect(
        [model],
        lncrna=[],
        annotated=[],
        samples={"bulk": [tx("B", (0, 90))], "cells": [model]},
        droplet_samples={"cells"},
    )
    assert (found.n_samples, found.n_bulk_samples) == (1, 0)


def test_a_model_from_droplets_stands_only_where_no_bulk_model_does(tmp_path):
    bulk = [tx("MSTRG.1.1", (0, 100), (200, 300)), tx("REF", (900, 950))]
    cells = [
        tx("CELLS.1.1", (250, 300)),  # overlaps the bulk model's exon
        tx("CELLS.2.1", (120, 180)),  # lies in its intron
        tx("CELLS.3.1", (250, 300), strand="-"),  # other strand
        tx("REF", (900, 950)),
    ]
    for name, models in (("bulk", bulk), ("cells", cells)):
        write_gtf(tmp_path / f"{name}.gtf", models)
    prefer_first([tmp_path / "bulk.gtf", tmp_path / "cells.gtf"], tmp_path / "out.gtf")
    kept = [
        one.transcript_id for one in read_annotation(tmp_path / "out.gtf").transcripts
    ]
    assert kept == ["MSTRG.1.1", "REF", "CELLS.2.1", "CELLS.3.1"]


def test_one_exon_in_an_intron_is_doubted_as_unspliced_rna():
    host = tx("HOST", (0, 100), (500, 600))
    models = [
        host,
        tx("INSIDE", (100, 500)),
        tx("ACROSS", (99, 300)),
        tx("OPPOSITE", (200, 300), strand="-"),
        tx("SPLICED", (150, 200), (300, 350)),
    ]
    found = collect(models, lncrna=[], annotated=[])
    hosts = {item.transcript.transcript_id: item.host for item in found if item.host}
    assert hosts == {"INSIDE": "HOST"}
    inside = next(item for item in found if item.host)
    told = doubts(inside, evidence(inside.transcript), FilterSettings())
    assert told == ("in an intron of HOST: likely its unspliced RNA",)


def test_a_known_transcript_has_no_host():
    host, inside = tx("HOST", (0, 100), (500, 600)), tx("KNOWN", (200, 300))
    found = collect([host], lncrna=[inside], annotated=[inside])
    assert [item.host for item in found] == ["", ""]
