"""What `init` writes."""

import re
from dataclasses import MISSING, asdict, is_dataclass

import pytest
import yaml

from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.templates import config_text, write_templates
from bioloom.lincrna.settings import FilterSettings, RunConfig
from bioloom.run.config import check_config
from bioloom.run.settings import settings_of

EXAMPLES = [
    each.name
    for each in settings_of(RunConfig)
    if each.example
    or (
        is_dataclass(each.kind) and any(part.example for part in settings_of(each.kind))
    )
]


def uncommented():
    """The file with every entry switched on; lines of comments alone stay off."""
    return re.sub(r"^# ", "", config_text(), flags=re.MULTILINE)


def test_the_files_make_a_run_once_the_named_ones_exist(tmp_path):
    write_templates(tmp_path)
    (tmp_path / "reads").mkdir()
    for name in (
        "genome.fa.gz",
        "annotation.gtf.gz",
        "reads/liver_1_R1.fastq.gz",
        "reads/liver_1_R2.fastq.gz",
        "reads/brain_1.fastq.gz",
        "reads/blood_1_R1.fastq.gz",
        "reads/blood_1_R2.fastq.gz",
    ):
        (tmp_path / name).touch()
    config, samples = read_run_config(tmp_path / "config.yaml")
    assert config.out == tmp_path / "lincrna_run"
    assert [(sample.name, sample.is_paired, sample.kind) for sample in samples] == [
        ("liver_1", True, "bulk"),
        ("brain_1", False, "bulk"),
        ("blood_1", False, "cell"),
    ]


def test_the_file_with_every_comment_sign_removed_holds_the_defaults(tmp_path):
    entries = yaml.safe_load(uncommented())
    assert entries.keys() == {each.name for each in settings_of(RunConfig)}
    assert entries["filters"].keys() == {
        each.name for each in settings_of(FilterSettings)
    }
    source = tmp_path / "config.yaml"
    written = asdict(check_config(entries, RunConfig, source=source))
    needed = {
        each.name: each.example
        for each in settings_of(RunConfig)
        if each.default is MISSING
    }
    bare = asdict(check_config(needed, RunConfig, source=source))
    for name in EXAMPLES:
        assert str(written.pop(name)) != str(bare.pop(name)) or name in needed
    assert written == bare


def test_only_the_needed_entries_are_on():
    assert yaml.safe_load(config_text()) == {
        "samples": "samples.tsv",
        "genome": "genome.fa.gz",
        "annotation": "annotation.gtf.gz",
        "out": "lincrna_run",
    }


def test_every_entry_says_what_it_means():
    text = re.sub(r"\s*\n[ #]+ ", " ", config_text())
    for kind in (RunConfig, FilterSettings):
        for each in settings_of(kind):
            assert each.sentence
            assert " ".join(each.help().split()[:5]) in text, each.name


@pytest.mark.parametrize("line", config_text().splitlines())
def test_lines_are_short(line):
    assert len(line) <= 88


def test_files_that_exist_are_kept(tmp_path):
    (tmp_path / "config.yaml").write_text("mine")
    config, sheet = write_templates(tmp_path).files
    assert (config.path, config.is_new) == (tmp_path / "config.yaml", False)
    assert (sheet.path, sheet.is_new) == (tmp_path / "samples.tsv", True)
    assert (tmp_path / "config.yaml").read_text() == "mine"
