"""What `init` writes."""

import re
from dataclasses import asdict

import yaml

from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.templates import CONFIG, write_templates
from bioloom.lincrna.settings import RunConfig
from bioloom.run.config import check_config

OPTIONAL_FILES = {
    "domains": "Pfam-A.hmm.gz",
    "lncrna": "known_lncrna.gtf",
    "housekeeping": "rrna.bed",
    "votes": ["cpc2.txt", "cpat.ORF_prob.best.tsv"],
}


def uncommented():
    lines = CONFIG.splitlines()
    return "\n".join(re.sub(r"^# (?=( {2})?\w+:( |$))", "", line) for line in lines)


def test_the_files_make_a_run_once_the_named_ones_exist(tmp_path):
    write_templates(tmp_path)
    (tmp_path / "reads").mkdir()
    for name in (
        *("genome.fa.gz", "annotation.gtf.gz"),
        *("reads/liver_1_R1.fastq.gz", "reads/liver_1_R2.fastq.gz"),
        "reads/brain_1.fastq.gz",
        *("reads/blood_1_R1.fastq.gz", "reads/blood_1_R2.fastq.gz"),
    ):
        (tmp_path / name).touch()
    config, samples = read_run_config(tmp_path / "config.yaml")
    assert config.out == tmp_path / "lincrna_run"
    assert [(one.name, one.is_paired, one.kind) for one in samples] == [
        ("liver_1", True, "bulk"),
        ("brain_1", False, "bulk"),
        ("blood_1", False, "cell"),
    ]


def test_every_commented_value_is_the_default(tmp_path):
    entries = yaml.safe_load(uncommented())
    assert {name: entries.pop(name) for name in OPTIONAL_FILES} == OPTIONAL_FILES
    assert {"trimming", "assembly", "filters", "rng_seed"} <= entries.keys()
    assert entries["filters"].keys() >= {"max_orf_aa", "coding_threshold", "strictness"}
    needed = ("samples", "genome", "annotation", "out")
    bare = {name: entries[name] for name in needed}
    source = tmp_path / "config.yaml"
    told = check_config(entries, RunConfig, source=source)
    assert asdict(told) == asdict(check_config(bare, RunConfig, source=source))


def test_the_evalue_of_the_comment_is_the_default():
    [told] = re.findall(r"domain_max_evalue: ([\d.e-]+)", CONFIG)
    assert (
        float(told)
        == RunConfig.__dataclass_fields__["filters"].default_factory().domain_max_evalue
    )


def test_files_that_are_there_are_kept(tmp_path):
    (tmp_path / "config.yaml").write_text("mine")
    done = write_templates(tmp_path)
    assert done == [(tmp_path / "config.yaml", False), (tmp_path / "samples.tsv", True)]
    assert (tmp_path / "config.yaml").read_text() == "mine"
