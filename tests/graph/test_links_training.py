"""Link models: layers against PyTorch Geometric, no leak, and what parts add up to."""

import numpy as np
import pytest
import torch

from bioloom.graph.linking.fit import fit_links, link_scores, node_rows
from bioloom.graph.linking.link_parts import link_parts
from bioloom.graph.linking.models import LinkModel, TypedLayer, messages_of
from bioloom.graph.linking.settings import MODEL_NAMES, link_settings, model_named
from bioloom.graph.linking.splits import TrainingLinks, random_split, scored_pairs
from bioloom.graph.models.sparse import Sparse
from bioloom.statistics.ranking import roc_auc
from tests.graph.links import network_of, tripartite
from tests.graph.pyg import RGCNConv

QUICK = link_settings({"hidden": 8, "n_heads": 2, "max_epochs": 4, "patience": 4})


@pytest.fixture(scope="module")
def network():
    return tripartite(np.random.default_rng(2))


@pytest.fixture(scope="module")
def split(network):
    pairs = scored_pairs(network, ("a b",))
    return random_split(network, pairs, share=0.1, rng=np.random.default_rng(3))


def weights_of(network, links, name, seed=1, kind="types"):
    fitted = fit_links(network, links, name, QUICK, kind=kind, rng_seed=seed)
    return fitted, fitted.model.state_dict()


