"""What is measured of each transcript."""

import math

from bioloom.genome.gtf import read_annotation
from bioloom.genome.sequence import Genome
from bioloom.lincrna import evidence as module
from bioloom.lincrna.coding import load_model
from bioloom.lincrna.data import sort_reference
from bioloom.lincrna.evidence import Gatherer, silent
from bioloom.lincrna.settings import FilterSettings
from tests.lincrna.builders import evidence, orf
from tests.lincrna.toy import write_toy


def gathered(toy, on_step=silent):
    settings = FilterSettings()
    reference = sort_reference(read_annotation(toy / "annotation.gtf"), settings)
    transcripts = read_annotation(toy / "assembly.gtf").transcripts
    with Genome(toy / "genome.fa", cache=toy) as genome:
        gatherer = Gatherer(reference, genome, load_model(), None, settings)
        return gatherer.gather(transcripts, threads=1, on_step=on_step)


def test_blocks_change_nothing_and_progress_is_told(tmp_path, monkeypatch):
    toy = write_toy(tmp_path)
    whole = gathered(toy)
    told = []
    monkeypatch.setattr(module, "BLOCK", 4)
    assert gathered(toy, on_step=lambda *step: told.append(step)) == whole
    n = len(whole)
    assert told == [("transcripts", done, n) for done in [*range(0, n, 4), n]]


def test_without_gene_or_orf_the_numbers_are_infinity_and_zero():
    assert evidence().gap_nt == math.inf
    assert evidence().longest_orf_aa == 0
    assert evidence(gap_nt=5).gap_nt == 5


def test_the_longer_orf_counts():
    both = module.LongestOrfs(orf(10), orf(20, is_complete=False))
    assert evidence(orfs=both).longest_orf_aa == 20
