"""Pictures with several labels: read, split, learnt, judged, predicted, explained."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

import bioloom as bl
from bioloom.errors import BadConfig, UnknownName
from bioloom.images.auditing.audit import audit_folder
from bioloom.images.auditing.judging import judge_labels
from bioloom.images.dataset.admitting_labels import admitted_labels
from bioloom.images.dataset.data import read_folder
from bioloom.images.dataset.scan import scan
from bioloom.images.dataset.splits import SPLITS, split_by_labels
from bioloom.images.errors import BadPictures
from bioloom.images.files.view import Conversion
from bioloom.images.models.label_heads import fit_label_heads, out_of_fold
from bioloom.images.models.opening import open_model
from bioloom.images.settings import Settings, settings_with
from bioloom.images.training.losses import loss_of
from bioloom.images.training_run import train_classifier
from bioloom.processes import ALONE
from bioloom.report.images import write_report
from bioloom.statistics.calibration import calibration_error
from bioloom.statistics.multilabel import chosen_thresholds, label_chances
from tests.images.things import SIDE, THINGS, draw_things, thing_picture

SAID = "default::bioloom.errors.InputWarning"
SETTINGS = Settings(side=SIDE, multilabel=True, near="hash")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return draw_things(tmp_path_factory.mktemp("things"), 220, rng_seed=1)


@pytest.fixture(scope="module")
def result(table, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    settings = {"side": SIDE, "near": "hash"}
    return bl.images.train(table, out, multilabel=True, settings=settings)


def predictions_of(out):
    path = out / "tables" / "classification_result.csv"
    return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False)


def members_of(cells):
    """Whether each cell holds each thing."""
    return np.array([[name in cell.split("|") for name in THINGS] for cell in cells])


# -- reading -------------------------------------------------------------------


def some_pictures(folder, n=4):
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    for number in range(n):
        thing_picture((True, False, False), rng).save(folder / f"{number}.png")
    return folder


CELLS = "path,label\n0.png,b| a\n1.png,b\n2.png,|\n3.png,\n"
KAGGLE = "Image_ID,a,height,b,split\n0,1,3,1,train\n1,0,4,1.0,train\n2,0,5,0,test\n"
YES_NO = "file_name\ta\tb\n0.png\tTrue\ttrue\n1.png\tFalse\tTRUE\n2.png\tno\t0\n"
LONG = "path,label\n0.png,a\n1.png,b\n2.png,|\n0.png,b\n"


@pytest.mark.parametrize("text", [CELLS, KAGGLE, YES_NO, LONG])
def test_tables_are_read_as_the_same_labels(tmp_path, text):
    (some_pictures(tmp_path) / "labels.csv").write_text(text)
    found = read_folder(tmp_path / "labels.csv", multilabel=True)
    assert found.class_names == ("a", "b")
    assert found.members[:3].tolist() == [[True, True], [False, True], [False, False]]
    assert found.labels[:3] == ("a|b", "b", "|")
    assert [Path(path).name for path in found.paths[:3]] == [
        f"{k}.png" for k in (0, 1, 2)
    ]
    assert (found.y[:3] >= 0).all()
    if text is CELLS:
        assert found.y[3] == -1  # not known is not none
        assert found.labels[3] == ""
    said = " ".join(found.notes)
    assert ("Labels are the columns a and b" in said) == (text in (KAGGLE, YES_NO))
    assert ("not used: height" in said) == (text is KAGGLE)
    assert ("1 more row of the same pictures" in said) == (text is LONG)


def test_metadata_of_hugging_face(tmp_path):
    some_pictures(tmp_path)
    rows = [
        {"file_name": "0.png", "labels": ["b", "a"]},
        {"file_name": "1.png", "labels": ["b"]},
        {"file_name": "2.png", "labels": []},
    ]
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    found = read_folder(tmp_path, multilabel=True)
    assert found.labels == ("a|b", "b", "|", "")
    assert "1 picture not named in metadata.jsonl" in " ".join(found.notes)
    (tmp_path / "metadata.jsonl").unlink()
    (tmp_path / "metadata.csv").write_text("file_name,a,b\n0.png,1,1\n1.png,0,1\n")
    assert read_folder(tmp_path, multilabel=True).labels == ("a|b", "b", "", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,a,b\n0.png,1,0\n1.png,,1\n", r"row 2, a: found '', expected 0 or 1"),
        (
            "path,a,b\n0.png,1,2\n1.png,0,3\n",
            r"expected a column label or .*0 and",
        ),
        ("name,a,b\n0.png,1,0\n", r"expected a column path or file_name"),
        (
            "path,label,split\n0.png,a,train\n0.png,b,test\n",
            r"0\.png: found two sides: train and test",
        ),
    ],
)
def test_tables_that_cannot_be_read(tmp_path, text, said):
    (some_pictures(tmp_path) / "labels.csv").write_text(text)
    with pytest.raises(BadPictures, match=said):
        read_folder(tmp_path / "labels.csv", multilabel=True)


def test_a_bar_without_the_option_is_part_of_a_name_and_said(tmp_path):
    (some_pictures(tmp_path) / "labels.csv").write_text(CELLS)
    found = read_folder(tmp_path / "labels.csv")
    assert found.class_names == ("b", "b| a", "|")
    assert not found.is_multilabel
    assert "2 of 3 classes have a | in their name" in " ".join(found.notes)
    (tmp_path / "labels.csv").write_text("path,label\n0.png,a b\n1.png,b\n")
    found = read_folder(tmp_path / "labels.csv", multilabel=True)
    assert "separated by |, and 'a b' is one" in " ".join(found.notes)


def scanned_folder(folder):
    pictures = read_folder(folder, multilabel=True)
    pixels = np.zeros((len(pictures.files), 64, 64, 3), dtype=np.uint8)
    return pictures, scan(pictures.paths, pixels, conversion=Conversion(side=64))


def two_folders(folder):
    """Ten pictures in each of two folders, two of them in both."""
    rng = np.random.default_rng(3)
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(10):
            picture = thing_picture(rng.random(3) < 0.5, rng)
            picture.save(folder / name / f"{name}{number}.png")
    for number in range(2):
        content = (folder / "cat" / f"cat{number}.png").read_bytes()
        (folder / "dog" / f"also{number}.png").write_bytes(content)


def test_the_same_file_in_two_folders_has_both_labels(tmp_path):
    two_folders(tmp_path)
    found = admitted_labels(*scanned_folder(tmp_path))
    labels = dict(zip(found.names, found.labels, strict=True))
    assert labels["cat/cat0.png"] == labels["dog/also0.png"] == "cat|dog"
    assert labels["cat/cat5.png"] == "cat"
    used = dict(zip(found.names, found.y >= 0, strict=True))
    assert used["cat/cat0.png"]
    assert not used["dog/also0.png"]  # once is enough
    assert found.has_label.sum(axis=0).tolist() == [10, 12]
    assert "4 files are 2 pictures" in " ".join(found.notes)


def test_the_same_content_with_other_labels_in_a_table_is_contrary(tmp_path):
    two_folders(tmp_path)
    rows = [
        f"{path.relative_to(tmp_path)},{path.parent.name}"
        for path in sorted(tmp_path.glob("*/*.png"))
    ]
    (tmp_path / "labels.csv").write_text("path,label\n" + "\n".join(rows))
    pictures, scanned = scanned_folder(tmp_path / "labels.csv")
    found = admitted_labels(pictures, scanned)
    assert (found.y >= 0).sum() == 18
    assert "same content under several labels: 4 files, left out" in found.notes[-1]
    kept = admitted_labels(pictures, scanned, keep_contrary=True)
    assert (kept.y >= 0).sum() == 22


def test_labels_that_cannot_be_learnt_are_left_out_and_said(tmp_path):
    draw_things(tmp_path, 12, rng_seed=1, shares=(0.5, 0.5, 0))
    path = tmp_path / "labels.csv"
    frame = pd.read_csv(path)
    frame["label"] = [
        f"{cell}|always{'|rare' if row == 0 else ''}"
        for row, cell in enumerate(frame["label"])
    ]
    frame.to_csv(path, index=False)
    pictures, scanned = scanned_folder(path)
    found = admitted_labels(pictures, scanned, min_per_class=2)
    assert found.class_names == ("disc", "stripes")
    assert found.members.shape == (12, 2)
    assert (found.y >= 0).all()  # the pictures stay
    said = " ".join(found.notes)
    assert "because all training pictures have them: always." in said
    assert "Labels left out, with too few pictures: rare (1)." in said
    frame["label"] = [
        "disc" if row < 6 else "|" if row < 11 else "stripes" for row in range(12)
    ]
    frame.to_csv(path, index=False)
    with pytest.raises(BadPictures, match="1 label with enough pictures, of 2"):
        admitted_labels(*scanned_folder(path))


# -- splits, heads, thresholds ----------------------------------------------------


@given(st.integers(0, 10**6), st.integers(40, 120), st.integers(1, 5))
def test_groups_stay_together_and_labels_are_on_every_side(seed, n, n_labels):
    rng = np.random.default_rng(seed)
    members = rng.random((n, n_labels)) < rng.uniform(0.1, 0.9, n_labels)
    groups = rng.integers(0, n // 2, n)
    used = rng.random(n) < 0.9
    split = split_by_labels(members, groups, used, rng_seed=seed)
    assert ((split == "") == ~used).all()
    for group in np.unique(groups[used]):
        assert len(set(split[used & (groups == group)])) == 1
    assert set(SPLITS) <= set(split)
    shares = [(split[used] == side).mean() for side in SPLITS]
    assert shares == pytest.approx(
        [0.8, 0.1, 0.1], abs=0.2
    )  # groups are of unequal size
    for label in members.T:
        of_label = [len(set(groups[used & label & (split == s)])) for s in SPLITS]
        if 0 < sum(of_label) < 3:  # too few to be tested
            assert of_label[1:] == [0, 0]


def test_labels_are_as_frequent_on_every_side():
    rng = np.random.default_rng(0)
    members = rng.random((2000, 4)) < [0.5, 0.2, 0.05, 0.01]
    used = np.ones(2000, dtype=bool)
    split = split_by_labels(members, np.arange(2000), used, rng_seed=1)
    for side, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
        found = members[split == side].sum(axis=0)
        assert found == pytest.approx(share * members.sum(axis=0), abs=1.5)


def some_features(n=160, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 20)).astype(np.float32)
    noise = rng.normal(size=(n, 3))
    members = x[:, :3] + 0.8 * noise > [0.0, 0.6, 1.2]
    return x, members


def test_each_head_is_scikit_learns():
    x, members = some_features()
    heads = fit_label_heads(x, members, np.arange(160), rng_seed=1)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    for label, head in enumerate(heads.heads):
        theirs = LogisticRegression(C=head.strength, tol=1e-8, max_iter=10_000)
        theirs.fit(z, members[:, label])
        ours = label_chances(heads.scores(x))[:, label]
        assert ours == pytest.approx(theirs.predict_proba(z)[:, 1], abs=5e-3)
        assert head.strength in [trial.strength for trial in head.tried]
        assert min(head.tried, key=lambda trial: trial.loss).strength == head.strength


def test_a_label_that_all_or_none_have_keeps_its_frequency():
    x, members = some_features()
    constant = np.column_stack([members[:, 0], np.ones(160, bool), np.zeros(160, bool)])
    heads = fit_label_heads(x, constant, np.arange(160), rng_seed=1)
    chances = label_chances(heads.scores(x))
    assert chances[:, 1:] == pytest.approx(np.tile([160.5 / 161, 0.5 / 161], (160, 1)))


def test_no_picture_is_scored_by_a_head_that_knows_its_group():
    """Copies of pictures with labels that mean nothing: groups hide it, rows do not."""
    rng = np.random.default_rng(4)
    x = np.repeat(rng.normal(size=(60, 90)), 4, axis=0).astype(np.float32)
    members = np.repeat(rng.random((60, 2)) < 0.5, 4, axis=0)
    groups = np.repeat(np.arange(60), 4)
    apart = out_of_fold(x, members, groups, rng_seed=1)
    torn = out_of_fold(x, members, np.arange(240), rng_seed=1)
    for group in range(60):
        assert len(set(apart.fold[groups == group])) == 1
    f1 = [
        metrics.f1_score(members, each.calls(members), average="micro")
        for each in (apart, torn)
    ]
    assert f1[1] > 0.95
    assert f1[0] < 0.75


def test_thresholds_of_a_fold_do_not_use_it():
    x, members = some_features()
    folds = out_of_fold(x, members, np.arange(160), rng_seed=1)
    called = folds.calls(members)
    own = folds.fold == 2
    changed = members.copy()
    changed[own] = ~changed[own]
    assert (folds.calls(changed)[own] == called[own]).all()
    chances = label_chances(folds.scores)
    by_hand = chances[own] > chosen_thresholds(chances[~own], members[~own])
    assert (called[own] == by_hand).all()


# -- a training ---------------------------------------------------------------------


def test_things_that_are_there_are_found(result):
    """The right answer is known, also of pictures drawn anew."""
    assert result.measures["micro_f1"].value > 0.85
    assert result.inflation.grouped.low > 0.85
    assert "220 pictures with 3 labels; test micro f1" in repr(result)
    rng = np.random.default_rng(99)
    has = rng.random((60, 3)) < 0.5
    folder = result.out.parent / "new"
    folder.mkdir()
    for number, row in enumerate(has):
        thing_picture(row, rng).save(folder / f"{number:02}.png")
    found = bl.images.predict(result, folder).to_frame()
    called = members_of(found["prediction"])
    known = (found["prediction"] != "unknown").to_numpy()
    assert known.mean() > 0.8
    assert metrics.f1_score(has[known], called[known], average="micro") > 0.85


def test_measures_are_those_of_scikit_learn(result):
    table = predictions_of(result.out)
    test = table[table["split"] == "test"]
    has, called = members_of(test["label"]), members_of(test["prediction"])
    chances = test[[f"p_{name}" for name in THINGS]].to_numpy(dtype=float)
    theirs = {
        "micro_f1": metrics.f1_score(has, called, average="micro"),
        "macro_f1": metrics.f1_score(has, called, average="macro"),
        "subset_accuracy": metrics.accuracy_score(has, called),
        "hamming_loss": metrics.hamming_loss(has, called),
        "mean_ap": metrics.average_precision_score(has, chances, average="macro"),
        "mean_auc": metrics.roc_auc_score(has, chances, average="macro"),
    }
    ours = {name: share.value for name, share in result.measures.items()}
    assert ours == pytest.approx(theirs, abs=1e-6)
    for share in result.measures.values():
        assert share.low <= share.value <= share.high
        assert share.width > 0
    labels = pd.read_csv(result.out / "tables" / "classes.tsv", sep="\t")
    assert labels["label"].tolist() == list(THINGS)
    of_label = metrics.precision_recall_fscore_support(has, called)
    for name, values in zip(("precision", "recall", "f1", "n"), of_label, strict=True):
        assert labels[name].to_numpy() == pytest.approx(values, abs=1e-6)
    summary = pd.read_csv(result.out / "tables" / "summary.tsv", sep="\t")
    facts = dict(zip(summary["measure"], summary["value"], strict=True))
    assert facts["cv_micro_f1_grouped"] == pytest.approx(result.inflation.grouped.value)
    everything = np.ones_like(has)
    assert facts["baseline_every_micro_f1"] == pytest.approx(
        metrics.f1_score(has, everything, average="micro")
    )
    assert facts["lead_every"] == pytest.approx(
        theirs["micro_f1"] - facts["baseline_every_micro_f1"], abs=1e-5
    )


def test_calibration_is_that_of_each_label(result):
    training = result.training
    test = training.test
    bins = pd.read_csv(
        result.out / "tables" / "calibration.tsv", sep="\t", keep_default_na=False
    )
    for label, name in enumerate(THINGS):
        rows = bins[bins["label"] == name]
        chances = training.probabilities[test, label]
        has = training.members[test, label]
        edges = np.clip(np.ceil(chances * 15) - 1, 0, 14)
        gap = sum(
            abs((has[edges == k]).mean() - chances[edges == k].mean())
            * (edges == k).mean()
            for k in np.unique(edges)
        )
        assert calibration_error(training.bins[label]) == pytest.approx(gap)
        assert rows["n"].sum() == len(test)


def test_test_labels_have_no_part_in_heads_and_thresholds(result, table, tmp_path):
    """Every label of the test pictures turned round: the same model."""
    frame = pd.read_csv(table)
    split = predictions_of(result.out).set_index("path")["split"]
    frame["split"] = split.loc[frame["path"]].to_numpy()
    others = members_of(frame["label"]) ^ (frame["split"] == "test").to_numpy()[:, None]
    plain, turned = table.parent / "plain.csv", table.parent / "turned.csv"
    frame.to_csv(plain, index=False)
    frame["label"] = ["|".join(np.array(THINGS)[row]) or "|" for row in others]
    frame.to_csv(turned, index=False)
    runs = [
        train_classifier(path, tmp_path / path.stem, SETTINGS)
        for path in (plain, turned)
    ]
    for run in runs:
        assert (run.split == runs[0].split).all()
        assert (run.thresholds == runs[0].thresholds).all()
        assert (run.scores == runs[0].scores).all()
    assert runs[1].measures["micro_f1"].value < 0.5


def test_the_run_holds_the_model_its_thresholds_and_tables(result, bioloom_cli):
    names = {path.name for path in (result.out / "tables").iterdir()}
    assert "confusion.tsv" not in names
    assert {"classes.tsv", "baselines.tsv", "audit.tsv", "curves.tsv"} <= names
    readme = (result.out / "tables" / "README.md").read_text()
    assert "## baselines.tsv" in readme
    assert "confusion" not in readme
    card = (result.out / "MODEL_CARD.md").read_text()
    assert card.startswith("# Labels of pictures: disc, stripes, triangle")
    assert "Baseline, every label: micro F1" in card
    for name, threshold in zip(THINGS, result.training.thresholds, strict=True):
        assert f"- {name}: called above {threshold:.3f}" in card
    for kind in ("curves", "labels", "calibration", "audit"):
        assert result.plot(kind).axes
    assert result.plot().axes[0].get_xlabel().startswith("average precision")
    code, shown, _ = bioloom_cli("bounds", "report", result.out)
    assert code == 0
    assert "test examples are wrong" in shown


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_both_engines_give_the_tables_predictions(result, engine):
    table = predictions_of(result.out)
    folder = result.training.pictures.folder.parent
    paths = [folder / name for name in table["path"][:20]]
    found = bl.images.predict(result, paths, engine=engine).to_frame()
    known = (found["prediction"] != "unknown").to_numpy()
    assert (found["prediction"] == table["prediction"][:20])[known].all()
    for name in THINGS:
        ours = found[f"p_{name}"].to_numpy()
        assert ours == pytest.approx(table[f"p_{name}"][:20].to_numpy(), abs=2e-4)
    product = np.prod(
        [
            np.where(members_of(found["prediction"])[:, k], p, 1 - p)
            for k, name in enumerate(THINGS)
            for p in [found[f"p_{name}"]]
        ],
        axis=0,
    )
    assert found["confidence"][known].to_numpy() == pytest.approx(product[known])
    model = open_model(result.out, engine=engine)
    assert model.thresholds == pytest.approx(result.training.thresholds)


def test_an_explanation_adds_up_for_every_label(result, bioloom_cli, tmp_path):
    folder = result.training.pictures.folder.parent
    table = predictions_of(result.out)
    row = table.iloc[0]
    picture = folder / row["path"]
    for label, name in enumerate(THINGS):
        told = bl.images.explain(result, picture, of_label=name)
        assert told.title.endswith(f": {row['prediction']}")
        score, chance, margin = (told.steps[k].value.number for k in (1, 2, 3))
        assert chance == pytest.approx(1 / (1 + np.exp(-score)), abs=1e-6)
        assert chance == pytest.approx(row[f"p_{name}"], abs=2e-4)
        threshold = result.training.thresholds[label]
        assert margin == pytest.approx(chance - threshold, abs=1e-6)
        cells = [float(x) for line in told.steps[1].detail for x in line.split()]
        rest = float(told.steps[1].substitution.split(" = ")[1].split(" + ")[0])
        assert sum(cells) + rest == pytest.approx(score, abs=3e-3)
        outcome = told.steps[3].verdict.outcome
        assert outcome == ("pass" if name in row["prediction"].split("|") else "fail")
    likeliest = max(THINGS, key=lambda name: row[f"p_{name}"])
    words = ("images", "explain", result.out, picture, "--map", tmp_path / "map.png")
    code, shown, _ = bioloom_cli(*words)
    assert code == 0
    assert f"The score of {likeliest} is the sum" in shown
    assert (tmp_path / "map.png").is_file()
    with pytest.raises(UnknownName, match="no label 'dog'"):
        result.explain(picture, of_label="dog")


def test_a_label_of_a_model_of_classes_is_refused(run, creatures):
    picture = next((creatures / "moppets").iterdir())
    with pytest.raises(BadConfig, match="a model of one class a picture"):
        bl.images.explain(run[0], picture, of_label="moppets")


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        ({"fit": "all", "folds": 3}, "--folds"),
        ({"class_weights": True}, "--class-weights"),
    ],
)
def test_what_holds_for_classes_alone_is_refused(changes, option):
    with pytest.raises(BadConfig, match=f"{option}: found it together"):
        settings_with({"multilabel": True, **changes})


@pytest.mark.parametrize("n_processes", [1, 2])
def test_the_loss_of_labels_is_torchs(n_processes):
    rng = torch.Generator().manual_seed(1)
    scores = torch.randn((6, 4), generator=rng, requires_grad=True)
    y = (torch.rand((6, 4), generator=rng) < 0.4).float()
    loss = loss_of(y.numpy() > 0, torch.ones(4))
    parts = [
        loss.of(
            scores[k::n_processes],
            y[k::n_processes],
            total=loss.total(y),
            processes=replace(ALONE, size=n_processes),
        )
        for k in range(n_processes)
    ]
    theirs = torch.nn.BCEWithLogitsLoss()(scores, y)
    assert torch.stack(parts).mean().item() == pytest.approx(theirs.item(), rel=1e-6)
    total, n_right = loss.validated(scores, y)
    assert total.item() == pytest.approx(6 * theirs.item(), rel=1e-6)
    right = 6 * (1 - metrics.hamming_loss(y.bool(), scores.detach() > 0))
    assert n_right.item() == pytest.approx(right)


@pytest.mark.parametrize("weights", ["auto", "scratch"])
def test_all_weights_learn_labels(tmp_path, weights):
    table = draw_things(tmp_path / "in", 120, rng_seed=8)
    settings = replace(
        SETTINGS, fit="all", weights=weights, epochs=3, learning_rate=1e-4
    )
    found = train_classifier(table, tmp_path / "run", settings, report=write_report)
    assert len(found.history) == 3
    losses = [epoch.val_loss for epoch in found.history]
    assert found.best_epoch == int(np.argmin(losses))
    val = found.split == "val"
    by_hand = chosen_thresholds(found.probabilities[val], found.members[val])
    assert (found.thresholds == by_hand).all()
    bce = metrics.log_loss(found.members[val].ravel(), found.probabilities[val].ravel())
    assert bce == pytest.approx(min(losses), rel=1e-2)
    assert (found.heads is None) == (found.inflation is None) == (weights == "scratch")
    if weights == "auto":
        assert all(each.lead.value > 0 for each in found.baselines)
        assert found.history[-1].train_loss < found.history[0].train_loss
    curves = pd.read_csv(tmp_path / "run" / "tables" / "curves.tsv", sep="\t")
    assert curves["val_loss"].to_numpy() == pytest.approx(losses, abs=1e-6)
    page = (tmp_path / "run" / "report.html").read_text()
    assert ("heads on the initial features, not this model" in page) == (
        weights == "auto"
    )
    picture = bl.images.predict(tmp_path / "run", table.parent / "000.png").to_frame()
    for k, name in enumerate(THINGS):
        ours = found.probabilities[0, k]
        assert picture[f"p_{name}"].iloc[0] == pytest.approx(ours, abs=2e-4)


@pytest.mark.filterwarnings(SAID)
def test_the_command_trains_on_folders_and_tells_its_measures(tmp_path, bioloom_cli):
    rng = np.random.default_rng(7)
    data = tmp_path / "data"
    for number in range(90):
        has = rng.random(3) < 0.5
        picture = thing_picture(has, rng)
        for name in np.array(THINGS)[has]:
            (data / name).mkdir(parents=True, exist_ok=True)
            picture.save(data / name / f"{number}.png")
    words = (
        "--multilabel",
        "--side",
        SIDE,
        "--near",
        "hash",
        "--out",
        tmp_path / "run",
    )
    code, shown, told = bioloom_cli("images", "train", data, *words, "--json")
    assert code == 0, told
    facts = json.loads(shown)
    assert set(facts["test"]) == {
        *("micro_f1", "macro_f1", "subset_accuracy"),
        *("hamming_loss", "mean_ap", "mean_auc"),
    }
    assert facts["cross_validated"]["grouped"]["value"] > 0.8
    assert "learnt once with the labels of all its folders" in told
    table = predictions_of(tmp_path / "run")
    used = table[table["split"] != ""]
    assert used["sha1"].is_unique
    assert used["label"].str.contains("|", regex=False).any()
    code, _, told = bioloom_cli("images", "train", data, *words)
    assert code == 1
    assert "finished run" in told
    code, shown, _ = bioloom_cli(
        *("images", "predict", tmp_path / "run", data / "disc", "--json")
    )
    rows = [json.loads(line) for line in shown.splitlines()]
    assert code == 0
    assert len(rows) == len(list((data / "disc").iterdir()))


# -- the audit ------------------------------------------------------------------------


def test_a_planted_mark_is_the_shortcut_of_its_label_alone(tmp_path, bioloom_cli):
    table = draw_things(tmp_path / "in", 120, rng_seed=5, plant="stripes")
    found = audit_folder(table, multilabel=True, conversion=Conversion(side=SIDE))
    shortcuts = {
        label: {finding.probe for finding in audit.shortcuts}
        for label, audit in found.audits.items()
    }
    assert "corner" in shortcuts["stripes"]
    assert not shortcuts["disc"]
    assert not shortcuts["triangle"]
    assert found.strongest == "stripes"
    assert found.where.class_names == ("stripes", "not stripes")
    assert "corner pixels alone predict the label stripes" in found.warnings()[0]
    frame = found.to_frame()
    assert set(frame["label"]) == set(THINGS)
    code, shown, told = bioloom_cli(
        *("images", "audit", table, "--multilabel", "--side", SIDE),
        *("--figures", tmp_path / "figures"),
    )
    assert code == 0
    assert f"shortcut: {found.warnings()[0]}" in told
    assert shown.splitlines()[0].startswith("label\tprobe\tof\t")
    assert (tmp_path / "figures" / "where.png").is_file()
    again = bl.images.audit(table, multilabel=True, side=SIDE)
    assert again.to_frame().equals(frame)
    trained = train_classifier(table, tmp_path / "run", SETTINGS)
    assert trained.audit.warnings() == found.warnings()
    assert trained.audit.to_frame().equals(frame)
    card = (tmp_path / "run" / "MODEL_CARD.md").read_text()
    assert "Shortcuts were found" in card


def test_labels_that_mean_nothing_seldom_alarm():
    """One p for all probes of all labels: at most .05 in one of twenty sets."""
    rng = np.random.default_rng(0)
    lowest = []
    for seed in range(60):
        probes = {
            name: rng.normal(size=(60, 3)).astype(np.float32) for name in range(4)
        }
        members = rng.random((60, 3)) < 0.4
        members[:, 2] = members[:, 0] ^ (
            rng.random(60) < 0.1
        )  # labels that go together
        judged = judge_labels(probes, members, np.arange(60), rng_seed=seed)
        lowest.append(min(each.p for label in judged for each in label.values()))
    assert np.mean(np.array(lowest) <= 0.05) < 0.15  # of 60, 8 are 1 in 500
    assert 0.3 < np.mean(lowest) < 0.7


@pytest.mark.filterwarnings("ignore::bioloom.errors.InputWarning")
def test_labels_too_rare_to_be_judged_are_said(tmp_path):
    table = draw_things(tmp_path, 60, rng_seed=2, shares=(0.5, 0.5, 0.03))
    found = audit_folder(table, multilabel=True, conversion=Conversion(side=SIDE))
    assert "triangle" not in found.audits
    assert any("to be audited: triangle." in note for note in found.notes())
