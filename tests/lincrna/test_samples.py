"""What each sample's tools reported."""

import json
import math

import pytest

from bioloom.errors import BadRunFolder
from bioloom.lincrna.inputs.cell_facts import BarcodeFacts, write_facts
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.sample_sheet import SAMPLE_COLUMNS
from bioloom.lincrna.inputs.samples import (
    alignment_rates,
    n_transcripts,
    report_sample,
    samples_frame,
    tidy_assembly,
)

PAIRED = """\
HISAT2 summary stats:
\tTotal pairs: 18000
\t\tAligned concordantly or discordantly 0 time: 12 (0.07%)
\t\tAligned concordantly 1 time: 17820 (99.00%)
\t\tAligned concordantly >1 times: 160 (0.89%)
\t\tAligned discordantly 1 time: 8 (0.04%)
\tTotal unpaired reads: 24
\t\tAligned 0 time: 11 (45.83%)
\t\tAligned 1 time: 13 (54.17%)
\t\tAligned >1 times: 0 (0.00%)
\tOverall alignment rate: 99.97%
"""
SINGLE = """\
HISAT2 summary stats:
\tTotal reads: 12773
\t\tAligned 0 time: 363 (2.84%)
\t\tAligned 1 time: 11495 (89.99%)
\t\tAligned >1 times: 915 (7.16%)
\tOverall alignment rate: 97.16%
"""


def gtf(name, *spans, strand="+", chrom="1"):
    told = f'gene_id "g"; transcript_id "{name}"; cov "2.0";'
    rows = [
        ("transcript", (spans[0][0], spans[-1][1])),
        *(("exon", one) for one in spans),
    ]
    return "".join(
        f"{chrom}\tStringTie\t{kind}\t{first}\t{last}\t1000\t{strand}\t.\t{told}\n"
        for kind, (first, last) in rows
    )


def test_rates_of_paired_and_single_reads():
    assert alignment_rates(PAIRED) == (99.97, 99.0)
    assert alignment_rates(SINGLE) == (97.16, 89.99)


def test_the_old_summary_holds_the_overall_rate_at_least():
    overall, once = alignment_rates(
        "100 reads; of these:\n98.61% overall alignment rate\n"
    )
    assert overall == 98.61
    assert math.isnan(once)
    assert all(map(math.isnan, alignment_rates("")))


def test_an_assembly_is_sorted_by_place_and_keeps_its_rows(tmp_path):
    path = tmp_path / "a.gtf"
    blocks = [
        gtf("b", (500, 600)),
        gtf("c", (100, 200), (300, 400), strand="-"),
        gtf("a", (100, 200), (300, 400)),
        gtf("z", (5, 9), chrom="10"),
    ]
    path.write_text(
        "# stringtie -o a.gtf\n# StringTie version 2.2.1\n" + "".join(blocks)
    )
    in_order = "".join(blocks[number] for number in (2, 1, 0, 3))
    assert "".join(tidy_assembly(path)) == in_order
    path.write_text("".join(reversed(blocks)))
    assert "".join(tidy_assembly(path)) == in_order
    assert n_transcripts(path) == 4


def test_an_assembly_of_comments_alone_is_empty(tmp_path):
    path = tmp_path / "a.gtf"
    path.write_text("# stringtie -o a.gtf\n# StringTie version 2.2.1\n")
    assert tidy_assembly(path) == []
    assert n_transcripts(path) == 0


@pytest.fixture
def working(tmp_path):
    for name in ("reads", "strandness", "aligned", "assembled"):
        (tmp_path / name).mkdir()
    stats = {
        "n_reads": 100,
        "min_length_nt": 50,
        "max_length_nt": 101,
        "mean_length_nt": 101.0,
    }
    (tmp_path / "reads/s.raw.json").write_text(json.dumps(stats))
    (tmp_path / "reads/s.trimmed.json").write_text(
        json.dumps(stats | {"n_reads": 98, "mean_length_nt": 97.125})
    )
    strand = {
        "n_sense": 30,
        "n_antisense": 60,
        "strandness": "unstranded",
        "stated": "auto",
        "note": "unclear",
    }
    (tmp_path / "strandness/s.json").write_text(json.dumps(strand))
    (tmp_path / "aligned/s.summary.txt").write_text(PAIRED)
    (tmp_path / "assembled/s.gtf").write_text(gtf("a", (1, 9)) + gtf("b", (1, 7)))
    return tmp_path


def test_the_report_of_a_sample_gathers_what_the_steps_left(working):
    found = report_sample(Sample("s", (), "auto"), working)
    assert (found.n_reads, found.n_trimmed, found.read_length_nt) == (100, 98, 101)
    assert found.trimmed_length_nt == 97.12
    assert (found.sense_fraction, found.n_strand_reads) == (0.3333, 90)
    assert (found.mapped_percent, found.unique_percent) == (99.97, 99.0)
    assert (found.n_assembled, found.note) == (2, "unclear")
    frame = samples_frame([found])
    assert list(frame.columns) == list(SAMPLE_COLUMNS)
    assert frame.loc[0, "stated_strandness"] == "auto"
    assert (found.kind, found.n_cells, found.percent_in_cells) == ("bulk", None, None)


def test_a_working_folder_of_an_older_version_is_refused(working):
    old = {"n_reads": 98, "min_length_nt": 50, "max_length_nt": 101}
    (working / "reads/s.trimmed.json").write_text(json.dumps(old))
    with pytest.raises(BadRunFolder, match="no mean length of the reads"):
        report_sample(Sample("s", (), "auto"), working)


def test_of_droplets_it_tells_the_cells(working):
    (working / "cells/s").mkdir(parents=True)
    facts = {
        "n_cells": 2,
        "n_rescued": 1,
        "percent_in_cells": 85.0,
        "percent_ambient": 3.5,
        "percent_antisense": 0.5,
        "note": "few barcodes",
    }
    (working / "cells/s/cells.json").write_text(json.dumps(facts))
    barcodes = BarcodeFacts("10xv3", "forward", ["A", "C"], "knee", 100, 7, [80, 5])
    write_facts(barcodes, working / "cells/s/barcodes.json")
    found = report_sample(Sample("s", (), "auto", "nucleus"), working)
    assert (found.kind, found.n_cells, found.percent_in_cells) == ("nucleus", 2, 85)
    assert (found.n_rescued, found.n_unusable) == (1, 7)
    assert found.note == "unclear; few barcodes"
