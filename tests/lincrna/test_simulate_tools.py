"""The workflow's own tools find the simulated transcripts."""

import csv
import os
import re
import shutil
import subprocess

import pytest

from bioloom.lincrna.simulate import simulate

TOOLS = ("hisat2", "hisat2-build", "samtools", "stringtie")
pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(
        not all(map(shutil.which, TOOLS)) and "CI" not in os.environ,
        reason="needs HISAT2, samtools, StringTie",
    ),
]


def run(*command, folder):
    done = subprocess.run(
        [str(word) for word in command], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def chains(path):
    exons = {}
    for line in path.read_text().splitlines():
        columns = line.split("\t")
        if len(columns) == 9 and columns[2] == "exon":
            name = re.search('transcript_id "([^"]+)"', columns[8])[1]
            key = (name, columns[0], columns[6])
            exons.setdefault(key, []).append((int(columns[3]), int(columns[4])))
    found = {}
    for (name, chrom, strand), spans in exons.items():
        borders = [border for span in sorted(spans) for border in span][1:-1]
        found[name] = (chrom, strand, tuple(borders))
    return found


def assemble(simulation, sample, *, is_paired, folder):
    at = simulation.folder / "reads" / sample
    paired = ["-1", f"{at}_1.fastq.gz", "-2", f"{at}_2.fastq.gz"]
    source = paired if is_paired else ["-U", f"{at}.fastq.gz"]
    strand = ["--rna-strandness", "RF"] if is_paired else []
    sam, bam, gtf = (f"{sample}.{ending}" for ending in ("sam", "bam", "gtf"))
    log = run(
        "hisat2", "--dta", "-x", "index", *strand, *source, "-S", sam, folder=folder
    )
    run("samtools", "sort", "-o", bam, sam, folder=folder)
    rf = ["--rf"] if is_paired else []
    run("stringtie", bam, *rf, "-o", gtf, folder=folder)
    return gtf, float(re.search(r"([\d.]+)% overall", log)[1])


def test_unannotated_introns_are_assembled_exactly(tmp_path):
    simulation = simulate(tmp_path / "simulation", scale=0.3)
    run("hisat2-build", "-q", simulation.genome_path, "index", folder=tmp_path)
    made = [
        assemble(simulation, sample, is_paired=sample != "C", folder=tmp_path)
        for sample in ("A", "B", "C")
    ]
    assert min(rate for _, rate in made) >= 95
    known = simulation.annotation_path
    merge = ("stringtie", "--merge", "-G", known, "-o", "merged.gtf")
    run(*merge, *(gtf for gtf, _ in made), folder=tmp_path)
    merged = chains(tmp_path / "merged.gtf")
    novel = {chain for name, chain in merged.items() if name.startswith("MSTRG.")}
    true = chains(simulation.models_path)
    with simulation.truth_path.open() as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["annotated"] == "no" and float(row["coverage"]) >= 5
        ]
    wanted = [true[f"{row['locus_id']}.1"] for row in rows if int(row["n_exons"]) > 1]
    assert len(wanted) >= 10
    assert set(wanted) <= novel
    unstranded = [
        strand for chrom, strand, borders in novel if strand == "." and not borders
    ]
    assert unstranded == ["."]
