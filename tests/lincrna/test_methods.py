"""The methods of a run as a paragraph: every number is that of its record."""

import json
import re
from dataclasses import asdict

import pytest

import bioloom
from bioloom.errors import BadRunFolder
from bioloom.lincrna.output.methods import methods_of
from bioloom.lincrna.output.references import PAPERS, bibtex, ris
from bioloom.lincrna.settings import FilterSettings
from tests.lincrna.toy import write_toy

SAMPLES = (
    "sample\tkind\treads_from\nA\tbulk\tFASTQ\nB\tbulk\tFASTQ\nC\tnucleus\tFASTQ\n"
)
CRITERIA = ("intergenic", "distance", "length", "orf", "coding", "housekeeping")


def run_folder(folder, *, samples=SAMPLES, criteria=CRITERIA, filters=None, **changes):
    """A run folder with what the paragraph is made of."""
    arguments = {
        "trimming": {"quality": 17, "min_length_nt": 31},
        "trimmer": "trim_galore",
        "aligner": "hisat2",
        "assembly": {"min_coverage": 1.5, "merge_min_tpm": 0.7},
        "filters": asdict(FilterSettings()) | (filters or {}),
        "comparison": {"design": "", "alpha": 0.07},
    }
    record = {
        "command": "lincrna run",
        "arguments": arguments | changes,
        "tools": {"fastqc": "9.1", "trim_galore": "9.2", "cutadapt": "9.3"}
        | {"hisat2": "9.4", "samtools": "9.5", "stringtie": "9.6", "STAR": "9.7"}
        | {"fastp": "9.8"},
        "packages": {"snakemake": "8.1", "pyhmmer": "8.2", "pydeseq2": "8.3"},
        "version": bioloom.__version__,
        "state": "finished",
    }
    (folder / "tables").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "tables" / "samples.tsv").write_text(samples)
    rows = "".join(f"transcript\tknown\t{name}\n" for name in criteria)
    (folder / "tables" / "attrition.tsv").write_text(
        f"level\torigin\tcriterion\n{rows}"
    )
    return folder


def test_it_says_what_was_done_with_the_versions_of_the_run(tmp_path):
    found = methods_of(run_folder(tmp_path / "run"))
    for words in (
        "Reads of 2 bulk samples and 1 single-nucleus sample were checked with",
        "FastQC 9.1 [1]",
        "trimmed with Trim Galore 9.2",
        "cutadapt 9.3 [3] (quality from 17, at least 31 nt)",
        "HISAT2 9.4",
        "StringTie 9.6 [6] (coverage from 1.5, in the merge from 0.7 TPM)",
        "at least 2000 nt from a coding gene on the same strand if it has one exon",
        "longest ORF below 100 aa; coding probability below the threshold of the model",
        "less than 50%",
    ):
        assert words in found.text
    for absent in ("STAR", "fastp", "PyHMMER", "PyDESeq2", "domain", "TPM (with"):
        assert absent not in found.text
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", found.text)]
    first = list(dict.fromkeys(numbers))  # StringTie assembles and measures
    assert first == [*range(1, len(found.references) + 1)]
    assert "7. Mölder F" in str(found)


def test_what_was_set_is_what_is_said(tmp_path):
    filters = {
        "gap_mono_nt": "auto",
        "orf_mode": "calibrated",
        "coding_threshold": 0.25,
        "min_samples": 2,
        "strictness": "transcript",
    }
    found = methods_of(
        run_folder(
            tmp_path / "run",
            samples="sample\tkind\treads_from\nA\tbulk\tBAM\nB\tbulk\tFASTQ\n",
            criteria=(*CRITERIA, "domain", "homology", "expression"),
            filters=filters,
            trimmer="fastp",
            aligner="star",
            domains="/data/Pfam-A.hmm.gz",
            proteins=None,
            comparison={"design": "~ sex", "alpha": 0.07},
        )
    )
    for words in (
        "Reads of 1 bulk sample were checked and trimmed with fastp 9.8",
        "aligned to the genome with STAR 9.7",
        "Alignments of 1 sample were taken as given.",
        "at least a limit learned from the annotation from a coding gene",
        "coding probability below 0.25",
        "no domain of Pfam-A.hmm.gz at its gathering threshold (PyHMMER 8.2",
        "at least 0.5 TPM (with one exon 1) in 2 samples or more",
        "PyDESeq2 8.3",
        "`~ sex`, at a false discovery rate of 0.07",
    ):
        assert words in found.text
    for absent in ("HISAT2", "longest ORF", "A locus was dropped", "/data", "protein"):
        assert absent not in found.text


