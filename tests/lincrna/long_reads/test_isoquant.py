"""IsoQuant in place of StringTie assembles long reads."""

import os
import shutil
from pathlib import Path

import pytest

from bioloom.errors import MissingFile
from bioloom.genome.gtf import read_annotation
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.inputs.samples import tidy_assembly
from bioloom.lincrna.output.methods import methods_of
from bioloom.lincrna.simulate import Simulation
from bioloom.lincrna.workflow.isoquant_steps import (
    isoquant_options,
    write_isoquant_annotation,
    write_isoquant_models,
)
from bioloom.run.record import read_record
from tests.lincrna.long_reads.test_workflow_long import (
    configured,
    example,
    judged,
    ran,
    rows_of,
)
from tests.lincrna.test_workflow import results
from tests.lincrna.test_workflow_errors import only_tools_but
from tests.shell import bioloom

__all__ = ["example"]
PROGRAM = os.environ.get("BIOLOOM_ISOQUANT") or shutil.which("isoquant")
with_isoquant = pytest.mark.skipif(
    not PROGRAM,
    reason="no isoquant on PATH or in BIOLOOM_ISOQUANT (an environment of its own)",
)
# rows as IsoQuant 4.1.0 writes them
MODELS = """\
# S IsoQuant generated GTF
chr1\tIsoQuant\tgene\t101\t900\t.\t-\t.\tgene_id "novel_gene_chr1_3"; transcripts "1"; 
chr1\tIsoQuant\ttranscript\t101\t900\t.\t-\t.\tgene_id "novel_gene_chr1_3"; transcript_id "transcript2.chr1.nnic"; exons "2"; 
chr1\tIsoQuant\texon\t501\t900\t.\t-\t.\tgene_id "novel_gene_chr1_3"; transcript_id "transcript2.chr1.nnic"; exon "1"; exon_id "chr1.1"; 
chr1\tIsoQuant\texon\t101\t300\t.\t-\t.\tgene_id "novel_gene_chr1_3"; transcript_id "transcript2.chr1.nnic"; exon "2"; exon_id "chr1.2"; 
"""  # noqa: E501, W291 (as it is written)


def write_results(folder: Path, models: str) -> Path:
    (folder / "S.transcript_models.gtf").write_text(models)
    row = "transcript2.chr1.nnic\t{}\n" if "nnic" in models else "{0:.0}"
    for kind, number in (("counts", "28.00"), ("tpm", "15.5")):
        path = folder / f"S.discovered_transcript_{kind}.tsv"
        path.write_text(f"feature_id\t{kind}\n{row.format(number)}")
    return folder / "S"


def test_models_of_isoquant_are_written_as_those_of_stringtie(tmp_path: Path) -> None:
    write_isoquant_models(
        write_results(tmp_path, MODELS), tmp_path / "o.gtf", sample="S"
    )
    [tx] = read_annotation(tmp_path / "o.gtf").transcripts
    assert tx.transcript_id == "S.transcript2.chr1.nnic"
    assert (tx.strand, tx.exons) == ("-", ((100, 300), (500, 900)))
    first = (tmp_path / "o.gtf").read_text().splitlines()[1]
    assert 'cov "28.0"; FPKM "15.5"; TPM "15.5";' in first
    assert len(tidy_assembly(tmp_path / "o.gtf")) == 3


def test_a_sample_without_models_has_an_empty_assembly(tmp_path: Path) -> None:
    results_path = write_results(tmp_path, "# S IsoQuant generated GTF\n")
    write_isoquant_models(results_path, tmp_path / "o.gtf", sample="S")
    assert tidy_assembly(tmp_path / "o.gtf") == []


def test_each_name_of_the_annotation_is_there_once(
    small: Simulation, tmp_path: Path
) -> None:
    write_isoquant_annotation(small.annotation_path, tmp_path / "i.gtf")
    given, made = (
        read_annotation(path).transcripts
        for path in (small.annotation_path, tmp_path / "i.gtf")
    )
    assert {(tx.chrom, tx.strand, tx.exons) for tx in given} == {
        (tx.chrom, tx.strand, tx.exons) for tx in made
    }
    lines = (tmp_path / "i.gtf").read_text().splitlines()
    genes = [line for line in lines if "\tgene\t" in line]
    assert len(set(genes)) == len(genes) == len({tx.gene_id for tx in given})
    assert len({tx.transcript_id for tx in made}) == len(made)


def test_what_reads_end_with_is_told() -> None:
    def told(kind, bam=None) -> str:
        return isoquant_options(Sample("S", (), "auto", kind, bam=bam))

    assert told("ont_cdna").endswith("--polya_trimmed tag:os")
    assert told("ont_cdna", Path("a.bam")).endswith("--polya_trimmed none")
    assert told("ont_drna") == (
        "--data_type nanopore --stranded forward --polya_trimmed all"
    )
    assert told("pacbio", Path("a.bam")).startswith("--data_type pacbio_ccs --str")


def test_a_path_of_isoquant_that_is_not_there_is_told(configure) -> None:
    config = configure(long_reads="{assembler: isoquant, isoquant: env/bin/isoquant}")
    with pytest.raises(MissingFile, match="env/bin/isoquant"):
        read_run_config(config)


@pytest.mark.tools
def test_a_missing_isoquant_is_told_before_the_run(
    example: Simulation, tmp_path: Path
) -> None:
    config = configured(example, tmp_path, lambda row: row["sample"] == "R")
    config.write_text(config.read_text() + "long_reads: {assembler: isoquant}\n")
    env = only_tools_but("isoquant", tmp_path / "bin")
    told = bioloom("lincrna", "run", "--config", config, env=env).stderr
    assert "conda install bioconda::isoquant" in told


@pytest.mark.tools
@pytest.mark.slow
@with_isoquant
def test_isoquant_finds_every_lincrna_and_no_decoy(
    example: Simulation, tmp_path: Path
) -> None:
    runs = []
    for cores in (1, 2):
        config = configured(
            example, tmp_path / str(cores), lambda row: row["sample"] in "LRPAC"
        )
        setting = f"long_reads: {{assembler: isoquant, isoquant: {PROGRAM}}}\n"
        config.write_text(config.read_text() + setting)
        runs.append(ran(config, "--cores", cores))
    assert results(runs[0]) == results(runs[1])
    verdict = judged(runs[0], example, samples={"L", "R", "P"})
    assert verdict.to_text().endswith(": as expected")
    assert read_record(runs[0])["tools"]["isoquant"][0].isdigit()
    assert "were assembled with IsoQuant" in methods_of(runs[0]).text
    # beside short reads StringTie assembles both
    logs = {path.stem for path in (runs[0] / "working/logs/isoquant").iterdir()}
    assert logs == {"L", "R", "P"}
    told = {row["sample"]: row for row in rows_of(runs[0] / "tables/samples.tsv")}
    assert int(told["L"]["n_assembled"]) > 20
    assert not [*(runs[0] / "working/isoquant").iterdir()]
