"""Which features moved a prediction: sums that close, and a plain twin."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from bioloom.draw import save
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.sources import Source
from bioloom.graph.drawing.explanation_figure import draw_reasons, lead_of_nodes
from bioloom.graph.explaining.attribution import attribution, scores_without
from bioloom.graph.explaining.contributions import contributions
from bioloom.graph.explaining.evidence import reasons_of
from bioloom.graph.explaining.explain_prediction import explain_prediction
from bioloom.graph.models.models import build, scores_of
from bioloom.graph.output.run_folder import open_run
from bioloom.graph.settings import SETTINGS
from bioloom.graph.training_run import Plan, run_training

MODELS = ["gcn", "gat", "sage", "grand", "gcnii"]
N, N_FEATURES, N_CLASSES = 14, 9, 3


@pytest.fixture(scope="module")
def graph():
    rng = np.random.default_rng(4)
    links = np.triu(rng.random((N, N)) < 0.25, 1)
    links[0] = links[:, 0] = False  # a lone node
    x = rng.normal(size=(N, N_FEATURES)) * (rng.random((N, N_FEATURES)) < 0.4)
    nodes = NodeTable(
        ids=[str(n) for n in range(N)],
        labels=[str(n % N_CLASSES) for n in range(N)],
        features=csr_array(x),
        feature_names=[f"f{n}" for n in range(N_FEATURES)],
    )
    both = (links | links.T).astype(np.float32)
    return assemble("drawn", nodes, csr_array(both), scale="none")


def built(name):
    base = SETTINGS[name]
    depth = min(base.n_layers, 4)
    settings = replace(base, hidden=5, n_heads=3, order=3, n_layers=depth)
    rng = np.random.default_rng(2)
    model = build(settings, N_FEATURES, N_CLASSES, rng=rng)
    with torch.no_grad():  # no bias shall be 0
        for weight in model.parameters():
            weight += torch.from_numpy(rng.normal(0.1, 0.3, weight.shape)).float()
    return model


def softmax(scores, links):
    scores = np.where(scores > 0, scores, 0.2 * scores)
    weights = np.where(links, np.exp(scores), 0)
    return weights / weights.sum(axis=1, keepdims=True)


class Plain:
    """The models in dense numpy; what they switch on is held after the first look."""

    def __init__(self, name, model, graph):
        self.name, self.held = name, None
        self.w = {
            k: v.detach().numpy().astype(float) for k, v in model.named_parameters()
        }
        self.adjacency = model.normalise(graph.adjacency).toarray().astype(float)
        if name == "gcnii":
            self.scores = self.deep

    def layer(self, number, hidden, alphas):
        w = {k.split(".")[-1]: v for k, v in self.w.items() if f"layers.{number}." in k}
        if self.name == "gcn":
            return self.adjacency @ hidden @ w["W"] + w["b"]
        if self.name == "sage":
            return hidden @ w["W_self"] + self.adjacency @ hidden @ w["W"] + w["b"]
        n_heads, n_out = w["a_source"].shape
        projected = (hidden @ w["W"]).reshape(N, n_heads, n_out)
        if self.held is None:
            source, target = (
                (projected * w["a_source"]).sum(-1),
                (projected * w["a_target"]).sum(-1),
            )
            for h in range(n_heads):
                pairs = target[:, h][:, None] + source[:, h][None]
                alphas.append(softmax(pairs, self.adjacency != 0))
        used = alphas[-n_heads:] if self.held is None else self.take(n_heads)
        heads = [used[h] @ projected[:, h] for h in range(n_heads)]
        joined = np.concatenate(heads, 1) if number == 0 else np.mean(heads, 0)
        return joined + w["b"]

    def take(self, n_heads):
        taken = self.left[:n_heads]
        self.left = self.left[n_heads:]
        return taken

    def deep(self, x):
        """GCNII: a gate a layer."""
        gates = []

        def through(u):
            gates.append(u > 0 if self.held is None else self.held[len(gates)])
            return u * gates[-1]

        hidden = first = through(x @ self.w["W1"] + self.w["b1"])
        for number in range(4):
            beta = np.log(0.5 / (number + 1) + 1)
            mapping = (1 - beta) * np.eye(5) + beta * self.w[f"layers.{number}.W"]
            near = 0.9 * self.adjacency @ hidden + 0.1 * first
            hidden = through(near @ mapping)
        self.held = gates
        return hidden @ self.w["W2"] + self.w["b2"]

    def scores(self, x):
        alphas = []
        if self.held is not None:
            share, self.left = self.held
        if self.name == "grand":
            total = power = x @ self.w["W1"]
            for _ in range(3):
                power = self.adjacency @ power
                total = total + power
            u = total / 4 + self.w["b1"]
            after = np.maximum(u, 0)
        else:
            u = self.layer(0, x, alphas)
            after = np.maximum(u, 0)
            if self.name == "gat":
                after = np.where(u > 0, u, np.expm1(np.minimum(u, 0)))
        if self.held is None:
            share = np.divide(after, u, out=np.zeros_like(u), where=u != 0)
        hidden = share * u
        if self.name == "grand":
            z = hidden @ self.w["W2"] + self.w["b2"]
        else:
            z = self.layer(1, hidden, alphas)
        if self.held is None:
            self.held = share, alphas
        return z


@pytest.mark.parametrize("name", MODELS)
def test_parts_are_what_a_feature_takes_with_it_while_switches_are_held(graph, name):
    model, x = built(name), graph.x.toarray().astype(float)
    plain = Plain(name, model, graph)
    z = plain.scores(x)
    adjacency = model.normalise(graph.adjacency)
    assert z == pytest.approx(scores_of(model, adjacency, graph.x), abs=1e-4)
    gone = []
    for feature in range(N_FEATURES):
        changed = x.copy()
        changed[:, feature] = 0
        gone.append(z - plain.scores(changed))
    gone = np.array(gone)
    for node in range(N):
        found = attribution(model, graph, node, classes=(2, 0))
        expected = np.zeros((N_FEATURES, 2))
        expected[found.features] = found.values
        assert expected == pytest.approx(gone[:, node][:, [2, 0]], abs=1e-4)
        assert found.scores == pytest.approx(z[node, [2, 0]], abs=1e-4)
        bias = plain.scores(np.zeros_like(x))[node, [2, 0]]
        assert found.bias == pytest.approx(bias, abs=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_both_ways_to_add_up_give_the_same_scores(graph, name):
    model = built(name)
    for node in range(N):
        by_node = contributions(model, graph, node)
        by_feature = attribution(model, graph, node, classes=range(N_CLASSES))
        assert by_feature.scores == pytest.approx(by_node.scores, abs=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_without_a_feature_the_whole_model_is_asked_anew(graph, name):
    model = built(name)
    adjacency = model.normalise(graph.adjacency)
    found = scores_without(model, graph, 3, [1, 4])
    for row, feature in zip(found, (1, 4), strict=True):
        x = graph.x.toarray()
        x[:, feature] = 0
        expected = scores_of(model, adjacency, csr_array(x))[3]
        assert row == pytest.approx(expected, abs=1e-4)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "karate"
    models = [
        replace(one, max_epochs=40, n_layers=min(one.n_layers, 6))
        for one in SETTINGS.values()
    ]
    run_training(Source(), models, Plan(), out=out, with_tsne=False)
    return open_run(out)


@pytest.mark.parametrize("model", MODELS)
def test_the_working_adds_up(run, model):
    found = reasons_of(run.trained(model))
    told = explain_prediction(found).steps[4]
    terms = re.sub(r"\\;.*\)", "", told.substitution.removeprefix("z = "))
    total = sum(float(term) for term in terms.split())
    assert total == pytest.approx(told.value.number, abs=1e-3)
    first = found.features.by_lead[0]
    line = told.detail[1].split()
    assert line[:2] == ["is", found.graph.node_ids[found.features.features[first]]]
    assert float(line[-2]) == pytest.approx(found.features.lead[first], abs=1e-4)
    assert float(line[-1]) == pytest.approx(found.lead_without[0], abs=1e-4)


def test_the_picture_shows_what_each_node_gave(run, tmp_path):
    found = reasons_of(run.trained("gcn"))
    figure = draw_reasons(found)
    around, bars = figure.axes[:2]
    lead = lead_of_nodes(found)
    _, points, _ = around.collections
    gave = np.sort(lead[~np.isnan(lead)])
    assert np.sort(np.asarray(points.get_array())) == pytest.approx(gave)
    best, second = found.classes
    scores = found.neighbours.scores - found.neighbours.bias
    assert gave.sum() == pytest.approx(scores[best] - scores[second])
    widths = [bar.get_width() for bar in bars.patches]
    top = found.features.lead[found.features.by_lead[: len(widths)]]
    assert widths[::-1] == pytest.approx(top.tolist())
    save(figure, tmp_path / "moved")
    assert (tmp_path / "moved.png").stat().st_size > 10_000


def test_drawing_by_the_command(run, bioloom_cli, tmp_path):
    words = ("graph", "explain", "--run", run.folder, "--draw", tmp_path / "m")
    assert bioloom_cli(*words)[0] == 0
    assert (tmp_path / "m.svg").is_file()
    assert bioloom_cli("graph", "explain", "--draw", tmp_path / "m")[0] == 2
