"""What is known of each transcript."""

import math

from bioloom.lincrna.coding.orf import LongestOrfs
from tests.lincrna.builders import evidence, orf


def test_without_gene_or_orf_the_numbers_are_infinity_and_zero():
    assert evidence().gap_nt == math.inf
    assert evidence().longest_orf_aa == 0
    assert evidence(gap_nt=5).gap_nt == 5


def test_the_longer_orf_counts():
    both = LongestOrfs(orf(10), orf(20, is_complete=False))
    assert evidence(orfs=both).longest_orf_aa == 20
