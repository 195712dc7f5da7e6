"""Tables of predictions: counts, intervals, exact tests, and other rooms' files."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from sklearn.metrics import accuracy_score, recall_score

import bioloom as bl
from bioloom.bounds.calibration import calibration_of
from bioloom.bounds.columns import Columns
from bioloom.bounds.explaining import explain_report
from bioloom.bounds.figures import report_figure
from bioloom.bounds.prediction_report import report
from bioloom.bounds.predictions import read_predictions
from bioloom.bounds.split_errors import n_more_to_halve
from bioloom.errors import BadTable, MissingFile, UnknownName
from bioloom.graph.data.sources import Source
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training
from bioloom.statistics.calibration import count_distribution, count_p_value
from bioloom.statistics.intervals import accuracy_interval, clopper_pearson
from bioloom.statistics.multiple_testing import holm


def table_of_pictures(path, n=300, accuracy=0.9, rng_seed=1):
    """As the images room writes it: CSV, UTF-8 with BOM, one unreadable picture."""
    rng = np.random.default_rng(rng_seed)
    labels = rng.choice(["digi", "poke"], n)
    said = np.where(
        rng.random(n) < accuracy, labels, np.where(labels == "digi", "poke", "digi")
    )
    sure = rng.uniform(0.6, 1, n).round(4)
    frame = pd.DataFrame(
        {
            "path": [f"{k}.png" for k in range(n)],
            "split": np.array(["train", "val", "test"])[np.arange(n) % 3],
            "label": labels,
            "prediction": said,
            "confidence": sure,
            "p_digi": np.where(said == "digi", sure, 1 - sure),
            "p_poke": np.where(said == "poke", sure, 1 - sure),
            "reason": "",
        }
    )
    frame.loc[n] = ["bad.png", "test", "poke", *[""] * 4, "cannot be decoded"]
    frame.to_csv(path, index=False, encoding="utf-8-sig")
    return frame.iloc[:n]


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "images"
    (folder / "tables").mkdir(parents=True)
    frame = table_of_pictures(folder / "tables" / "classification_result.csv")
    return folder, frame


def test_counts_are_scikit_learns(pictures):
    folder, frame = pictures
    found = report(read_predictions(folder))
    (model,) = found.models
    assert model.name == "images"
    test = frame[frame["split"] == "test"]
    assert 1 - model.test.interval.value == pytest.approx(
        accuracy_score(test["label"], test["prediction"])
    )
    recalls = recall_score(test["label"], test["prediction"], average=None)
    told = [1 - one.interval.value for one in model.classes.values()]
    assert list(model.classes) == ["digi", "poke"]
    assert told == pytest.approx(list(recalls))
    assert [one.n for one in model.splits.values()] == [100, 100, 100]
    assert (model.n_unread, model.worst.n) == (1, 101)
    assert model.worst.n_mistakes == model.test.n_mistakes + 1
    assert found.to_frame()["n"].tolist() == [100, 100, 100, *model_sizes(model)]


def model_sizes(model):
    return [one.n for one in model.classes.values()]


def test_gaps_hold_what_both_intervals_hold(pictures):
    (model,) = report(read_predictions(pictures[0])).models
    assert list(model.gaps) == [
        ("train", "validation"),
        ("validation", "test"),
        ("train", "test"),
    ]
    train, test = model.splits["train"], model.test
    halves = [
        clopper_pearson(one.n_mistakes, one.n, failure_prob=0.025)
        for one in (train, test)
    ]
    gap = model.gaps["train", "test"]
    assert gap.low == halves[1].low - halves[0].high
    assert gap.high == halves[1].high - halves[0].low


@pytest.fixture(scope="module")
def karate(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "karate"
    models = [SETTINGS["gcn"], SETTINGS["sage"]]
    results = run_training(Source(), models, Plan(), out=out, with_tsne=False)
    return out, results


def test_the_graph_rooms_run_folder_is_read_as_it_is(karate):
    out, results = karate
    found = report(read_predictions(out))
    assert [one.name for one in found.models] == ["gcn", "sage"]
    for model, result in zip(found.models, results, strict=True):
        measures = result.best.measures()
        assert 1 - model.test.interval.value == pytest.approx(measures["test_accuracy"])
        validation = model.splits["validation"].interval.value
        assert 1 - validation == pytest.approx(measures["val_accuracy"])
        assert model.calibration is not None
    (pair,) = found.comparisons
    assert pair.n == found.models[0].test.n
    assert found.n_tried == 2
    told = explain_report(found, title="karate").to_text()
    assert told.startswith("karate: what 2 models' predictions prove")
    assert "gcn or sage?" in told


def two_tables(folder, counts):
    """Two models with so many examples right-right, right-wrong, wrong-right, w-w."""
    right = {"label": "a", "prediction": "a"}
    wrong = {"label": "a", "prediction": "b"}
    cells = [(right, right), (right, wrong), (wrong, right), (wrong, wrong)]
    pairs = [cell for cell, n in zip(cells, counts, strict=True) for _ in range(n)]
    paths = []
    for which in (0, 1):
        rows = [{"id": k, **pair[which]} for k, pair in enumerate(pairs)]
        rows.append({"id": "last", "label": "b", "prediction": "b"})
        paths.append(folder / f"m{which}.csv")
        pd.DataFrame(rows).to_csv(paths[-1], index=False)
    return [one for path in paths for one in read_predictions(path)]


def test_mcnemar_as_in_agresti(tmp_path):
    # Agresti 1990, p. 350: 150 against 86 changed their mind; exact2x2's documentation
    # gives the exact p = 3.716e-05
    found = report(two_tables(tmp_path, (794, 150, 86, 570)))
    (pair,) = found.comparisons
    assert (pair.only_second, pair.only_first, pair.n) == (150, 86, 1601)
    assert pair.p == pytest.approx(3.716e-05, rel=1e-3)
    assert pair.p == pytest.approx(binomtest(86, 236).pvalue)
    assert pair.difference.value == pytest.approx(64 / 1601)
    assert pair.difference.low > 0
    told = explain_report(found).steps[-2]
    assert "m0 is better" in told.claim
    assert told.value.number == pair.p


def test_no_disagreement_proves_nothing(tmp_path):
    (pair,) = report(two_tables(tmp_path, (9, 0, 0, 1))).comparisons
    assert (pair.p, pair.difference.value) == (1, 0)
    assert pair.difference.low < 0 < pair.difference.high


def test_holms_correction_is_that_of_a_textbook():
    # Holm 1979; R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    found = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert found == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([])).size == 0


def test_simulated_coverage_of_the_paired_difference():
    """10,000 draws of two models that disagree."""
    rng = np.random.default_rng(0)
    n, chances = 60, (0.1, 0.04)  # only the first, only the second is wrong
    counts = rng.multinomial(n, [*chances, 1 - sum(chances)], 10_000)[:, :2]
    halves = [clopper_pearson(k, n, failure_prob=0.025) for k in range(n + 1)]
    true = chances[1] - chances[0]
    held = [
        halves[c].low - halves[b].high <= true <= halves[c].high - halves[b].low
        for b, c in counts.tolist()
    ]
    assert np.mean(held) >= 0.95


@given(st.integers(0, 200), st.integers(1, 200))
def test_halving_halves(k, n):
    k = min(k, n)
    more = n_more_to_halve(k, n)
    width = clopper_pearson(k, n).width
    total = n + more
    assert clopper_pearson(round(total * k / n), total).width <= width / 2
    assert more > 0


@given(st.lists(st.floats(0, 1), max_size=150))
def test_the_law_of_counts_is_a_product_of_coins(chances):
    law = count_distribution(np.array(chances))
    plain = np.ones(1)
    for chance in chances:
        plain = np.convolve(plain, [1 - chance, chance])
    assert law == pytest.approx(plain, abs=1e-12)


def test_calibration_of_coins_is_the_binomial_test():
    law = count_distribution(np.full(500, 0.3))
    assert law == pytest.approx(binom.pmf(np.arange(501), 500, 0.3), abs=1e-13)
    tail = 2 * binom.cdf(120, 500, 0.3)
    assert count_p_value(np.full(500, 0.3), 120) == pytest.approx(tail)
    test = pd.DataFrame(
        {
            "label": ["a"] * 10,
            "prediction": ["a"] * 6 + ["b"] * 4,
            "confidence": [0.95] * 5 + [0.55] * 5,
        }
    )
    found = calibration_of(test)
    assert (found.confidence, found.accuracy) == pytest.approx((0.75, 0.6))
    assert found.error == pytest.approx(0.5 * abs(0.2 - 0.55) + 0.5 * 0.05)
    assert [one.n for one in found.bins] == [5, 5]


def test_true_confidences_are_rejected_as_rarely_as_promised():
    rng = np.random.default_rng(2)
    chances = rng.uniform(0.5, 1, (2000, 60))
    right = (rng.random(chances.shape) < chances).sum(axis=1)
    pairs = zip(chances, right.tolist(), strict=True)
    assert np.mean([count_p_value(p, k) <= 0.05 for p, k in pairs]) <= 0.05


def test_every_claim_shows_the_reports_number(pictures):
    found = report(read_predictions(pictures[0]), n_tried=5)
    (model,) = found.models
    told = explain_report(found, title="pictures")
    values = [one.value.number for one in told.steps if one.value]
    worst = max(one.interval.value for one in model.classes.values())
    assert values == pytest.approx(
        [
            100 * model.test.interval.value,
            100 * model.all_tried.high,
            100 * model.worst.interval.value,
            -100 * model.constant.difference.value,
            100 * worst,
            100 * model.gaps["train", "test"].value,
            model.calibration.error,
            model.n_more,
        ]
    )
    assert model.all_tried.high > model.test.interval.high
    assert "<math" in told.to_html()
    assert len(report_figure(found).axes) == 2


@pytest.mark.filterwarnings("default::bioloom.errors.InputWarning")
def test_a_table_needs_no_more_than_labels_and_predictions(tmp_path):
    path = tmp_path / "t.tsv"
    path.write_text("truth\tsaid\nb\tb\nb\ta\n\ta\n")
    (one,) = read_predictions(path, Columns(prediction="said"))
    assert (len(one.test), one.n_unused, one.has_confidence) == (2, 1, False)
    found = report([one])
    assert found.models[0].calibration is None
    assert found.models[0].gaps == {}
    assert len(report_figure(found).axes) == 1
    told = explain_report(found).to_text()
    assert "always predicts 'b'" in told
    with pytest.raises(UnknownName, match="no column 'prediction'"):
        read_predictions(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label,prediction,split\na,a,tset\n", "row 1, split: found 'tset'"),
        ("label,prediction,split\na,a,train\n", "no test example with a label"),
        ("label,prediction,confidence\na,a,93\n", "row 1, confidence: found '93'"),
        ("label,prediction,confidence\na,a,x\n", "column 'confidence': found 'x'"),
        ("id,label,prediction\n1,a,a\n1,b,b\n", "row 2: found the example '1' again"),
    ],
)
def test_bad_tables_are_named_with_their_row(tmp_path, text, message):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(BadTable, match=message):
        read_predictions(path)


def test_tables_that_do_not_belong_together(tmp_path):
    rows = {"a": "id,label,prediction\n1,x,x\n", "b": "id,label,prediction\n2,x,x\n"}
    rows["c"] = "id,label,prediction\n1,y,x\n2,x,y\n"
    found = {}
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(text)
        (found[name],) = read_predictions(tmp_path / f"{name}.csv")
    with pytest.raises(BadTable, match="a and b: found no test example in common"):
        report([found["a"], found["b"]])
    with pytest.raises(BadTable, match="example '1': found the labels 'x' and 'y'"):
        report([found["a"], found["c"]])
    with pytest.raises(MissingFile, match=r"predictions\.tsv"):
        read_predictions(tmp_path)


def test_alike_examples_are_resampled_as_on_the_pages_of_pictures():
    y = np.repeat(np.arange(2), 30)
    predicted = np.where(np.arange(60) % 7 == 0, 1 - y, y)
    pairs = np.arange(60) // 2
    frame = pd.DataFrame({"label": y, "prediction": predicted, "group": pairs})
    result = bl.bounds.report(frame)
    (model,) = result.models
    expected = accuracy_interval(predicted, y, groups=pairs)
    assert model.test.interval.low == pytest.approx(1 - expected.high)
    assert model.test.interval.high == pytest.approx(1 - expected.low)
    assert "whole groups were resampled" in result.explain().to_text()
    alone = bl.bounds.report(frame.drop(columns="group")).models[0]
    assert alone.test.interval == clopper_pearson(model.test.n_mistakes, 60)
    assert model.test.n_mistakes == alone.test.n_mistakes
