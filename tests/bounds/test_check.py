"""Representative samples: the notes' example, contradictions, and counted losses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioloom.bounds.data import read_losses
from bioloom.bounds.errors import BadLosses
from bioloom.bounds.explaining import explain_check
from bioloom.bounds.losses import losses_of
from bioloom.bounds.representative import check
from bioloom.errors import MissingFile, UnknownName
from tests.bounds import naive

GOLDEN = Path(__file__).parents[1] / "data" / "bounds"


def written(folder, text, name="losses.tsv"):
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def table(*rows):
    return "\n".join(["hypothesis\tloss_sample\tloss_all\trole", *rows]) + "\n"


def test_the_notes_first_numbers_are_refused_with_the_reason():
    with pytest.raises(BadLosses) as problem:
        check(read_losses(GOLDEN / "notes_first.tsv"), tolerance=0.02)
    told = str(problem.value).removeprefix(f"{GOLDEN}/")
    assert told + "\n" == (GOLDEN / "notes_first.txt").read_text("utf-8")
    assert "8 % ≤ 6 % is false" in told


def test_the_notes_second_numbers_pass():
    found = check(read_losses(GOLDEN / "notes_second.tsv"), tolerance=0.02)
    assert np.isnan(found.chain[0])
    assert found.chain[1:] == pytest.approx((0.055, 0.065, 0.07))
    assert found.is_representative
    told = explain_check(found).to_text()
    assert told == (GOLDEN / "notes_second.txt").read_text("utf-8")


def test_every_number_of_the_working_is_the_checks(tmp_path):
    path = written(tmp_path, table("a\t0.1\t0.13\t", "b\t0.12\t0.12\t"))
    found = check(read_losses(path), tolerance=0.05)
    values = [one.value.number / 100 for one in explain_check(found).steps]
    wanted = (0.1, 0.12, found.gaps[0], *found.chain[1:], found.excess)
    assert values == pytest.approx(wanted)
    outcomes = [one.verdict.outcome for one in explain_check(found).steps[2:]]
    assert outcomes == ["fail", "fail", "pass", "pass", "pass"]  # 13 % > 12.5 %
    assert (
        "would be met with a tolerance of 6 %" in explain_check(found).steps[-1].claim
    )
    assert found.to_frame()["role"].tolist() == ["h_train", "h_all"]
    assert found.to_frame()["within"].tolist() == ["no", "yes"]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8),
    st.sampled_from([0.02, 0.1, 0.5]),
)
def test_the_theorem_holds_wherever_its_condition_does(counts, tolerance):
    """A representative sample never leaves h_train worse than the tolerance."""
    sample, others = (np.array(one) for one in zip(*counts, strict=True))
    label = np.zeros(100, int)
    in_sample = np.arange(100) < 50
    said = np.zeros((len(counts), 100), int)
    for row, (inside, outside) in enumerate(counts):
        said[row, :inside] = 1
        said[row, 50 : 50 + outside] = 1
    found = check(losses_of(said, label, in_sample), tolerance=tolerance)
    assert found.losses.sample == pytest.approx(sample / 50)
    assert found.losses.population == pytest.approx((sample + others) / 100)
    if found.is_representative:
        assert found.excess <= tolerance + 1e-12
        sides = found.chain
        assert all(a <= b + 1e-12 for a, b in zip(sides, sides[1:], strict=False))


@given(st.integers(0, 2**32 - 1), st.integers(1, 70), st.integers(1, 5))
def test_losses_of_predictions_are_those_of_a_plain_loop(seed, n, n_classes):
    rng = np.random.default_rng(seed)
    said = rng.integers(0, n_classes, (4, n), dtype=np.int8)
    label = rng.integers(0, n_classes, n)
    chosen = rng.random(n) < 0.5
    chosen[rng.integers(n)] = True
    found = losses_of(said, label, chosen)
    both = np.column_stack([found.sample, found.population])
    assert both == pytest.approx(np.array(naive.losses(said, label, chosen)))
    assert (found.n_sample, found.n_population) == (chosen.sum(), n)


def test_blocks_do_not_change_the_counts(monkeypatch):
    rng = np.random.default_rng(1)
    said, label = rng.integers(0, 3, (9, 130)), rng.integers(0, 3, 130)
    whole = losses_of(said, label, label < 2)
    monkeypatch.setattr("bioloom.bounds.losses._BLOCK", 200)
    blocks = losses_of(said, label, label < 2)
    assert blocks.sample.tolist() == whole.sample.tolist()


def test_predictions_of_a_table_and_of_arrays(tmp_path):
    rows = ["id,label,split,a,b", "1,x,train,x,y", "2,y,train,y,y", "3,x,test,y,x"]
    found = read_losses(written(tmp_path, "\ufeff" + "\n".join(rows), "p.csv"))
    assert found.names == ("a", "b")
    assert found.sample.tolist() == [0, 0.5]
    assert found.population.tolist() == pytest.approx([1 / 3, 1 / 3])
    arrays = {
        "predictions": np.array([[0, 1, 1], [1, 1, 0]], np.int8),
        "label": np.array([0, 1, 0]),
        "in_sample": np.array([True, True, False]),
    }
    np.savez(tmp_path / "p.npz", **arrays)
    again = read_losses(tmp_path / "p.npz")
    assert again.sample.tolist() == found.sample.tolist()
    assert check(again, tolerance=0.02).trained == 0
    np.savez(tmp_path / "q.npz", predictions=arrays["predictions"])
    with pytest.raises(BadLosses, match=r"expected NumPy's \.npz with predictions"):
        read_losses(tmp_path / "q.npz")
    np.savez(tmp_path / "r.npz", **(arrays | {"label": np.array([0, 1])}))
    with pytest.raises(BadLosses, match="2 labels"):
        read_losses(tmp_path / "r.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (table("a\t1.2\t0.1\t"), r"row 1 \('a'\): found the loss '1.2', expected a"),
        (table("a\t0.1\tnan\t"), "row 1 .*found the loss 'nan'"),
        (table("a\t\t0.1\t"), "found an empty loss"),
        (table("a\t0.1\t0.1\t", "a\t0.2\t0.1\t"), "row 2: found the hypothesis 'a' a"),
        (table("a\t0.1\t0.1\tbest"), "row 1: found the role 'best'"),
        (table("a\t.1\t.1\th_all", "b\t.1\t.1\th_all"), "rows 1 and 2: found two"),
        (table("a\t0.1\t\t"), "found no loss on all data"),
        (table("a\t.1\t.2\t", "b\t.1\t.3\th_all"), r"row 2 \('b', called h_all\)"),
        (table("a\t.1\t.1\t\tmore"), "an unreadable table"),
        ("hypothesis,loss_sample,loss_all\n", "an unreadable table .no row"),
        ("", "an unreadable table"),
        ("label,split\nx,train\n", "found no hypothesis"),
        ("label,split,a\nx,test,x\n", "found an empty sample"),
    ],
)
def test_what_cannot_be_is_named_with_its_row(tmp_path, text, message):
    with pytest.raises(BadLosses, match=message):
        check(read_losses(written(tmp_path, text)), tolerance=0.02)


def test_a_sample_is_part_of_the_data(tmp_path):
    path = written(tmp_path, table("a\t0.1\t0.1\t", "b\t0.9\t0.1\t"))
    losses = read_losses(path, n_sample=500, n_population=1000)
    with pytest.raises(BadLosses, match="row 2 .*expected one between 45 % and 95 %"):
        check(losses, tolerance=0.02)
    path = written(tmp_path, table("a\t0.055\t0.05\t"))
    losses = read_losses(path, n_sample=500, n_population=10_000)
    told = explain_check(check(losses, tolerance=0.02)).to_text()
    assert "27.50 mistakes" in told
    assert "with a chance of up to 64." in told


def test_columns_and_files_that_are_not_there(tmp_path):
    with pytest.raises(UnknownName, match="no column 'loss_all'"):
        read_losses(written(tmp_path, "hypothesis\tloss_sample\tlossall\na\t0\t0\n"))
    with pytest.raises(MissingFile):
        read_losses(tmp_path / "none.tsv")
