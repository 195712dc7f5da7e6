"""How much of link prediction is degree alone: the ladder on a biological network.

    python benchmarks/graph_links.py --data ../shared/data [--pair "microRNA disease"]

The miRNA-lncRNA-disease network of Global_M-L-D (2,634 nodes, 15,887 links, MIT), five
seeds. For each pair of types: AUC of every method on every rung with its 95 % interval
over the seeds, the mean difference to the strongest of degree, typed degree and SVD,
and one sentence. Seconds are CPU seconds of one thread, of a model with the whole
ladder and of the heuristics, for all seeds.
"""

import argparse
import time
from pathlib import Path

from bioloom.graph.data.edges import read_tables
from bioloom.graph.linking.files import audit_key, load_audit, save_audit
from bioloom.graph.linking.ladder import AuditPlan, audit_seed
from bioloom.graph.linking.network import typed_network
from bioloom.graph.linking.sentences import in_one_sentence
from bioloom.graph.linking.settings import LinkSettings, model_named
from bioloom.graph.linking.splits import scored_pairs
from bioloom.graph.linking.summary import LadderSummary

FOLDER = Path("graph") / "mirna_lncrna_disease"
PAIRS = ("microRNA disease", "lncRNA microRNA", "lncRNA disease")
MODELS = ("sage-dot", "typed-distmult")


def network_of(folder):
    """The network, nodes by name: its lists of neighbours as tables."""
    rows = [
        line.rstrip("\r\n").split("\t")
        for line in (folder / "data_item_index.txt").read_text().splitlines()
    ]
    names = {number: name for number, name, _ in rows}
    edges = {"source": [], "target": []}
    for line in (folder / "data_Global_M-L-D_network.txt").read_text().splitlines():
        first, *others = line.split("\t")
        edges["source"] += [names[first]] * len(others)
        edges["target"] += [names[other] for other in others]
    nodes = {"id": [row[1] for row in rows], "type": [row[2] for row in rows]}
    return typed_network(read_tables(edges, nodes, label="type"))


def audited(plan, seed, folder):
    """One seed's audit; read from the folder of finished ones, if it is there."""
    if folder is None:
        return audit_seed(plan, seed)
    key = audit_key(plan, seed)
    path = folder / f"{key}.safetensors"
    audit = load_audit(path, key=key)
    if audit is None:
        audit = audit_seed(plan, seed)
        save_audit(path, audit, key=key)
    return audit


def show(summary):
    """The table that docs/graph_links.md has."""
    plan = summary.plan
    pair = str(plan.pairs[0])
    print(f"\n### {pair}\n")
    print("| | " + " | ".join(rung.name for rung in plan.rungs) + " |")
    print("| --- " * (len(plan.rungs) + 1) + "|")
    for method in plan.methods:
        cells = [summary.cell(rung.name, pair, method) for rung in plan.rungs]
        means = [cell.over_seeds for cell in cells]
        texts = [f"{m.mean:.3f} ({m.low:.3f}–{m.high:.3f})" for m in means]
        print(f"| {method} | " + " | ".join(texts) + " |")
    print(f"\n{in_one_sentence(summary)}")
    for each in summary.advantages:
        if each.is_beyond:
            print(
                f"ahead: {each.method}, {each.rung}: {each.difference:+.3f} "
                f"({each.low:+.3f} to {each.high:+.3f}) over {each.baseline}"
            )
    for hits in summary.type_hits:
        print(
            f"lists of {hits.node_type}, {hits.rung}, {hits.method}: "
            f"{hits.over_seeds} of {hits.n_links} links among the first "
            f"{plan.settings.n_candidates} of {hits.n_partners}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pair", action="append")
    parser.add_argument("--model", action="append")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--resume", type=Path, help="folder of finished seeds")
    given = parser.parse_args()
    network = network_of(given.data / FOLDER)
    models = [model_named(name) for name in given.model or MODELS]
    for words in given.pair or PAIRS:
        pairs = scored_pairs(network, (words,))
        plan = AuditPlan(network, pairs, tuple(models), LinkSettings())
        begin = time.process_time()
        seeds = range(42, 42 + given.runs)
        audits = tuple(audited(plan, seed, given.resume) for seed in seeds)
        passed = time.process_time() - begin
        show(LadderSummary(plan, audits))
        print(
            f"{passed:.0f} CPU s, {len(models)} models, {given.runs} seeds", flush=True
        )


if __name__ == "__main__":
    main()
