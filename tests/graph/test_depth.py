"""Deep models with norms, residual terms and a linear head, against PyG's layers."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from scipy.sparse import csr_array
from sklearn.utils.class_weight import compute_class_weight
from torch import nn
from torch.nn import functional

from bioloom.errors import BadConfig
from bioloom.graph import train
from bioloom.graph.data.formats import karate_club
from bioloom.graph.data.graph import NodeTable, assemble
from bioloom.graph.data.splits import split_of
from bioloom.graph.explaining.attribution import attribution
from bioloom.graph.explaining.contributions import contributions
from bioloom.graph.explaining.evidence import reasons_of
from bioloom.graph.explaining.explain_prediction import explain_prediction
from bioloom.graph.models.adjacency import whole
from bioloom.graph.models.models import build, scores_of
from bioloom.graph.models.weights import _settings_of
from bioloom.graph.settings import SETTINGS, idle_change, settings_for
from bioloom.graph.training.fit import class_weights, fit
from bioloom.graph.training_run import train_model
from tests.graph.pyg import GATConv, GCNConv, SAGEConv
from tests.graph.test_layers import by_rows, given_to, graphs

N_IN, N_CLASSES, WIDTH, HEADS = 7, 3, 5, 2
SHAPES = [
    {"n_layers": 1},
    {"n_layers": 1, "linear_head": True, "norm": "layer"},
    {"n_layers": 2, "norm": "batch"},
    {"n_layers": 3},
    {"n_layers": 3, "norm": "layer", "residual": True},
    {"n_layers": 4, "norm": "batch", "residual": True, "linear_head": True},
    {"n_layers": 3, "norm": "layer", "residual": True, "linear_head": True},
    {"n_layers": 2, "linear_head": True},
]
KINDS = ["gcn", "sage", "gat"]


class HeldLayerNorm(nn.LayerNorm):
    """Layer norm whose standard deviation has no gradient."""

    def forward(self, rows):
        spread = (rows.var(dim=1, correction=0, keepdim=True) + self.eps).sqrt()
        centred = rows - rows.mean(dim=1, keepdim=True)
        return centred / spread.detach() * self.weight + self.bias


class Stack(nn.Module):
    """The same model out of PyG's convolutions and torch's own norms."""

    def __init__(self, kind, shape, *, layer_norm=nn.LayerNorm):
        super().__init__()
        depth, has_head = shape["n_layers"], shape.get("linear_head", False)
        width = WIDTH * (HEADS if kind == "gat" else 1)
        n_hidden = depth if has_head else depth - 1
        inputs = [N_IN, *[width] * (depth - 1)]
        self.kind = kind
        self.convs = nn.ModuleList(
            conv_of(
                kind, n, WIDTH if number < n_hidden else N_CLASSES, number, n_hidden
            )
            for number, n in enumerate(inputs)
        )
        norm = {"layer": layer_norm, "batch": nn.BatchNorm1d}.get(shape.get("norm"))
        self.norms = nn.ModuleList(norm(width) for _ in range(n_hidden) if norm)
        is_residual = shape.get("residual", False)
        self.sides = nn.ModuleList(
            nn.Linear(n, width, bias=False) for n in inputs[:n_hidden] if is_residual
        )
        self.head = nn.Linear(width, N_CLASSES) if has_head else None
        self.n_hidden = n_hidden

    def forward(self, rows, edge_index):
        sigma = functional.elu if self.kind == "gat" else functional.relu
        for number, conv in enumerate(self.convs):
            out = conv(rows, edge_index)
            if number == self.n_hidden:
                return out
            if self.sides:
                out = out + self.sides[number](rows)
            if self.norms:
                out = self.norms[number](out)
            rows = sigma(out)
        return self.head(rows)


def conv_of(kind, n_in, n_out, number, n_hidden):
    if kind == "gcn":
        return GCNConv(n_in, n_out)
    if kind == "sage":
        return SAGEConv(n_in, n_out)
    if number < n_hidden:
        return GATConv(n_in, n_out, heads=HEADS)
    return GATConv(n_in, n_out, heads=1, concat=False)


def pair(kind, shape, *, layer_norm=nn.LayerNorm):
    """Our model and the stack with its weights; nothing is left at 0 or 1."""
    rng = np.random.default_rng(3)
    how = replace(SETTINGS[kind], hidden=WIDTH, n_heads=HEADS, **shape)
    ours = build(how, N_IN, N_CLASSES, rng=rng)
    with torch.no_grad():
        for weight in ours.parameters():
            weight += torch.from_numpy(rng.normal(0.1, 0.3, weight.shape)).float()
    theirs = Stack(kind, shape, layer_norm=layer_norm).eval()
    for layer, conv in zip(ours.layers, theirs.convs, strict=True):
        copy_layer(kind, layer, conv)
    for mine, yours in zip(ours.norms, theirs.norms, strict=True):
        if how.norm == "batch":
            draws = rng.random((2, len(mine.weight)))
            mine.running_mean[:] = torch.from_numpy(draws[0])
            mine.running_var[:] = torch.from_numpy(draws[1] + 0.5)
        yours.load_state_dict(mine.state_dict())
    for mine, yours in zip(ours.residuals, theirs.sides, strict=True):
        given_to(yours.weight, mine.T)
    if ours.head is not None:
        given_to(theirs.head.weight, ours.head.W.T)
        given_to(theirs.head.bias, ours.head.b)
    return ours, theirs


def copy_layer(kind, ours, theirs):
    if kind == "sage":
        given_to(theirs.lin_l.weight, ours.W.T)
        given_to(theirs.lin_r.weight, ours.W_self.T)
        given_to(theirs.lin_l.bias, ours.b)
        return
    given_to(theirs.lin.weight, ours.W.T)
    given_to(theirs.bias, ours.b)
    if kind == "gat":
        given_to(theirs.att_src, ours.a_source[None])
        given_to(theirs.att_dst, ours.a_target[None])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8)
@given(graph=graphs())
def test_scores_and_gradients_equal_pygs_layers_stacked_alike(kind, shape, graph):
    ours, theirs = pair(kind, shape)
    edge_index, x = graph
    adjacency = ours.normalise(by_rows(edge_index, len(x)))
    out = ours(whole(adjacency, csr_array(x), n_layers=shape["n_layers"]))
    expected = theirs(torch.from_numpy(x), torch.from_numpy(edge_index))
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-4)
    weights = torch.linspace(-1, 2, out.numel()).view_as(out)
    first = theirs.convs[0].lin_l if kind == "sage" else theirs.convs[0].lin
    (mine,) = torch.autograd.grad((out * weights).sum(), ours.layers[0].W)
    (yours,) = torch.autograd.grad((expected * weights).sum(), first.weight)
    torch.testing.assert_close(mine.T, yours, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8)
@given(graph=graphs())
def test_batch_norm_in_training_is_torchs(kind, graph):
    """Means of the rows at hand, and the running ones that follow them."""
    shape = {"n_layers": 3, "norm": "batch", "linear_head": True}
    ours, theirs = pair(kind, shape)
    edge_index, x = graph
    # where rows are nearly alike, dividing by their deviation magnifies rounding
    assume(len(x) > 3 and x.std(axis=0).min() > 0.1)
    ours.p_dropout = ours.p_input = 0.0
    for layer in ours.layers:
        layer.p_dropout = 0.0
    adjacency = ours.normalise(by_rows(edge_index, len(x)))
    part = whole(adjacency, csr_array(x), n_layers=3)
    out = ours(part, np.random.default_rng(0))
    theirs.train()
    expected = theirs(torch.from_numpy(x), torch.from_numpy(edge_index))
    torch.testing.assert_close(out, expected, atol=1e-3, rtol=1e-3)
    for mine, yours in zip(ours.norms, theirs.norms, strict=True):
        torch.testing.assert_close(mine.running_mean, yours.running_mean)
        torch.testing.assert_close(mine.running_var, yours.running_var)


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(4)
    n = 14
    links = np.triu(rng.random((n, n)) < 0.25, 1)
    links[0] = links[:, 0] = False  # a lone node
    x = rng.normal(size=(n, N_IN)) * (rng.random((n, N_IN)) < 0.4)
    nodes = NodeTable(
        ids=[str(number) for number in range(n)],
        labels=[str(number % N_CLASSES) for number in range(n)],
        features=csr_array(x),
        feature_names=[f"f{number}" for number in range(N_IN)],
    )
    both = (links | links.T).astype(np.float32)
    return assemble("drawn", nodes, csr_array(both), scale="none")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_parts_of_neighbours_and_features_add_up_to_the_score(drawn, kind, shape):
    ours, _ = pair(kind, shape)
    adjacency = ours.normalise(drawn.adjacency)
    scores = scores_of(ours, adjacency, drawn.x)
    for node in range(drawn.num_nodes):
        by_node = contributions(ours, drawn, node)
        assert by_node.scores == pytest.approx(scores[node], abs=1e-4)
        assert by_node.nodes[0] == node
        by_feature = attribution(ours, drawn, node, classes=range(N_CLASSES))
        assert by_feature.scores == pytest.approx(scores[node], abs=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["gcn", "sage"])
def test_a_features_part_is_input_times_gradient_of_pygs_stack(drawn, kind, shape):
    """Exact for ReLU and batch norm; of layer norm the deviation is held."""
    ours, theirs = pair(kind, shape, layer_norm=HeldLayerNorm)
    x = torch.tensor(drawn.x.toarray(), requires_grad=True)
    links = drawn.adjacency.tocoo()
    edge_index = torch.from_numpy(np.array([links.col, links.row], dtype=np.int64))
    scores = theirs(x, edge_index)
    for node in (0, 3, 9):
        found = attribution(ours, drawn, node, classes=(2, 0))
        for column, label in enumerate((2, 0)):
            (slope,) = torch.autograd.grad(scores[node, label], x, retain_graph=True)
            expected = (slope * x).sum(dim=0).detach().numpy()[found.features]
            assert found.values[:, column] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["gcn", "sage"])
def test_a_neighbours_part_goes_when_its_edge_to_the_last_layer_goes(
    drawn, kind, shape
):
    """Without a head: the score less the part is the score without that weight."""
    ours, _ = pair(kind, shape)
    adjacency = ours.normalise(drawn.adjacency)
    for node in (3, 9):
        parts = contributions(ours, drawn, node)
        part = ours.parts(adjacency, drawn.x, np.array([node]))
        before = ours(part)[0].detach().numpy()
        last = part.blocks[-1]
        for k, column in enumerate(last.indices):
            values = last.values.copy()
            values[k] = 0
            cut = replace(
                part, blocks=(*part.blocks[:-1], replace(last, values=values))
            )
            lost = before - ours(cut)[0].detach().numpy()
            if ours.head is None:
                listed = np.flatnonzero(parts.nodes == part.nodes[column])
                assert lost == pytest.approx(parts.values[listed[-1]], abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_deep_models_learn_in_batches_and_whole(kind):
    graph = split_of(karate_club(), "random", rng_seed=1)
    changes = {"n_layers": 3, "norm": "layer", "residual": True, "linear_head": True}
    deep = replace(SETTINGS[kind], max_epochs=60, hidden=16, **changes)
    for size in (None, 7):
        fitted = fit(graph, replace(deep, batch_size=size), rng_seed=1)
        right = (fitted.scores.argmax(axis=1) == graph.y)[graph.train_mask]
        assert right.mean() > 0.85


def test_a_batch_of_a_single_node_takes_the_running_means():
    graph = split_of(karate_club(), "random", rng_seed=1)
    changes = {"norm": "batch", "linear_head": True, "batch_size": 1, "n_layers": 1}
    fitted = fit(graph, replace(SETTINGS["gcn"], max_epochs=3, **changes), rng_seed=1)
    assert np.isfinite(fitted.scores).all()


def test_batches_ask_as_many_neighbours_as_there_are_layers(monkeypatch):
    graph = split_of(karate_club(), "random", rng_seed=1)
    seen = []

    class Spy(fit_module().NeighbourSampler):
        def __init__(self, *given, fanouts):
            seen.append(fanouts)
            super().__init__(*given, fanouts=fanouts)

    monkeypatch.setattr(fit_module(), "NeighbourSampler", Spy)
    how = replace(
        SETTINGS["sage"], n_layers=3, batch_size=9, fanout=4, max_epochs=1, hidden=4
    )
    fit(graph, how, rng_seed=0)
    assert seen == [[4, 4, 4]]


def fit_module():
    from bioloom.graph.training import fit as module

    return module


def test_an_explanation_tells_of_residual_terms_and_the_head():
    how = settings_for(
        "gat", {"residual": True, "linear_head": True, "norm": "layer", "max_epochs": 9}
    )
    result = train_model(split_of(karate_club(), "random", rng_seed=1), how)
    reasons = reasons_of(result.trained(), "1")
    text = explain_prediction(reasons).to_text()
    assert "the mean of all heads" in text
    assert "list the node twice" in text
    assert (reasons.neighbours.nodes[:2] == reasons.node).all()


def test_settings_that_have_no_effect_are_refused():
    assert idle_change(["gcn"], {"n_heads": 2}).name == "n_heads"
    assert idle_change(["gcn", "gat"], {"n_heads": 2}) is None
    assert idle_change(["gcnii"], {"n_layers": 2}) is None
    assert idle_change(["grand"], {"n_layers": 2}).name == "n_layers"
    assert idle_change(["gcn"], {"n_layers": 1, "norm": "layer"}).name == "norm"
    assert idle_change(["gcn"], {"n_layers": 1, "linear_head": True}) is None
    assert idle_change(["sage"], {"fanout": 2}).name == "fanout"
    assert idle_change(["sage"], {"fanout": 2, "batch_size": 9}) is None
    with pytest.raises(BadConfig, match="it works only with gat"):
        train("karate", models="gcn", settings={"n_heads": 2})


def test_models_saved_before_there_were_norms_have_two_layers():
    values = asdict(SETTINGS["gcn"]) | {"n_layers": 64}
    del values["norm"]
    assert _settings_of(values).n_layers == 2
    assert _settings_of(asdict(SETTINGS["gcn"]) | {"n_layers": 5}).n_layers == 5


@pytest.mark.parametrize("model", SETTINGS)
def test_balanced_weights_are_sklearns_and_weigh_torchs_loss(model):
    graph = split_of(karate_club(), "random", rng_seed=1)
    is_train = graph.train_mask & ((graph.y == 0) | (np.arange(34) % 3 == 0))
    graph = replace(graph, train_mask=is_train)
    y = graph.y[is_train]
    weights = class_weights(graph, "balanced")
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=y)
    assert weights.tolist() == pytest.approx(expected.tolist())
    assert class_weights(graph, "none") is None
    how = replace(SETTINGS[model], n_layers=2, p_dropout=0.0, consistency=0.0)
    how = replace(how, p_dropnode=0.0)
    ours = build(how, 34, 2, rng=np.random.default_rng(0))
    adjacency, nodes = ours.normalise(graph.adjacency), np.flatnonzero(is_train)
    part = ours.parts(adjacency, graph.x, nodes)
    loss = ours.loss(part, torch.from_numpy(y), np.random.default_rng(0), weights)
    scores = torch.from_numpy(scores_of(ours, adjacency, graph.x)[nodes])
    theirs = functional.cross_entropy(scores, torch.from_numpy(y), weight=weights)
    torch.testing.assert_close(loss, theirs)


@pytest.mark.parametrize("size", [None, 5])
def test_validation_loss_is_weighted_too(size):
    graph = split_of(karate_club(), "random", rng_seed=1)
    how = settings_for("gcn", {"class_weights": "balanced", "max_epochs": 1})
    fitted = fit(graph, replace(how, batch_size=size), rng_seed=0)
    scores = torch.from_numpy(fitted.scores[graph.val_mask])
    expected = functional.cross_entropy(
        scores,
        torch.from_numpy(graph.y[graph.val_mask]),
        weight=class_weights(graph, "balanced"),
    )
    assert fitted.history[0, 1] == pytest.approx(expected.item(), abs=1e-5)


def test_the_best_epoch_is_by_loss_or_by_accuracy():
    graph = split_of(karate_club(), "random", rng_seed=3)
    base = replace(SETTINGS["sage"], max_epochs=60, patience=60)
    found = {by: fit(graph, replace(base, best_by=by), rng_seed=4) for by in RANKS}
    for by, rank in RANKS.items():
        history = found[by].history
        assert found[by].best_epoch == max(range(60), key=lambda k: rank(history[k]))
        until = replace(base, best_by=by, max_epochs=found[by].best_epoch + 1)
        again = fit(graph, until, rng_seed=4)
        assert again.scores.tobytes() == found[by].scores.tobytes()
    assert found["loss"].history.tobytes() == found["accuracy"].history.tobytes()


RANKS = {"loss": lambda row: -row[1], "accuracy": lambda row: (row[2], -row[1])}


def test_input_features_can_have_their_own_dropout():
    """Without any in the hidden layer, equal rows tell which one was used."""
    graph = split_of(karate_club(), "random", rng_seed=1)
    how = settings_for("gcn", {"p_dropout": 0.0, "p_input_dropout": 0.5})
    ours = build(how, 34, 2, rng=np.random.default_rng(0))
    links = ours.normalise(graph.adjacency)
    part = whole(links, graph.x, n_layers=2)
    draws = [ours(part, np.random.default_rng(seed)) for seed in (1, 2)]
    assert not torch.equal(*draws)
    off = build(replace(how, p_input_dropout=0.0), 34, 2, rng=np.random.default_rng(0))
    assert torch.equal(off(part, np.random.default_rng(1)), off(part))
