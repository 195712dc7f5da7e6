"""A marker is explained in Chinese with the same numbers."""

import numpy as np
import pytest

from bioloom.lincrna.marking.explain import MarkedGene, explain_marker
from tests.chinese import only_words_differ


@pytest.mark.parametrize("max_q", [0.9, 1e-9])
def test_a_marker(max_q):
    gene = MarkedGene(
        values={
            "gene_name": "Meg3",
            "cluster": "2",
            "log2_fold_change": 4.2,
            "auc": 0.9,
            "p_value": 0.01,
        },
        inside=np.array([3.0, 4.0, 4.0, 0.0]),
        outside=np.array([0.0, 0.0, 3.0]),
        p_values=np.array([0.01, 0.5]),
        max_q=max_q,
        min_auc=0.55,
    )
    only_words_differ(lambda: explain_marker(gene), kept=("Meg3", "p_"))
