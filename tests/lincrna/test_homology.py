"""Relatives: by gene and by sequence."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bioloom.lincrna.training.homology import related
from bioloom.lincrna.training.prepared import N_FOLDS, fold_numbers


def bases(rng, n):
    return "".join(rng.choice(list("ACGT"), n))


def test_genes_and_shared_sequence_join():
    rng = np.random.default_rng(1)
    shared = bases(rng, 400)
    sequences = [
        shared + bases(rng, 100),
        bases(rng, 500),
        bases(rng, 80) + shared,
        bases(rng, 500),
        "",
        "ACGT",
    ]
    labels = related(sequences, ["a", "b", "c", "b", "d", "e"])
    assert labels.tolist() == [0, 1, 0, 1, 2, 3]


def test_a_short_common_word_joins_nobody():
    rng = np.random.default_rng(2)
    word = bases(rng, 30)
    sequences = [bases(rng, 600) + word + bases(rng, 600) for _ in range(6)]
    assert len(set(related(sequences, list("abcdef")).tolist())) == 6


def test_a_repeat_joins_nobody():
    rng = np.random.default_rng(3)
    repeat = bases(rng, 300)
    sequences = [repeat + bases(rng, 300) for _ in range(40)]
    assert len(set(related(sequences, [str(i) for i in range(40)]).tolist())) == 40


def test_a_chain_is_one_group():
    rng = np.random.default_rng(4)
    genome = bases(rng, 1500)
    sequences = [genome[i : i + 500] for i in range(0, 1001, 250)]
    assert set(related(sequences, list("abcde")).tolist()) == {0}


@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=80),
    st.integers(0, 99),
)
def test_folds_never_split_relatives(drawn, seed):
    labels = np.unique([label for label, _ in drawn], return_inverse=True)[1]
    is_coding = np.array([kind for _, kind in drawn])
    folds = fold_numbers(labels, is_coding, np.random.default_rng(seed))
    for label in np.unique(labels):
        assert len(set(folds[labels == label].tolist())) == 1
    assert ((folds >= 0) & (folds < N_FOLDS)).all()


def test_every_fold_gets_of_both_kinds():
    labels = np.arange(40)
    is_coding = labels < 10
    folds = fold_numbers(labels, is_coding, np.random.default_rng(1))
    for kind in (True, False):
        assert set(folds[is_coding == kind].tolist()) == set(range(N_FOLDS))
