"""`bl.mirna.evaluate`: quality on labelled pairs, and what else predicts the label."""

import csv
import gzip
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

import bioloom as bl
from bioloom.errors import BadTable, MissingFile
from bioloom.mirna.evaluation.audit import PROBES, cross_fitted, verdict_of
from bioloom.mirna.evaluation.evaluate import measured
from bioloom.mirna.evaluation.pairs import read_pairs
from bioloom.statistics.ranking import average_precision, roc_auc

BASES = list("ACGU")


def made_up(n=240, seed=1, n_mirnas=12, leak=False):
    """Pairs of which the real ones have a seed match; with a leak, their own miRNAs."""
    rng = np.random.default_rng(seed)
    mirnas = ["".join(rng.choice(BASES, 22)) for _ in range(n_mirnas)]
    partner = dict(zip("ACGU", "UGCA", strict=True))
    rows = []
    for k in range(n):
        label = k % 2
        pool = mirnas[: n_mirnas // 2] if label else mirnas[n_mirnas // 2 :]
        mirna = str(rng.choice(pool if leak else mirnas))
        site = "".join(rng.choice(BASES, 50))
        if label and not leak:
            match = "".join(partner[base] for base in mirna[1:8][::-1])
            site = f"{site[:21]}{match}{site[28:]}"
        rows.append((mirna, site, str(label), mirna[:7]))
    return pd.DataFrame(rows, columns=["mirna", "site", "label", "family"])


@pytest.fixture(scope="module")
def honest():
    return bl.mirna.evaluate(made_up())


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_both_measures_are_those_of_scikit_learn(rows):
    values = np.array([value for value, _ in rows], dtype=float)
    is_positive = np.array([label for _, label in rows])
    if is_positive.all() or not is_positive.any():
        assert np.isnan(roc_auc(values, is_positive))
        return
    assert roc_auc(values, is_positive) == pytest.approx(
        roc_auc_score(is_positive, values)
    )
    assert average_precision(values, is_positive) == pytest.approx(
        average_precision_score(is_positive, values)
    )


def test_measures_are_those_of_the_sites_that_predict_finds(honest):
    frame = made_up()
    pairs = read_pairs(frame)
    found = measured(pairs)
    for row in (0, 1, 77):
        mirna, site = frame["mirna"][row], frame["site"][row]
        table = bl.mirna.predict({"m": mirna}, {"t": site}).to_frame()
        assert found.mfe[row] == pytest.approx(table["mfe"][0])
        assert found.ratio[row] == pytest.approx(table["mfe_ratio"][0])
        assert found.score[row] == table["score"][0]
    score = honest.of("measure")[2]
    assert score.name == "score"
    assert score.roc_auc.value == pytest.approx(
        roc_auc_score(pairs.is_positive, found.score)
    )
    assert score.roc_auc.low < score.roc_auc.value < score.roc_auc.high


def test_honest_pairs_have_no_leak(honest):
    assert {row.verdict for row in honest.of("audit")} <= {"silent", "note"}
    assert honest.warnings() == []
    assert "leaks: none" in honest.summary()
    assert honest.of("measure")[2].roc_auc.value > 0.7


def test_a_mirna_that_tells_the_label_is_a_leak():
    evaluation = bl.mirna.evaluate(made_up(leak=True))
    verdicts = {row.name: row.verdict for row in evaluation.of("audit")}
    assert verdicts["mirna_identity"] == "leak"
    (warning,) = [text for text in evaluation.warnings() if "share" in text]
    assert warning.startswith("The miRNA's share of real pairs alone has ROC")
    assert "Make negatives that have each miRNA" in warning


def test_a_length_that_tells_the_label_is_a_leak():
    frame = made_up()
    is_real = frame["label"] == "1"
    frame.loc[is_real, "site"] = frame.loc[is_real, "site"].str[:40]
    evaluation = bl.mirna.evaluate(frame)
    verdicts = {row.name: row.verdict for row in evaluation.of("audit")}
    assert verdicts["target_length"] == "leak"
    assert verdicts["mirna_identity"] != "leak"


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_does_not_see_the_label_of_its_own_pair(name):
    frame = made_up(n=100)
    before = cross_fitted(PROBES[name], read_pairs(frame))
    frame.loc[17, "label"] = "0" if frame.loc[17, "label"] == "1" else "1"
    after = cross_fitted(PROBES[name], read_pairs(frame))
    assert after[17] == before[17]


def test_verdicts_at_their_edges():
    assert verdict_of(0.75, 0.701, 0.9) == "leak"  # 0.4 of 0.8
    assert verdict_of(0.75, 0.699, 0.9) == "note"
    assert verdict_of(0.54, 0.51, 0.9) == "note"
    assert verdict_of(0.53, 0.51, 0.9) == "silent"
    assert verdict_of(0.6, 0.5, 0.9) == "silent"


ODD = [
    ("mirna", "hsa-let-7a", "miRNA that is not a sequence"),
    ("mirna", "ACGUACGUACGUNACGUACGU", "miRNA that is not a sequence"),
    ("mirna", "ACGU", "miRNA not of 8 to 30 nt"),
    ("site", "", "site that is not a nucleotide sequence"),
    ("site", "ACG-ACG", "site that is not a nucleotide sequence"),
    ("label", "maybe", "label that is not 1 or 0"),
    ("label", "", "label that is not 1 or 0"),
]


@pytest.mark.parametrize(("column", "value", "reason"), ODD)
def test_an_odd_row_is_left_out_and_counted(column, value, reason):
    frame = made_up(n=40)
    frame.loc[3, column] = value
    pairs = read_pairs(frame)
    assert len(pairs) == 39
    ((found, n),) = pairs.skipped.items()
    assert found.startswith(reason)
    assert n == 1


@pytest.mark.parametrize(
    "names",
    [
        ("noncodingRNA", "gene", "label", "noncodingRNA_fam"),
        ("miRNA", "target", "LABEL", "Family"),
        ("mirna_sequence", "site", "class", "fam"),
    ],
)
def test_usual_names_of_columns_are_understood(names):
    frame = made_up(n=40)
    expected = read_pairs(frame)
    frame.columns = list(names)
    found = read_pairs(frame)
    assert found.mirnas == expected.mirnas
    assert found.sites == expected.sites
    assert found.families == expected.families
    assert found.has_families


def test_a_column_of_names_is_not_taken_for_sequences():
    frame = made_up(n=40)
    frame.insert(0, "miRNA_seq", frame["mirna"])
    frame["mirna"] = "hsa-let-7a-5p"
    assert read_pairs(frame).mirnas == read_pairs(made_up(n=40)).mirnas


def test_unknown_families_are_the_mirna_itself():
    frame = made_up(n=40)
    frame["family"] = "unknown"
    pairs = read_pairs(frame)
    assert pairs.families == pairs.mirnas


def test_a_column_that_is_missing_is_named():
    with pytest.raises(BadTable, match="found the columns mirna, site, family"):
        read_pairs(made_up(n=40).drop(columns="label"))


def test_one_class_is_not_enough():
    with pytest.raises(BadTable, match="found 0 real and 40 other pairs"):
        read_pairs(made_up(n=40).assign(label="0"))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(MissingFile):
        read_pairs(tmp_path / "none.tsv")


def test_a_pair_on_which_nothing_binds_ranks_last():
    frame = made_up(n=40)
    frame.loc[0, "site"] = "NNNNNNNNNN"
    evaluation = bl.mirna.evaluate(frame)
    assert evaluation.n_without_site == 1
    assert "1 pair without any site rank last." in evaluation.warnings()


def test_the_command_reads_gzip_and_prints_json(bioloom_cli, tmp_path):
    path = tmp_path / "pairs.tsv.gz"
    with gzip.open(path, "wt") as stream:
        made_up(leak=True).to_csv(stream, sep="\t", index=False)
    code, out, err = bioloom_cli("mirna", "evaluate", path, "--json")
    assert code == 0
    facts = json.loads(out)
    assert facts["n"] == 240
    by_name = {row["name"]: row for row in facts["rows"]}
    assert by_name["mirna_identity"]["verdict"] == "leak"
    assert "The miRNA's share of real pairs" in err
    code, out, _ = bioloom_cli("mirna", "evaluate", path)
    assert code == 0
    assert "audit, cross-fitted" in out


def test_training_pairs_are_recognised(data_dir):
    path = data_dir / "mirna" / "hejret_train.tsv.gz"
    evaluation = bl.mirna.evaluate(pd.read_csv(path, sep="\t").iloc[::25])
    assert evaluation.n_trained == evaluation.n
    assert "its figures flatter" in " ".join(evaluation.warnings())
    audits = {row.name: row.verdict for row in evaluation.of("audit")}
    assert set(audits.values()) == {"silent"}


def test_the_published_clash_set_is_known_to_leak(data_dir):
    """AGO1, miRNAs cut to 20 nt; the ratio's ROC is .841, the frequency's .90."""
    path = data_dir / "mirna" / "clash" / "evaluation_set_1_1_CLASH2013_paper.tsv"
    evaluation = bl.mirna.evaluate(path)
    energy, ratio, score = (row.roc_auc.value for row in evaluation.of("measure"))
    assert energy < ratio
    assert score > ratio + 0.02
    verdicts = {row.name: row.verdict for row in evaluation.of("audit")}
    assert verdicts["mirna_identity"] == "leak"
    with path.open() as stream:
        n_rows = len(list(csv.DictReader(stream, delimiter="\t")))
    assert evaluation.n == n_rows == 2000
    assert evaluation.n_trained == 0
