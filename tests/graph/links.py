"""Networks that tests of link prediction share."""

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import eye_array

from bioloom.graph.linking.network import TypedNetwork


def network_of(edges, types, *, order=None):
    """A network of numbered nodes."""
    names = tuple(sorted(set(types)))
    links = np.unique(np.sort(np.asarray(edges), axis=1), axis=0)
    return TypedNetwork(
        name="toy",
        node_ids=tuple(f"n{number}" for number in range(len(types))),
        types=np.array([names.index(name) for name in types]),
        type_names=names,
        links=links.astype(np.int64),
        x=eye_array(len(types), dtype=np.float32, format="csr"),
        has_features=False,
        order=order,
    )


def tripartite(rng, sizes=(40, 30, 20), n_links=400):
    """Three types, random links between all of them."""
    types = [name for name, size in zip("abc", sizes, strict=True) for _ in range(size)]
    drawn = rng.integers(len(types), size=(3 * n_links, 2))
    kinds = np.array(types)
    drawn = drawn[kinds[drawn[:, 0]] != kinds[drawn[:, 1]]]
    return network_of(drawn[:n_links], types)


def configuration_network(rng_seed, n_first=400, n_second=150):
    """A bipartite random graph of given, very unequal degrees: links mean nothing."""
    rng = np.random.default_rng(rng_seed)
    firsts = np.minimum(rng.zipf(1.9, n_first), 25)
    seconds = rng.multinomial(firsts.sum(), rng.dirichlet(np.full(n_second, 0.6)))
    graph = nx.bipartite.configuration_model(
        firsts.tolist(), seconds.tolist(), seed=rng_seed
    )
    types = ["first"] * n_first + ["second"] * n_second
    return network_of([edge[:2] for edge in graph.edges], types)


def write_tables(folder, network):
    """Edge list and node table of a network, as files."""
    ids = np.array(network.node_ids)
    frame = pd.DataFrame(ids[network.links], columns=["source", "target"])
    if network.order is not None:
        frame["year"] = network.order.astype(int)
    frame.to_csv(folder / "edges.tsv", sep="\t", index=False)
    kinds = np.array(network.type_names)[network.types]
    nodes = pd.DataFrame({"id": ids, "type": kinds})
    nodes.to_csv(folder / "nodes.tsv", sep="\t", index=False)
    return folder / "edges.tsv", folder / "nodes.tsv"
