"""Several models, several looks, and what is not proved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.multitest import multipletests

import bioloom as bl
from bioloom.bounds.comparisons import corrected
from bioloom.run.language import use_language
from bioloom.statistics.intervals import clopper_pearson, clopper_pearson_ends


def table(n_right, n_wrong, *, n_classes=2):
    """Predictions of two classes, equally common, half of each right and wrong."""
    label = np.tile(np.arange(n_classes), (n_right + n_wrong) // n_classes + 1)
    label = label[: n_right + n_wrong]
    said = np.where(np.arange(len(label)) < n_right, label, (label + 1) % n_classes)
    return {"id": np.arange(len(label)), "label": label, "prediction": said}


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
    st.integers(0, 6),
    st.integers(1, 4),
)
def test_tests_that_are_not_reported_count(p, n_more, n_looks):
    found = corrected(p, n_tests=len(p) + n_more, n_looks=n_looks)
    whole = [min(1, n_looks * x) for x in p] + [1.0] * n_more
    theirs = multipletests(whole, method="holm")[1][: len(p)]
    assert found == pytest.approx(theirs)


def test_the_best_of_many_models_is_corrected():
    tables = [table(70 - k, 30 + k) for k in range(4)]
    paths = [{**each, "model": [f"m{k}"] * 100} for k, each in enumerate(tables)]
    joined = {
        name: np.concatenate([each[name] for each in paths]).tolist()
        for name in ("id", "label", "prediction", "model")
    }
    result = bl.bounds.report(joined, n_tried=10, n_looks=3)
    raw = [model.constant.p for model in result.models]
    theirs = multipletests([min(1, 3 * p) for p in raw] + [1] * 6, method="holm")[1]
    found = [model.constant.p_adjusted for model in result.models]
    assert found == pytest.approx(theirs[:4])
    first = result.models[0]
    assert first.all_tried == clopper_pearson(30, 100, failure_prob=0.05 / 30)
    pairs = [pair.p for pair in result.comparisons]
    theirs = multipletests([min(1, 3 * p) for p in pairs] + [1] * 39, method="holm")[1]
    assert [x.p_adjusted for x in result.comparisons] == pytest.approx(theirs[:6])
    told = result.explain().to_text()
    assert "10 models were tried on this test set, and one looked 3 times" in told


def test_peeking_breaks_a_plain_interval_but_not_the_corrected_one():
    """10,000 test sets that grow in five steps; one stops at the best-looking."""
    rng = np.random.default_rng(4)
    n_looks, error, steps = 5, 0.3, np.array([40, 80, 120, 160, 200])
    more = rng.binomial(40, error, (10_000, n_looks)).cumsum(axis=1)
    for failure_prob, holds in ((0.05, False), (0.05 / n_looks, True)):
        ends = clopper_pearson_ends(more, steps, failure_prob=failure_prob)
        is_inside = (ends.low <= error) & (error <= ends.high)
        assert (is_inside.all(axis=1).mean() >= 0.95) == holds
    result = bl.bounds.report(table(140, 60), n_looks=n_looks)
    span = result.models[0].all_tried
    assert span == clopper_pearson(60, 200, failure_prob=0.05 / n_looks)
    assert "looked at the result 5 times" in result.explain().to_text()


@pytest.mark.parametrize(
    ("n_right", "outcome", "words"),
    [
        (90, "pass", "pass"),
        (55, "note", "not proved"),
        (50, "note", "not proved"),
        (45, "note", "not proved"),
        (10, "fail", "fail"),
    ],
)
def test_what_is_not_proved_is_no_failure(n_right, outcome, words):
    result = bl.bounds.report(table(n_right, 100 - n_right))
    step = result.explain().steps[1]
    assert "always predicts" in step.claim
    assert step.verdict.outcome == outcome
    assert words in str(step.verdict)


def test_calibration_that_is_not_contradicted_is_not_proved():
    sure = {**table(80, 20), "confidence": [0.8] * 100}
    step = bl.bounds.report(sure).explain().steps[3]
    assert "may be calibrated" in step.claim
    assert step.verdict.outcome == "note"
    sure["confidence"] = [0.99] * 100
    result = bl.bounds.report(sure)
    assert result.explain().steps[3].verdict.outcome == "fail"
    p = result.models[0].calibration.p
    assert p == pytest.approx(2 * binom.cdf(80, 100, 0.99), rel=1e-9)
    assert bl.bounds.report(sure, n_tried=4).models[0].calibration.p_adjusted == 4 * p


def test_sentences_hold_the_reports_numbers(tmp_path, bioloom_cli):
    path = tmp_path / "mine.csv"
    rows = zip(*table(160, 40).values(), strict=True)
    lines = ["id,label,prediction", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    result = bl.bounds.report(path)
    first, second, *_ = result.sentences()
    span = clopper_pearson(40, 200)
    assert first == (
        "mine misclassified 40 of 200 test examples (20 %; 95 % confidence interval "
        f"{100 * span.low:.4g} % to {100 * span.high:.4g} %, Clopper-Pearson)."
    )
    assert "fewer errors than a model that always predicts '0', by 30 %" in second
    assert result.explain().steps[-1].detail == result.sentences()
    both = tmp_path / "sentences.txt"
    words = ("bounds", "report", path, "--sentences", both)
    assert bioloom_cli(*words)[0] == 0
    english, chinese = both.read_text("utf-8").split("\n\n")
    assert tuple(english.splitlines()) == result.sentences()
    with use_language("zh"):
        assert tuple(chinese.rstrip().splitlines()) == result.sentences()
    nines = bl.bounds.report(path, failure_prob=1e-9).sentences()[0]
    assert "99.9999999 % confidence interval" in nines
    corrected_for = bl.bounds.report(path, n_tried=3, n_looks=2).sentences()[0]
    assert "corrected by Bonferroni for 2 looks (models: 3)" in corrected_for


def test_every_command_has_sentences(tmp_path, bioloom_cli):
    losses, points = tmp_path / "losses.tsv", tmp_path / "points.csv"
    losses.write_text("hypothesis\tloss_sample\tloss_all\na\t0.05\t0.06\nb\t0.1\t\n")
    points.write_text("x,label\n" + "".join(f"{k},{'ab'[k > 3]}\n" for k in range(8)))
    commands = (
        ("samples", "--epsilon", 0.1, "--population", 500, "--vc-dim", 2),
        ("samples", "--epsilon", 0.1, "--test-size", 50, "--mistakes", 3),
        ("check", losses, "--tolerance", 0.1),
        ("check", losses, "--tolerance", 0.01),
        ("simulate", points, "--feature", "x", "--sample", 4),
    )
    for number, words in enumerate(commands):
        out = tmp_path / f"{number}.txt"
        assert bioloom_cli("bounds", *words, "--sentences", out)[0] == 0
        english = out.read_text("utf-8").split("\n\n")[0].splitlines()
        assert english
        assert all(line.endswith(".") and "{" not in line for line in english)
    assert "representative at ε = 5 %" in (tmp_path / "2.txt").read_text("utf-8")
    assert "As far as is known (1 of 2" in (tmp_path / "2.txt").read_text("utf-8")
    assert "not representative" in (tmp_path / "3.txt").read_text("utf-8")
