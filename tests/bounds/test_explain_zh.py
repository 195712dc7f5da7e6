"""Samples, simulations and reports in Chinese: every number, no English word."""

import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

from bioloom.bounds.data import EXAMPLE, read_losses
from bioloom.bounds.explaining import (
    explain_check,
    explain_report,
    explain_samples,
    explain_simulation,
    notes_remark,
)
from bioloom.bounds.losses import Losses, losses_of
from bioloom.bounds.outputs import run_simulation
from bioloom.bounds.prediction_report import report
from bioloom.bounds.predictions import SPLITS, read_predictions
from bioloom.bounds.representative import check
from bioloom.bounds.sample_sizes import Promise, sample_sizes
from bioloom.bounds.simulation import Draws, simulate
from bioloom.bounds.thresholds import thresholds_of
from bioloom.errors import InputWarning
from bioloom.explain import width_of
from bioloom.run.language import use_language
from tests.bounds.test_report import table_of_pictures
from tests.bounds.test_simulate import pictures
from tests.chinese import in_both, only_words_differ

NAMES = (
    *("digi", "poke", "mine", "other", "third", "class", "tsv", "csv", "example"),
    *("losses", "predictions", "Clopper", "Pearson", "p_digi", "p_poke", "Poke"),
    *("patient", "probability"),
)
SYMBOLS = (
    *("argmin", "miss", "width", "ECE", "acc_b", "conf_b", "failure_prob", "rng_seed"),
    *("h_train", "h_all", "D_train", "D_all", "L_test", "L_train", "L_val"),
    *("p_low", "p_high", "max_h", "max_K", "min"),
)
KEPT = {*NAMES, *SYMBOLS, *filter(None, SPLITS)}


def example():
    losses = read_losses(EXAMPLE, n_sample=500, n_population=10_000)
    told = explain_check(check(losses, tolerance=0.02))
    return replace(told, steps=(*told.steps, *notes_remark()))


def checked(n_hypotheses, tolerance, n_sample=60):
    """Losses of random predictions of 100 examples."""
    rng = np.random.default_rng(3)
    said = (rng.random((n_hypotheses, 100)) < 0.3).astype(int)
    found = losses_of(said, np.zeros(100, int), np.arange(100) < n_sample)
    return explain_check(check(found, tolerance=tolerance))


def endless():
    """A sample of data that have no end, one loss no whole number of mistakes."""
    losses = Losses(
        names=("h1", "h2"),
        sample=np.array([0.1, 0.123]),
        population=np.array([0.105, 0.12]),
        rows=(2, 3),
        source="losses.tsv",
        n_sample=100_000,
    )
    return explain_check(check(losses, tolerance=0.05))


def samples(**more):
    test_set = more.pop("test_set", None)
    promise = Promise(**({"epsilon": 0.05} | more))
    return explain_samples(sample_sizes(promise, test_set=test_set))


def simulated(values, labels, **more):
    draws = Draws(**({"tolerance": 0.1, "n_draws": 200} | more))
    return explain_simulation(simulate(thresholds_of(values, labels), draws))


@cache
def reported(n_models=1, n_tried=1, n=300, accuracy=0.9):
    with TemporaryDirectory() as folder:
        read = []
        for name in ("mine", "other", "third")[:n_models]:
            path = Path(folder) / f"{name}.csv"
            table_of_pictures(path, n, accuracy - 0.3 * (name != "mine"))
            read += read_predictions(path)
        return report(read, n_tried=n_tried)


@cache
def classes_and_train(n_classes, wrong):
    """Many classes; as many mistakes in one split as asked for."""
    split = np.repeat(["train", "test"], 10 * n_classes)
    label = np.tile([f"c{k}" for k in range(n_classes)], 20)
    said = label.copy()
    said[(split == wrong) & (np.arange(len(said)) % 3 == 0)] = "c0"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "class.csv"
        frame = pd.DataFrame({"split": split, "label": label, "prediction": said})
        frame.to_csv(path, index=False)
        return report(read_predictions(path))


@cache
def odd_table(n_looks=1, **columns):
    """A table whose classes, probabilities, rows and groups are odd."""
    rng = np.random.default_rng(5)
    p = rng.random(90)
    label = np.where(rng.random(90) < p, "digi", "poke")
    label[80:] = label[:10]
    table = {
        "label": label,
        "prediction": np.where(p > 0.5, "digi ", "Poke"),
        "model": ["mine"] * 90,
        **dict(columns),
    }
    if "probability" in columns:
        table["probability"] = p
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        return report(read_predictions(table), n_looks=n_looks)


def in_groups():
    ids, split = np.arange(90) % 80, np.repeat(["test", "train"], 45)
    group = [f"patient{k % 60}" for k in range(90)]
    return {"id": tuple(ids), "split": tuple(split), "group": tuple(group)}


