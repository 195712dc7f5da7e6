"""Tables that once fooled the report: classes, probabilities, repeats, encodings."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bioloom as bl
from bioloom.bounds.class_columns import class_columns
from bioloom.bounds.columns import Columns
from bioloom.bounds.matching import matched, similar_name
from bioloom.bounds.paths import label_in, splits_in_paths
from bioloom.errors import BadInput, BadTable, InputWarning, UnknownName

N = 400
pytestmark = pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")


def drawn(rng_seed=0, n=N):
    """True labels drawn with the probability of "cat" that is given with them."""
    rng = np.random.default_rng(rng_seed)
    p = rng.random(n)
    label = np.where(rng.random(n) < p, "cat", "dog")
    return p, pd.DataFrame({"label": label, "prediction": called(p)})


def called(p, threshold=0.5):
    return np.where(p >= threshold, "cat", "dog")


P, TABLE = drawn()
CONFIDENCE = np.maximum(P, 1 - P)
N_WRONG = int((TABLE["label"] != TABLE["prediction"]).sum())


def error_10(confidence, is_right):
    """Expected calibration error over ten bins, one example at a time."""
    bins = {}
    for sure, right in zip(confidence, is_right, strict=True):
        bins.setdefault(min(9, max(0, int(np.ceil(sure * 10)) - 1)), []).append(
            (sure, right)
        )
    gaps = [abs(sum(x for x, _ in b) - sum(r for _, r in b)) for b in bins.values()]
    return sum(gaps) / len(confidence)


TRUE_ERROR = error_10(CONFIDENCE, TABLE["label"] == TABLE["prediction"])


def reported(table, **more):
    return bl.bounds.report(table, **more).models[0]


def notes(table, **more):
    return " ".join(map(str, bl.bounds.report(table, **more).notes))


# the cases


def test_zero_and_one_as_floats_are_the_same_classes(cases_dir):
    with pytest.warns(InputWarning, match=r"'0\.0' = '0', '1\.0' = '1'"):
        model = reported(cases_dir / "bounds" / "mixed01.csv")
    raw = pd.read_csv(cases_dir / "bounds" / "mixed01.csv")
    assert model.test.n_mistakes == int((raw["y_true"] != raw["y_pred"]).sum()) == 95


def test_the_probability_of_one_class_is_folded(cases_dir):
    path = cases_dir / "bounds" / "ppos.csv"
    model = reported(path)
    raw = pd.read_csv(path)
    p = raw["probability"].where(raw["prediction"] == "cat", 1 - raw["probability"])
    truth = error_10(p, raw["prediction"] == raw["label"])
    assert model.calibration.error_10 == pytest.approx(truth)
    assert truth == pytest.approx(0.035, abs=5e-4)


def test_chinese_text_of_a_spreadsheet(cases_dir):
    with pytest.warns(InputWarning, match="GB18030"):
        model = reported(cases_dir / "bounds" / "gbk.csv")
    assert set(model.classes) == {"猫", "狗"}


def test_pictures_without_a_column_of_labels(cases_dir, bioloom_cli):
    path = cases_dir / "bounds" / "classification_result.csv"
    code, told, err = bioloom_cli("bounds", "report", path)
    assert (code, told) == (1, "")
    assert "--label-from-folder" in err
    code, told, _ = bioloom_cli("bounds", "report", path, "--label-from-folder")
    assert code == 0
    assert "11 of 100 test examples are wrong" in told
    assert "no column of splits" in told


# classes


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [
        (("0", "1"), ("0.0", "1.0")),
        (("0.0", "1.0"), ("0", "1")),
        (("True", "False"), ("1", "0")),
        (("1", "0"), ("TRUE", "FALSE")),
        (("yes", "no"), ("True", "False")),
        (("Cat", "dog"), ("cat", "DOG")),
        (("cat", "dog"), ("cat ", "\u3000dog")),
        (("猫", "狗"), ("猫\u200b", "狗")),
        (("１", "２"), ("1", "2")),
        (("007", "008"), ("7", "8")),
        (("golden retriever", "pug"), ("golden_retriever", "Pug")),
        (("b|a", "c"), ("a|b", "c")),
        (("1e2", "5"), ("100", "5.00")),
    ],
)
def test_one_class_in_two_writings(labels, predictions):
    table = {"label": labels * 20, "prediction": predictions * 20}
    model = reported(table)
    assert (model.test.n_mistakes, model.test.n) == (0, 40)
    assert "differ only in writing are one class" in notes(table)


@pytest.mark.parametrize(
    ("labels", "predictions"),
    [
        (("cat", "dog"), ("0", "1")),
        (("-1", "1"), ("0", "1")),
        (("1", "2"), ("0", "1")),
        (("a", "b"), ("x", "y")),
        (("Cat", "cat", "x"), ("CAT", "x", "x")),
        (("a", "a"), ("b", "b")),
    ],
)
def test_other_classes_are_refused(labels, predictions):
    table = {"label": labels * 20, "prediction": predictions * 20}
    with pytest.raises(BadTable, match="not the same classes|may be several of"):
        bl.bounds.report(table)


def test_what_differs_in_meaning_is_not_matched():
    # letters of two sizes, blood groups, signed numbers
    for names in (("A", "a"), ("A+", "A-"), ("-1", "1"), ("10", "1")):
        table = {"label": names * 20, "prediction": names[::-1] * 20}
        assert reported(table).test.n_mistakes == 40
    assert similar_name("-1") != similar_name("1")
    table = {"label": ("A", "a") * 20, "prediction": ("A", "a") * 20}
    assert "'A', 'a' differ only in writing, but are counted" in notes(table)


def test_two_tables_may_write_the_labels_differently():
    first = {"id": range(40), "label": [0, 1] * 20, "prediction": [0, 1] * 20}
    second = {"id": range(40), "label": ["0.0", "1.0"] * 20, "prediction": [1] * 40}
    frames = [pd.DataFrame(table) for table in (first, second)]
    (pair,) = bl.bounds.report(frames).comparisons
    assert (pair.only_first, pair.only_second) == (0, 20)
    words = [
        pd.DataFrame(first),
        pd.DataFrame({**second, "label": ["False", "True"] * 20}),
    ]
    assert bl.bounds.report(words).comparisons[0].only_second == 20
    other = pd.DataFrame({**second, "label": ["1.0", "0.0"] * 20})
    with pytest.raises(BadTable, match="found the labels '0' and '1"):
        bl.bounds.report([frames[0], other])


def test_a_class_that_no_example_has_is_said():
    table = {"label": ["cat", "dog"] * 20, "prediction": ["kat", "dog"] * 20}
    assert reported(table).test.n_mistakes == 20
    assert "predicted class 'kat'" in notes(table)
    assert "(rows: 20)" in notes(table)


def test_a_missing_label_is_no_class():
    table = {
        "label": ["cat", "NA", "dog"] * 20,
        "prediction": ["cat", "cat", "dog"] * 20,
    }
    model = reported(table)
    assert (model.test.n, model.n_unused, model.test.n_mistakes) == (40, 20, 0)
    assert "missing value" in notes(table)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40),
    st.sampled_from(["{}", "{}.0", " {} ", "{}.00", "+{}"]),
)
def test_numbers_are_compared_as_numbers(pairs, form):
    labels = [str(a) for a, _ in pairs]
    predictions = [form.format(b) for _, b in pairs]
    try:
        found = matched(labels, predictions, where="table")
    except BadTable:  # no class in common, or two codes for two classes
        assert {a for a, _ in pairs} != {b for _, b in pairs}
        return
    same = [a == b for a, b in zip(found.labels, found.predictions, strict=True)]
    assert same == [a == b for a, b in pairs]


# probabilities


def with_columns(**columns):
    return TABLE.assign(**columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"confidence": CONFIDENCE},
        {"probability": P},
        {"probability": 1 - P},
        {"Prob": P},
        {"prob_cat": P},
        {"P(dog)": 1 - P},
        {"prob_cat": P, "prob_dog": 1 - P},
        {"Cat": P, "DOG": 1 - P},
        {"cat_probability": P, "dog_probability": 1 - P},
        {"prob_cat": P, "prob_dog": 1 - P, "probability": 1 - P},
        {"confidence": [f"{100 * x:.4f} %" for x in CONFIDENCE]},
        {"confidence": [f"{x:.6f}".replace(".", ",") for x in CONFIDENCE]},
    ],
    ids=lambda columns: ",".join(columns),
)
def test_the_confidence_is_that_of_the_predicted_class(columns):
    model = reported(with_columns(**columns))
    assert model.test.n_mistakes == N_WRONG
    assert model.calibration.confidence == pytest.approx(CONFIDENCE.mean(), abs=1e-5)
    assert model.calibration.error_10 == pytest.approx(TRUE_ERROR, abs=1e-4)


@given(st.integers(0, 500), st.integers(20, 200), st.booleans())
def test_a_fixed_class_is_always_told_from_a_confidence(rng_seed, n, is_dog):
    p, table = drawn(rng_seed, n)
    if len(set(called(p))) < 2:
        return
    table = table.assign(probability=1 - p if is_dog else p)
    found = reported(table).calibration
    right = table["label"] == table["prediction"]
    assert found.error_10 == pytest.approx(error_10(np.maximum(p, 1 - p), right))


def test_numbers_of_zero_and_one_say_the_probability_of_one():
    y, said = (TABLE["label"] == "cat") * 1, (P >= 0.5) * 1.0
    table = {"y_true": y, "y_pred": said, "y_proba": P}
    assert reported(table).calibration.error_10 == pytest.approx(TRUE_ERROR)
    assert "probability of class '1'" in notes(table)
    both = {"y_true": y, "y_pred": said, "prob_0": 1 - P, "prob_1": P}
    assert reported(both).calibration.error_10 == pytest.approx(TRUE_ERROR)


def test_another_threshold_is_said():
    low = called(P, 0.3)
    table = TABLE.assign(prediction=low, probability=P)
    assert "threshold other than one half" in notes(table)
    own = np.where(low == "cat", P, 1 - P)
    assert reported(table).calibration.confidence == pytest.approx(own.mean())
    # the predicted class's own, below one half for some: said or refused
    table = TABLE.assign(prediction=low, probability=own)
    with pytest.raises(BadTable, match="--confidence-of"):
        bl.bounds.report(table)
    found = reported(table, confidence_of="prediction").calibration
    assert found.confidence == pytest.approx(own.mean())


def test_a_named_class_is_taken_at_its_word():
    table = TABLE.assign(score=P)
    columns = Columns(confidence="score")
    found = reported(table, columns=columns, confidence_of="Cat").calibration
    assert found.error_10 == pytest.approx(TRUE_ERROR)
    with pytest.raises(UnknownName, match="no class 'bird'"):
        bl.bounds.report(table, columns=columns, confidence_of="bird")


def three_classes():
    rng = np.random.default_rng(1)
    p = rng.dirichlet([1, 1, 1], N)
    names = np.array(["a", "b", "c"])
    label = np.array([rng.choice(names, p=row) for row in p])
    return p, pd.DataFrame({"label": label, "prediction": names[p.argmax(axis=1)]})


def test_three_classes():
    p, table = three_classes()
    right = table["label"] == table["prediction"]
    truth = error_10(p.max(axis=1), right)
    columns = {f"prob_{name}": p[:, k] for k, name in enumerate("abc")}
    for more in (columns, {"confidence": p.max(axis=1)}):
        found = reported(table.assign(**more)).calibration
        assert found.error_10 == pytest.approx(truth)
    with pytest.raises(BadTable, match="probability of class 'a' in every row"):
        bl.bounds.report(table.assign(probability=p[:, 0]))
    halved = table.assign(confidence=p.max(axis=1) / 2)
    assert "Confidences below 1/3" in notes(halved)
    without = table.assign(prob_a=p[:, 0], prob_b=p[:, 1])
    assert reported(without).calibration is None
    assert "'prob_a', 'prob_b' are not used" in notes(without)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"prob_cat": P, "prob_dog": P}, "row 1: found probabilities .* with the sum"),
        ({"prob_cat": 1 - P, "prob_dog": P}, "not the class with the highest"),
        ({"prob_cat": 10 * P, "prob_dog": -P}, "probability from 0 to 1"),
        ({"confidence": 100 * CONFIDENCE}, "Scale the column"),
        ({"probability": np.random.default_rng(9).random(N)}, "--confidence-of CLASS"),
    ],
)
def test_what_no_probability_can_be_is_refused(columns, message):
    with pytest.raises(BadTable, match=message):
        bl.bounds.report(with_columns(**columns))


def test_columns_of_other_things_are_left_out():
    codes = with_columns(cat=(TABLE["label"] == "cat") * 1, dog=0)
    assert reported(codes).calibration is None
    assert "'cat', 'dog' are not used" in notes(codes)
    numbered = with_columns(prob_0=P, prob_1=1 - P)
    assert reported(numbered).calibration is None
    assert "'prob_0', 'prob_1' are not used" in notes(numbered)
    assert class_columns(["p_value", "path", "prediction"], ["cat", "dog"]) == []


def test_without_a_prediction_the_most_probable_class_is_it():
    table = {"label": TABLE["label"], "prob_cat": P, "prob_dog": 1 - P}
    assert reported(table).test.n_mistakes == N_WRONG
    assert "No column holds the prediction" in notes(table)


def test_a_missing_confidence_is_said():
    table = with_columns(confidence=[np.nan, *CONFIDENCE[1:]])
    assert reported(table).calibration is None
    assert "no confidence (rows: 1)" in notes(table)


# paths, splits, repeats


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [
        ("C:\\data\\poke\\000.png", "poke", ""),
        ("data/train/cat/cat.12.jpg", "cat", "cat"),
        ("cats/big dog (3).jpeg", "cats", "big dog"),
        ("x/猫_001.png", "x", "猫"),
    ],
)
def test_labels_in_paths(path, folder, name):
    assert (label_in(path, "folder"), label_in(path, "name")) == (folder, name)


def test_labels_from_folders_and_names():
    labels = TABLE["label"]
    for form, label_from in (("d/{0}/{1}.png", "folder"), ("d/{0}_{1}.png", "name")):
        paths = [form.format(name, k) for k, name in enumerate(labels)]
        table = {"path": paths, "pred": TABLE["prediction"]}
        assert reported(table, label_from=label_from).test.n_mistakes == N_WRONG
        with pytest.raises(BadTable, match="--label-from-name"):
            bl.bounds.report(table)
    table = {"path": [f"{name}.png" for name in labels], "pred": TABLE["prediction"]}
    with pytest.raises(BadTable, match="row 1: found the path '.*' without a folder"):
        bl.bounds.report(table, label_from="folder")
    with pytest.raises(BadInput, match="label_from: found 'nose'"):
        bl.bounds.report(table, label_from="nose")


def test_a_split_in_the_folders_is_used():
    splits = np.where(np.arange(N) % 2, "train", "Test")
    paths = [f"d/{split}/x/{k}.png" for k, split in enumerate(splits)]
    table = TABLE.assign(path=paths)
    assert reported(table).test.n == N / 2
    assert "taken from the folders" in notes(table)
    assert splits_in_paths(["train/test/x.png"]) == []
    assert "no column of splits" in notes(TABLE)
    assert "no column of splits" not in notes(TABLE.assign(split="test"))


def test_repeated_rows_count_once():
    table = TABLE.assign(id=[f"d\\{k}.png" for k in range(N)])
    again = table.iloc[:7].assign(id=[f"d/{k}.png" for k in range(7)])
    both = pd.concat([table, again])
    assert reported(both).test == reported(table).test
    assert "counted once (left out: 7" in notes(both)
    other = again.assign(label=again["prediction"].map({"cat": "dog", "dog": "cat"}))
    with pytest.raises(BadTable, match="again, with another label"):
        bl.bounds.report(pd.concat([table, other]))


def test_training_examples_are_no_test_examples():
    test = TABLE.assign(id=range(N), split="test")
    train = test.iloc[:50].assign(split="train")
    both = pd.concat([train, test])
    model = reported(both)
    assert model.test.n == N - 50
    rest = TABLE.iloc[50:]
    assert model.test.n_mistakes == (rest["label"] != rest["prediction"]).sum()
    assert "also training or validation examples prove nothing (left out: 50" in notes(
        both
    )
    with pytest.raises(BadTable, match="that is not a training example too"):
        bl.bounds.report(pd.concat([train, train.assign(split="test")]))


def test_numbers_that_start_again_in_each_split_are_no_names():
    number = np.arange(N) % 200
    table = TABLE.assign(id=number, split=np.repeat(["train", "test"], 200))
    with pytest.raises(BadTable, match="labels 'cat' and 'dog'|labels 'dog' and 'cat'"):
        bl.bounds.report(table)


def test_groups_that_leak_between_splits_are_counted():
    group = [f"patient{k % 130}" for k in range(N)]
    split = np.where(np.arange(N) < 100, "train", "test")
    table = TABLE.assign(id=range(N), split=split, group=group)
    model = reported(table)
    is_old = np.array([k % 130 < 100 for k in range(100, N)])
    assert (model.leak.n_examples, model.leak.n_groups) == (is_old.sum(), 100)
    rest = TABLE.iloc[100:][~is_old]
    assert model.leak.rest.n == len(rest)
    assert model.leak.rest.n_mistakes == (rest["label"] != rest["prediction"]).sum()
    told = bl.bounds.report(table).explain()
    step = next(step for step in told.steps if "groups that the model" in step.claim)
    assert step.verdict.outcome == "fail"
    assert reported(table.assign(group=range(N))).leak is None
    column = table.rename(columns={"group": "patient"})
    columns = Columns(group="patient")
    assert reported(column, columns=columns).leak == model.leak


# encodings and separators


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("names", [("猫", "狗"), ("囧", "喆"), ("Zürich", "Genève")])
def test_encodings_and_separators(tmp_path, encoding, separator, names):
    if names[0] == "Zürich" and encoding == "gb18030":
        encoding = "latin-1"
    cat, dog = names
    table = TABLE.replace({"cat": cat, "dog": dog}).assign(置信度=CONFIDENCE.round(4))
    if encoding == "latin-1":
        table = table.rename(columns={"置信度": "confidence"})
    decimal = "," if separator == ";" else "."
    text = table.to_csv(index=False, sep=separator, decimal=decimal)
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    model = reported(path)
    assert (model.test.n_mistakes, set(model.classes)) == (N_WRONG, set(names))
    assert model.calibration.confidence == pytest.approx(CONFIDENCE.mean(), abs=1e-4)


# losses of hypotheses


def test_hypotheses_in_other_writings():
    table = {
        "label": [0, 1, 1, 0] * 10,
        "split": ["train", "test"] * 20,
        "h1": [0.0, 1.0, 1.0, 1.0] * 10,
        "h2": ["0", "1", "1", "0"] * 10,
    }
    with pytest.warns(InputWarning, match="differ only in writing"):
        result = bl.bounds.check(table, tolerance=0.9)
    assert result.losses.population.tolist() == [0.25, 0]
    assert "differ only in writing" in result.explain().to_text()
    with pytest.raises(BadInput, match="column 'h3': found labels"):
        bl.bounds.check(table | {"h3": ["cat", "dog"] * 20})
    with pytest.raises(BadInput, match="row 1, split: found 'trian'"):
        bl.bounds.check(table | {"split": ["trian", "test"] * 20})


def test_arrays_of_text_are_not_cut(tmp_path):
    path = tmp_path / "t.npz"
    label = np.array(["horse", "cat", "horse", "cat"])
    said = np.array([["hor", "cat", "hor", "cat"]])
    chosen = [True, True, False, False]
    np.savez(path, predictions=said, label=label, in_sample=chosen)
    assert bl.bounds.check(path).losses.population.tolist() == [0.5]
    np.savez(
        path, predictions=[[0.0, 1.0, 0.5, 1]], label=[0, 1, 0, 1], in_sample=chosen
    )
    assert bl.bounds.check(path).losses.population.tolist() == [0.25]


def test_classes_to_separate_in_one_writing():
    table = {"x": [1, 2, 3, 4], "label": ["a", " a", "b ", "b"]}
    result = bl.bounds.simulate(table, feature="x", n_sample=2)
    assert (result.thresholds.negative, result.thresholds.positive) == ("a", "b")
