"""Aggregation and predictions in Chinese: every number, no English word."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array

from bioloom.explain import width_of
from bioloom.graph.data.graph import SPLITS, NodeTable, assemble
from bioloom.graph.data.sources import Source
from bioloom.graph.explaining import explain_prediction as prediction_words
from bioloom.graph.explaining.aggregation import six_nodes
from bioloom.graph.explaining.evidence import reasons_of
from bioloom.graph.explaining.explain_aggregation import (
    drawing_differs,
    explain_aggregation,
)
from bioloom.graph.explaining.explain_prediction import SPLIT_NAMES, explain_prediction
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training
from tests.chinese import in_both, only_words_differ

SYMBOLS = ("mean_i", "ij", "W_self", "first", "second", "z_first", "z_second")
KEPT = {
    "star",
    "six",
    "nodes",
    "karate",
    "Officer",
    "Mr",
    "Hi",
    "here",
    *SYMBOLS,
    *SETTINGS,
    *SPLITS,
}


def example():
    told = explain_aggregation(six_nodes(), "1")
    return replace(told, steps=(*told.steps, drawing_differs()))


def star(n, node, n_features=3):
    """A hub with all but the last two nodes, one of which has one neighbour."""
    a = np.zeros((n, n))
    a[0, 1 : n - 1] = a[1 : n - 1, 0] = 1
    nodes = NodeTable(ids=[f"n{k}" for k in range(n)], labels=[""] * n)
    graph = assemble("star", nodes, csr_array(a))
    x = np.arange(n * n_features, dtype=np.float32).reshape(n, n_features)
    return explain_aggregation(replace(graph, x=csr_array(x)), node)


SCENES = {
    "example": example,
    "hub": lambda: star(100, "n0"),
    "one neighbour": lambda: star(8, "n3"),
    "alone": lambda: star(8, "n7", n_features=9),
}


@pytest.mark.parametrize("scene", SCENES)
def test_no_english_word_is_left_in_aggregation(scene):
    text = only_words_differ(SCENES[scene], KEPT)
    assert "邻接矩阵A中" in text


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        ("example", "节点 1 对应的行里，2个邻居各有一个非零元素：2、5。"),
        ("example", "只有两个：二者不是同一个图"),
        ("hub", "n1、n2、n3、n4、n5、n6、……。"),
        ("hub", "项未列出)"),
        ("hub", "……另有38项"),
        ("alone", "没有邻居时，均值按定义为0。"),
        ("alone", "所示为第5、6、7、8、9个特征"),
    ],
)
def test_what_is_told_depends_on_the_graph(scene, told):
    assert told in in_both(SCENES[scene])[1].to_text()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "karate"
    plan = Plan(n_runs=1, split="kfold")
    models = [
        replace(one, max_epochs=5, n_layers=min(one.n_layers, 6))
        for one in SETTINGS.values()
    ]
    run_training(Source(), models, plan, out=out, with_tsne=False)
    return open_run(out)


@pytest.mark.parametrize("most", [40, 3])
@pytest.mark.parametrize("model", SETTINGS)
def test_no_english_word_is_left_in_predictions(run, model, most, monkeypatch):
    monkeypatch.setattr(prediction_words, "MOST_LINES", most)
    found = reasons_of(run.trained(model))
    text = only_words_differ(lambda: explain_prediction(found, where="here"), KEPT)
    assert f"：{model} 预测为 " in text.splitlines()[0]
    assert ("，合计" in text) is (most == 3)


def test_all_verdicts(run):
    """Right, wrong, of a node that the model has seen, and of one without a label."""
    found = reasons_of(run.trained("gcn"))
    graph, node = found.graph, found.node
    best, second = found.classes
    is_node = np.arange(graph.num_nodes) == node
    others = {
        "✓ 通过，正确": {"y": np.where(is_node, best, graph.y)},
        f"✗ 未通过，错误，应为 {graph.class_names[second]}": {
            "y": np.where(is_node, second, graph.y)
        },
        "标签：未知": {"y": np.where(is_node, -1, graph.y)},
        "· 说明，不是测试集中的节点": {
            "train_mask": graph.train_mask | is_node,
            "test_mask": graph.test_mask & ~is_node,
        },
        "所属划分：无": {"test_mask": graph.test_mask & ~is_node},
    }
    for told, changes in others.items():
        other = replace(found, graph=replace(graph, **changes))
        text = only_words_differ(partial(explain_prediction, other, where="here"), KEPT)
        assert told in text


def test_tables_are_aligned_on_a_terminal(run):
    found = reasons_of(run.trained("gcn"))
    step = in_both(lambda: explain_prediction(found, where="here"))[1].steps[4]
    heading, *rows = step.detail
    before = width_of(heading.partition("  对 ")[0])
    for row in rows[: len(found.lead_without)]:
        assert width_of(row.rsplit("  ", 2)[0]) == before


def test_words_of_graphs_are_marked():
    assert set(SPLIT_NAMES) == set(SPLITS)