SCENES = {
    "folded": lambda: explain_report(odd_table(probability="")),
    "looks": lambda: explain_report(odd_table(n_looks=4)),
    "leaks": lambda: explain_report(odd_table(**in_groups())),
    "old groups": lambda: explain_report(
        odd_table(split=("train", "test") * 45, group=("patient",) * 90)
    ),
    "large": lambda: samples(population=2_000_000, vc_dim=2),
    "example": example,
    "met": lambda: checked(3, 0.6),
    "not met": lambda: checked(30, 0.02),
    "endless": endless,
    "few samples": samples,
    "one example": lambda: samples(epsilon=0.9, failure_prob=0.9),
    "all samples": lambda: samples(
        n_hypotheses=9, population=10_000, vc_dim=3, test_set=(40, 500)
    ),
    "exact": lambda: simulated(
        [1, 2, 3, 4, 5, 6], list("ababbb"), n_sample=3, tolerance=0.9
    ),
    "other way round": lambda: simulated([1, 2, 3, 4], list("bbaa"), n_sample=2),
    "drawn": lambda: simulated(*pictures(), n_sample=100),
    "report": lambda: explain_report(reported(), title="digi"),
    "reports": lambda: explain_report(reported(3, n_tried=20)),
    "alike": lambda: explain_report(reported(2, n=30, accuracy=1.0)),
    "no mistake": lambda: explain_report(reported(accuracy=1.0)),
    "many classes": lambda: explain_report(classes_and_train(40, "test")),
    "odd": lambda: explain_report(classes_and_train(12, "train")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_no_english_word_is_left(scene):
    only_words_differ(SCENES[scene], KEPT)


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        ("example", "example.tsv：就已知的损失而言，样本具有代表性"),
        ("met", "predictions：样本具有代表性"),
        ("not met", "样本不具有代表性"),
        ("endless", "抽样之前，由霍夫丁界与联合界可知"),
        ("all samples", "VC维d：3"),
        ("exact", "20个，即全部可能的样本"),
        ("one example", "→ 1 个样例"),
        ("other way round", "不超过2时判为 'b'。"),
        ("drawn", "200个，随机抽取，随机种子（rng_seed）为42"),
        ("report", "测试集（test） - 验证集（validation）"),
        ("reports", "（经霍尔姆校正为"),
        ("no mistake", "所有类别均无错误"),
        ("folded", "列在每一行都是类别'digi'的概率"),
        ("folded", "未见矛盾"),
        ("looks", "查看了4次结果"),
        ("leaks", "不能检验模型对新对象的表现"),
        ("leaks", "同时出现在训练集或验证集中的测试样例不能说明问题（略去10个"),
        ("old groups", "全部测试样例都属于这样的组"),
        ("large", "此处略去超几何分布的精确搜索"),
        ("many classes", "……另有10个类别"),
        ("odd", "模型在测试集（test）上的错误反而少于训练集（train）"),
    ],
)
def test_what_is_told_depends_on_the_result(scene, told):
    assert told in in_both(SCENES[scene])[1].to_text()


@pytest.mark.parametrize("scene", ["not met", "report", "many classes"])
def test_tables_are_aligned_on_a_terminal(scene):
    for step in in_both(SCENES[scene])[1].steps:
        if "总数" in "".join(step.detail[:1]):
            heading, *rows = step.detail
            rows = [row for row in rows if "   " in row]
            before = width_of(heading.partition("   置信区间")[0])
            assert {width_of(row.rpartition("   ")[0]) for row in rows} == {before}


def test_files_of_a_run_do_not_depend_on_the_language(tmp_path):
    values, labels = pictures()
    table = tmp_path / "table.csv"
    pd.DataFrame({"edges": values, "label": labels}).to_csv(table, index=False)
    columns = {"feature": "edges", "label": "label", "positive": None}
    draws = Draws(n_sample=100, n_draws=50)
    with use_language("zh"):
        run_simulation(table, columns, draws, out=tmp_path / "run")
    written = (tmp_path / "run" / "explanation.md").read_text("utf-8")
    assert written.startswith("## Thresholds between 'digi' and 'poke'")


def test_two_tables_are_named_in_the_title(tmp_path, bioloom_cli):
    for name in ("mine", "other"):
        table_of_pictures(tmp_path / f"{name}.csv", n=30)
    words = ("bounds", "report", tmp_path / "mine.csv", tmp_path / "other.csv")
    assert bioloom_cli(*words)[1].startswith("mine.csv and other.csv: what 2 models'")
    told = bioloom_cli(*words, "--lang", "zh")[1]
    assert told.startswith("mine.csv 和 other.csv：由2个模型的预测可以得出的结论\n")