def are_equal(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("name", MODEL_NAMES)
@pytest.mark.parametrize("kind", ["types", "equal"])
def test_test_links_leave_no_trace_in_the_weights(network, split, name, kind):
    _, weights = weights_of(network, split.training, model_named(name), kind=kind)
    # a network in which the test links were never found, and one with others instead
    left = network.links[
        ~np.isin(network.keys(network.links), network.keys(split.test))
    ]
    kinds = [network.type_of(node) for node in range(network.n_nodes)]
    for links in (left, np.concatenate([left, [[0, 45], [1, 46]]])):
        other = network_of(links, kinds)
        _, again = weights_of(other, split.training, model_named(name), kind=kind)
        assert are_equal(weights, again)


def test_training_links_do_leave_one(network, split):
    name = model_named("gcn-dot")
    _, weights = weights_of(network, split.training, name)
    training = split.training
    fewer = TrainingLinks(training.context, training.train[1:], training.val)
    assert not are_equal(weights, weights_of(network, fewer, name)[1])
    assert not are_equal(weights, weights_of(network, training, name, seed=2)[1])
    assert are_equal(weights, weights_of(network, training, name)[1])


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_no_part_of_the_training_links_is_its_own_message(network, split, name):
    seen = []

    def spy(model_network, model, links):
        seen.append(links)
        return messages_of(model_network, model, links)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bioloom.graph.linking.fit.messages_of", spy)
        from bioloom.graph.linking.fit import _Start, _Training

        start = _Start(model_named(name), "types", 1)
        training = _Training(network, split.training, QUICK, start)
    hidden = set(
        network.keys(np.concatenate([split.test, split.training.val])).tolist()
    )
    assert len(training.folds) == QUICK.n_folds
    for fold, links in zip(training.folds, seen, strict=False):
        messages = set(network.keys(links).tolist())
        assert not messages & hidden
        assert not messages & set(network.keys(fold.links).tolist())
    together = np.concatenate([fold.links for fold in training.folds])
    assert sorted(network.keys(together)) == sorted(network.keys(split.training.train))


def test_both_ends_of_a_pair_are_alike(network, split):
    for name in MODEL_NAMES:
        fitted, _ = weights_of(network, split.training, model_named(name))
        messages = split.training.messages
        scores = link_scores(fitted, network, messages, split.test)
        turned = link_scores(fitted, network, messages, split.test[:, ::-1].copy())
        assert scores == pytest.approx(turned, abs=1e-6)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_parts_add_up_to_the_score(network, split, name):
    fitted, _ = weights_of(network, split.training, model_named(name))
    for pair in np.concatenate([split.test[:5], split.test[:3, ::-1]]):
        parts = link_parts(fitted, network, network.links, pair)
        score = link_scores(fitted, network, network.links, pair[None])[0]
        assert parts.score == pytest.approx(score, abs=1e-5)
        assert parts.bias + parts.parts.sum() == pytest.approx(score, abs=1e-5)
        if len(parts.dimensions):
            assert parts.dimensions.sum() == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("name", ["gcn-dot", "typed-distmult", "sage-dot"])
def test_a_neighbours_part_is_what_is_lost_without_its_row(network, split, name):
    """Zero a neighbour's hidden row in the last layer: the score falls by its part."""
    fitted, _ = weights_of(network, split.training, model_named(name))
    pair = split.test[0]
    parts = link_parts(fitted, network, network.links, pair)
    encoder = fitted.model.encoder
    seen = messages_of(network, fitted.name, network.links)
    with torch.no_grad():
        rows_in = encoder.hidden(seen, Sparse.of(network.x))
        rows_out = node_rows(fitted, network, network.links)
        for node in np.unique(parts.nodes)[:4]:
            without = rows_in.clone()
            without[node] = 0
            layer = encoder.layers[1]
            matrix = seen if name.startswith("typed") else seen.matrices[0]
            left = layer(matrix, without)[pair[0]]
            relation = torch.from_numpy(network.relations(pair[None]))
            score = fitted.model.decoder(left[None], rows_out[pair[1]][None], relation)
            lost = parts.score - float(score[0])
            assert lost == pytest.approx(
                parts.parts[parts.nodes == node].sum(), abs=1e-5
            )


def test_the_typed_layer_is_that_of_pytorch_geometric(network):
    rng = np.random.default_rng(0)
    name = model_named("typed-dot")
    messages = messages_of(network, name, network.links)
    layer = TypedLayer(5, 4, n_relations=len(messages.matrices), rng=rng)
    rows_in = torch.from_numpy(rng.normal(size=(network.n_nodes, 5)).astype(np.float32))
    sources, targets, kinds = [], [], []
    for number, matrix in enumerate(messages.matrices):
        targets_here = np.repeat(np.arange(matrix.num_rows), np.diff(matrix.indptr))
        sources.append(matrix.indices)
        targets.append(targets_here)
        kinds.append(np.full(len(targets_here), number))
    edge_index = torch.from_numpy(
        np.stack([np.concatenate(sources), np.concatenate(targets)]).astype(np.int64)
    )
    reference = RGCNConv(5, 4, len(messages.matrices), aggr="mean")
    with torch.no_grad():
        reference.weight.copy_(torch.stack(list(layer.W.parameters())))
        reference.root.copy_(layer.W_self)
        reference.bias.copy_(layer.b)
        expected = reference(
            rows_in, edge_index, torch.from_numpy(np.concatenate(kinds))
        )
        assert torch.allclose(layer(messages, rows_in), expected, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["gcn-dot", "sage-mlp", "gat-distmult", "typed-distmult"]
)
def test_a_structure_that_is_there_is_found(name):
    """Two blocks: nodes link only within their own."""
    rng = np.random.default_rng(5)
    kinds = ["a"] * 60 + ["b"] * 60
    block = np.tile(np.arange(2), 60)
    drawn = np.stack([rng.integers(60, size=900), 60 + rng.integers(60, size=900)], 1)
    drawn = drawn[block[drawn[:, 0]] == block[drawn[:, 1]]]
    network = network_of(drawn, kinds)
    split = random_split(network, scored_pairs(network), share=0.1, rng=rng)
    settings = link_settings({"hidden": 16, "max_epochs": 100, "patience": 100})
    fitted = fit_links(
        network, split.training, model_named(name), settings, kind="types", rng_seed=1
    )
    pairs = np.stack([rng.integers(60, size=400), 60 + rng.integers(60, size=400)], 1)
    others = pairs[block[pairs[:, 0]] != block[pairs[:, 1]]]
    both = np.concatenate([split.test, others])
    scores = link_scores(fitted, network, split.training.messages, both)
    assert roc_auc(scores, np.arange(len(both)) < len(split.test)) > 0.9


def test_a_batch_is_a_part_of_a_fold(network, split):
    name = model_named("gcn-dot")
    settings = link_settings({"hidden": 8, "max_epochs": 2, "batch_size": 7})
    fitted = fit_links(
        network, split.training, name, settings, kind="types", rng_seed=1
    )
    assert np.isfinite(fitted.history).all()


def test_features_are_read_where_nodes_have_them(network, split):
    from dataclasses import replace

    from scipy.sparse import csr_array

    rng = np.random.default_rng(0)
    x = csr_array(rng.random((network.n_nodes, 3)).astype(np.float32))
    featured = replace(network, x=x, has_features=True)
    model = LinkModel(featured, model_named("gcn-dot"), QUICK, rng=rng)
    assert model.encoder.layers[0].W.shape == (3, 8)
