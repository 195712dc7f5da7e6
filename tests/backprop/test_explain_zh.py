"""The chain rule in Chinese: every number, no English word, tables in columns."""

import re
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

import bioloom as bl
from bioloom.backprop.activations import ACTIVATIONS
from bioloom.backprop.explaining import LOSSES, explain, notes_remark
from bioloom.backprop.layers import Layer, Network, Parameter
from bioloom.backprop.losses import NEEDS
from bioloom.backprop.losses import Name as LossName
from bioloom.backprop.tracing import trace
from bioloom.explain import width_of
from bioloom.report.backprop import write_report
from tests.backprop.test_explain import traced
from tests.chinese import english_words, in_both, only_words_differ

SYMBOLS = ("W_next", "erf")

KEPT = {*ACTIVATIONS, *LOSSES, *SYMBOLS}
FIRST = Parameter(1, 1, 1)


def notes():
    found = bl.backprop.trace()
    told = explain(found, found.network.parameter("w11"), decimals=3)
    return replace(told, steps=(*told.steps, notes_remark()))


def made(widths, activation, loss, n_examples=1, wrt="w1[2,3]", **more):
    """A network of layers of one activation."""
    rng = np.random.default_rng(5)
    layers = []
    for n, m in zip(widths, widths[1:], strict=False):
        layers.append(Layer(rng.normal(0, 1, (m, n)), rng.normal(0, 1, m), activation))
    layers[-1] = replace(layers[-1], activation=NEEDS.get(loss, activation))
    x, t = rng.random((n_examples, widths[0])), np.eye(widths[-1])[[0] * n_examples]
    found = trace(Network(tuple(layers), loss), x, t)
    return explain(found, found.network.parameter(wrt) if wrt else None, **more)


def small(*layers, **more):
    wrt = more.pop("wrt", FIRST)
    rate = more.pop("learning_rate", 0.1)
    return explain(traced(*layers, **more), wrt, learning_rate=rate)


IDENTITY = ([[2.0]], [0.0], "identity")
SCENES = {
    "notes": notes,
    "bias": lambda: small(([[2.0]], [1.0], "tanh"), IDENTITY, wrt=Parameter(1, 1)),
    "times the input": lambda: small(IDENTITY, x=((3.0,),)),
    "one sum": lambda: made((3, 2, 1), "sigmoid", "mse", decimals=2),
    "means": lambda: made((3, 4, 2), "gelu", "half_squared_error", 3, decimals=2),
    "joint": lambda: made((3, 2, 1), "sigmoid", "binary_cross_entropy"),
    "softmax": lambda: made((3, 4, 4), "leaky_relu", "cross_entropy", example=0),
    "softmax below": lambda: made((3, 4, 2), "softmax", "mse"),
    "last": lambda: made((3, 4), "tanh", "cross_entropy"),
    "no parameter": lambda: made((3, 4, 1), "tanh", "binary_cross_entropy", wrt=None),
    "wide": lambda: made((30, 20, 9, 8), "tanh", "cross_entropy", wrt="w1[5,30]"),
    "kink": lambda: small(([[1.0]], [-1.0], "relu"), IDENTITY),
    "leaky kink": lambda: small(([[1.0]], [-1.0], "leaky_relu"), IDENTITY),
    "saturated": lambda: small(
        ([[9.0]] * 9, [0.0] * 9, "sigmoid"), ([[1.0] * 9], [0.0], "relu")
    ),
    "silent": lambda: small(([[-1.0]], [0.0], "relu"), IDENTITY),
    "too long": lambda: small(
        ([[1.0]], [0.0], "identity"), t=((0.0,),), learning_rate=3.0
    ),
    "shrinks": lambda: small(([[3.0]], [0.0], "identity")),
}


@pytest.mark.parametrize("scene", SCENES)
def test_no_english_word_is_left(scene):
    text = only_words_differ(SCENES[scene], KEPT)
    assert "反向传播" in text.splitlines()[0]


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        ("notes", "从J到w11只有一条链"),
        ("notes", "∂J/∂w11与∂J/∂b1相等，因为x_1 = 1"),
        ("joint", "由最后一层的激活函数与损失函数合并得出"),
        ("bias", "z随偏置的变化率：等量变化。"),
        ("times the input", "∂J/∂w11等于∂J/∂b1乘以输入x_1 = 3"),
        ("means", "J是3个样例的平均值"),
        ("softmax", "R为其余指数项之和。"),
        ("last", "有1条路径"),
        ("wide", "项未列出"),
        ("kink", "出处：PyTorch同样取0；0到1之间的任何数都是次梯度"),
        ("saturated", "第1层第1、2、3、4、5单元及另外4个单元：sigmoid已饱和"),
        ("silent", "第1层第1单元：z小于0，ReLU输出0"),
        ("too long", "✗ 未通过，步长过大"),
        ("shrinks", "梯度为正，故w11应减小。"),
        ("no parameter", "损失函数：二元交叉熵（binary_cross_entropy）"),
    ],
)
def test_what_is_told_depends_on_the_result(scene, told):
    assert told in in_both(SCENES[scene])[1].to_text()


@pytest.mark.parametrize("scene", ["notes", "means", "softmax"])
def test_tables_are_aligned_on_a_terminal(scene):
    tables = [step.detail for step in in_both(SCENES[scene])[1].steps if step.detail]
    assert len(tables) > 1
    for table in tables:
        assert len({width_of(line) for line in table if line[0] != "…"}) == 1


def test_all_losses_are_marked():
    assert set(LOSSES) == set(get_args(LossName))


def test_the_page_is_in_the_language_of_the_working(tmp_path):
    found = bl.backprop.trace()
    wrt = found.network.parameter("w11")
    told = in_both(lambda: explain(found, wrt))
    english, chinese = (
        write_report(found, one, tmp_path / "page.html", wrt=wrt).read_text("utf-8")
        for one in told
    )
    assert '<html lang="en">' in english
    assert (
        "The loss is <strong>0.03616474</strong>; its derivative with respect to w11"
        in english
    )
    assert '<html lang="zh-Hans">' in chinese
    assert "损失为<strong>0.03616474</strong>；它对w11的导数" in chinese
    # the foot names commands, which are the same in every language
    body = re.sub(
        r"(?s)<(style|svg|math|code|footer).*?</\1>|<[^>]*>|&amp;", " ", chinese
    )
    assert english_words(body, KEPT) == {"Rumelhart", "Hinton", "Williams"}


def test_a_long_page_says_what_it_leaves_out(tmp_path):
    rng = np.random.default_rng(1)
    layer = Layer(rng.random((30, 20)), np.zeros(30), "tanh")
    found = trace(Network((layer,)), rng.random((1, 20)), rng.random((1, 30)))
    _, told = in_both(lambda: explain(found))
    page = write_report(found, told, tmp_path / "page.html").read_text("utf-8")
    assert f"损失为<strong>{found.loss:.7g}</strong>。" in page
    assert "仅列出绝对值最大的500个（共630个）。" in page