def test_references_are_bibtex_and_ris():
    texts = bibtex(PAPERS.values())
    assert len(re.findall(r"^@(article|misc)\{\w+,$", texts, re.MULTILINE)) == len(
        PAPERS
    )
    assert texts.count("{") == texts.count("}")
    assert (
        "author = {Danecek, P. and Bonfield, J. K. and Liddle, J. and others}" in texts
    )
    for entry in ris(PAPERS.values()).rstrip("\r\n").split("\r\n\r\n"):
        lines = entry.split("\r\n")
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
        assert lines[0][:2] == "TY"
        assert lines[-1] == "ER  - "
    for paper in PAPERS.values():
        assert paper.doi.startswith("10.") or paper.url.startswith("https://")
        assert paper.link in paper.text()


def test_the_command_describes_a_filter_run(bioloom_cli, tmp_path):
    toy = write_toy(tmp_path)
    code, _, err = bioloom_cli(
        *("lincrna", "filter", "--gtf", toy / "assembly.gtf"),
        *("--genome", toy / "genome.fa", "--annotation", toy / "annotation.gtf"),
        *("--min-length-nt", "250", "--out", tmp_path / "run"),
    )
    assert code == 0, err
    code, out, err = bioloom_cli(
        *("lincrna", "methods", tmp_path / "run"),
        *("--bibtex", tmp_path / "r.bib", "--ris", tmp_path / "r.ris"),
    )
    assert code == 0, err
    assert "longer than 250 nt" in out
    assert "coding probability below 0.3604;" in out
    assert "boosted decision trees over" in out
    assert "Friedman JH (2001)" in out
    assert "Reads" not in out
    assert (tmp_path / "r.bib").exists()
    assert (tmp_path / "r.ris").exists()
    code, out, _ = bioloom_cli("lincrna", "methods", tmp_path / "run", "--json")
    assert json.loads(out)["paragraph"].startswith("Known and assembled transcripts")


def test_what_is_no_such_run_is_told(tmp_path):
    folder = run_folder(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"command": "graph train"}))
    with pytest.raises(BadRunFolder, match=r"found graph train, finished"):
        methods_of(folder)


def test_of_long_reads_it_says_what_was_done_with_them(tmp_path):
    rows = "L\tont_cdna\tFASTQ\nP\tpacbio\tFASTQ\nB\tont_drna\tBAM of minimap2\n"
    found = methods_of(
        run_folder(tmp_path / "run", samples=f"sample\tkind\treads_from\n{rows}")
    )
    for words in (
        "Long reads of 1 Nanopore cDNA sample and 1 PacBio cDNA sample were",
        "aligned to the genome with minimap2 [1]",
        "Alignments of 1 sample were taken as given.",
    ):
        assert words in found.text
    for absent in ("FastQC", "Trim Galore", "HISAT2", "at least 31 nt"):
        assert absent not in found.text


def test_what_searched_and_voted_is_named(tmp_path):
    found = methods_of(
        run_folder(
            tmp_path / "run",
            criteria=(*CRITERIA, "homology"),
            filters={"vote_rule": "majority"},
            rfam="/x/Rfam.cm.gz",
            votes=["cpc2.tsv", "cpat.tsv"],
            proteins="/x/swissprot.fa",
        )
    )
    assert "no hit of Rfam.cm.gz (Infernal (pyinfernal)" in found.text
    assert PAPERS["infernal"] in found.references
    said = (
        "not coding by the majority of bioloom's model (from a probability of the "
        "threshold of the model) and cpc2.tsv and cpat.tsv"
    )
    assert said in found.text
    assert "coding probability below" not in found.text
    assert "by phmmer of PyHMMER 8.2" in found.text


def test_droplets_are_not_trimmed_by_fastp(tmp_path):
    samples = (
        "sample\tkind\treads_from\tn_cells\tpercent_in_cells\n"
        "A\tbulk\tFASTQ\t\t\nC\tnucleus\tFASTQ\t80\t71.5\n"
        "P\tcell\tFASTQ\t96\t100.0\n"
    )
    run = run_folder(tmp_path / "run", samples=samples, trimmer="fastp")
    text = methods_of(run).text
    plate = "Reads of 1 bulk sample and 1 single-cell sample were checked and trimmed"
    assert f"{plate} with fastp 9.8" in text
    assert "Reads of 1 single-nucleus sample were checked with FastQC" in text


def test_long_reads_have_their_own_way(tmp_path):
    samples = "sample\tkind\treads_from\nL\tont_cdna\tFASTQ\n"
    run = run_folder(
        tmp_path / "run",
        samples=samples,
        quantifier="salmon",
        long_reads={"primers": "pcs109"},
    )
    text = methods_of(run).text
    assert "oriented by primers (pcs109) and poly-A tails, cut there" in text
    assert "of long reads aligned to the transcripts by minimap2" in text
    assert "decoy" not in text


def test_a_run_whose_loci_have_no_rule_has_methods(tmp_path):
    run = run_folder(tmp_path / "run", filters={"locus_criteria": ()})
    assert "A locus was dropped" not in methods_of(run).text
