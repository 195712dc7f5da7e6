"""STAR and fastp in place of HISAT2, Trim Galore and FastQC."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bioloom.errors import BadConfig, BadRunFolder
from bioloom.lincrna.inputs.config import read_run_config
from bioloom.lincrna.inputs.samples import alignment_rates
from bioloom.lincrna.workflow.star_steps import index_options, write_summary
from bioloom.run.record import read_record
from tests.lincrna.alignments.test_workflow_bam import models
from tests.lincrna.test_workflow import results
from tests.lincrna.test_workflow_errors import only_tools_but
from tests.programs import needed
from tests.shell import bioloom

# lines of a Log.final.out of STAR 2.7.10b
LOG = """\
                          Number of input reads |\t5019
                   Uniquely mapped reads number |\t4902
                        Uniquely mapped reads % |\t97.67%
        Number of reads mapped to multiple loci |\t17
             % of reads mapped to multiple loci |\t0.34%
        Number of reads mapped to too many loci |\t3
"""


@pytest.mark.parametrize("is_paired", [True, False])
def test_counts_of_star_are_read_like_those_of_hisat2(
    tmp_path: Path, is_paired: bool
) -> None:
    (tmp_path / "log").write_text(LOG)
    write_summary(tmp_path / "log", tmp_path / "s.txt", is_paired=is_paired)
    rates = alignment_rates((tmp_path / "s.txt").read_text())
    # STAR's own percentages
    assert rates.unique == 97.67
    assert rates.mapped == pytest.approx(97.67 + 0.34, abs=0.011)


def test_a_log_that_lacks_counts_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("STAR was killed\n")
    with pytest.raises(BadRunFolder, match="the final log of STAR"):
        write_summary(tmp_path / "log", tmp_path / "s.txt", is_paired=True)


@pytest.mark.parametrize(
    ("contigs", "wanted"),
    [
        # log2(100,000) / 2 - 1 = 7.3; log2(100,000 / 1) = 16.6
        ([100_000], "--genomeSAindexNbases 7 --genomeChrBinNbits 16"),
        # log2(4,000) / 2 - 1 = 4.98; log2(4,000 / 4) = 9.97
        ([1000] * 4, "--genomeSAindexNbases 4 --genomeChrBinNbits 9"),
    ],
)
def test_the_index_of_star_fits_the_genome(
    tmp_path: Path, contigs: list[int], wanted: str
) -> None:
    genome, introns = tmp_path / "g.fa", tmp_path / "introns.tsv"
    genome.write_text("".join(f">c{i}\n{'A' * n}\n" for i, n in enumerate(contigs)))
    introns.write_text("")
    assert index_options(genome, introns) == wanted
    introns.write_text("c0\t11\t20\t+\n")
    found = index_options(genome, introns)
    assert found == f"{wanted} --sjdbFileChrStartEnd {introns} --sjdbOverhang 99"


def test_a_quality_that_fastp_does_not_take_is_told_first(
    configure: Callable[..., Path],
) -> None:
    quality = {"trimming": "{quality: 37}"}
    read_run_config(configure(**quality))
    with pytest.raises(BadConfig, match="found 37 with fastp, expected 36 at most"):
        read_run_config(configure(trimmer="fastp", **quality))


@pytest.mark.tools
def test_programs_that_are_chosen_and_missing_are_told_together(
    configure: Callable[..., Path], tmp_path: Path, tools: None
) -> None:
    config = configure(aligner="star", trimmer="fastp")
    env = only_tools_but("stringtie", tmp_path / "bin")
    told = bioloom("lincrna", "run", "--config", config, env=env).stderr
    assert "3 mistakes" in told
    for name in ("stringtie", "apt-get install rna-star", "apt-get install fastp"):
        assert name in told


@pytest.mark.tools
@pytest.mark.slow
def test_star_and_fastp_find_the_same_on_any_number_of_cores(
    configure: Callable[..., Path], tmp_path: Path, tools: None
) -> None:
    needed("STAR", "fastp")
    choices = {"aligner": "star", "trimmer": "fastp"}
    runs = {"plain": {}, "one": choices, "two": choices}
    for name, chosen in runs.items():
        config = configure(out=tmp_path / name, **chosen)
        cores = 1 if name == "one" else 2
        done = bioloom("lincrna", "run", "--config", config, "--cores", cores)
        assert done.returncode == 0, done.stderr
    assert results(tmp_path / "one") == results(tmp_path / "two")
    assert models(tmp_path / "one") == models(tmp_path / "plain")
    assert read_record(tmp_path / "one")["tools"].keys() >= {"STAR", "fastp"}
    looked_at = {path.name for path in (tmp_path / "one/qc/trimming").iterdir()}
    assert {"A.fastp.html", "C.fastp.json"} <= looked_at
    assert not (tmp_path / "one/qc/raw").exists()
