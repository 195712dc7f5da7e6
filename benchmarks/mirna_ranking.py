"""Fit the ranking of miRNA sites and say how good it is.

    python benchmarks/mirna_ranking.py TRAIN.tsv EVALUATION.tsv [--write]

Both files hold miRNA, site and label (1: found by CLASH), tab-separated with a header.
Fits on the first alone and prints ROC-AUC on the second, with 95 % bootstrap intervals:
plain energy, its part of the perfect duplex's, and the score. --write replaces the
packaged model.
"""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from bioloom.mirna.search.best_energies import perfect_energies
from bioloom.mirna.search.searcher import search
from bioloom.mirna.sites.hits import MirnaTable
from bioloom.mirna.sites.ranking import FEATURES, MODEL, features
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.seq.alphabet import encode

MIN_MIRNA_NT = 17


def read(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features and labels of the pairs, and the miRNA of each."""
    with path.open() as stream:
        rows = [
            (row["miRNA"], row["gene"], int(row["label"]))
            for row in csv.DictReader(stream, delimiter="\t")
            if len(row["miRNA"]) >= MIN_MIRNA_NT
        ]
    codes = {name: encode(name) for name, _, _ in rows}
    perfect = dict(zip(codes, perfect_energies(list(codes.values())), strict=True))
    found = np.zeros((len(rows), len(FEATURES)))
    for place, (mirna, site, _) in enumerate(rows):
        target = encode(site)
        hits = search([codes[mirna]], target)
        if len(hits):
            table = codes[mirna][None, :]
            seeds = seed_matches(hits, table, target)
            known = MirnaTable(
                names=np.array([mirna]),
                codes=table,
                lengths=np.array([len(codes[mirna])]),
                perfect=np.array([perfect[mirna]]),
            )
            found[place] = features(hits, seeds, known, target)[0]
    labels = np.array([label for _, _, label in rows])
    return found, labels, np.array([mirna for mirna, _, _ in rows])


def auc(labels: np.ndarray, values: np.ndarray) -> str:
    rng = np.random.default_rng(42)
    draws = rng.integers(0, len(labels), (500, len(labels)))
    low, high = np.quantile(
        [roc_auc_score(labels[rows], values[rows]) for rows in draws], [0.025, 0.975]
    )
    return f"{roc_auc_score(labels, values):.4f} ({low:.4f}-{high:.4f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    x, y, mirnas = read(options.train)
    model = make_pipeline(
        StandardScaler(),
        PolynomialFeatures(2, include_bias=False),
        StandardScaler(),
        LogisticRegression(max_iter=3000, C=0.1),
    )
    folds = GroupKFold(5)
    inner = cross_val_score(model, x, y, cv=folds, groups=mirnas, scoring="roc_auc")
    print(f"{len(y)} training pairs, miRNAs kept apart: AUC {inner.mean():.4f}")
    model.fit(x, y)
    new_x, new_y, _ = read(options.evaluation)
    chance = model.predict_proba(new_x)[:, 1]
    print(f"{len(new_y)} pairs for evaluation")
    print("energy          ", auc(new_y, -new_x[:, FEATURES.index("mfe")]))
    print("part of perfect ", auc(new_y, new_x[:, FEATURES.index("mfe_ratio")]))
    print("score           ", auc(new_y, chance))
    if options.write:
        entries = {
            "format": "bioloom mirna ranking 1",
            "trained_on": f"{len(y)} pairs of {options.train.name}: CLASH sites of "
            "human (Helwak 2013) and the same number of made-up pairs "
            "(Klimentova 2022)",
            "auc_on_evaluation": auc(new_y, chance),
            "features": FEATURES,
        } | numbers(model)
        MODEL.write_text(json.dumps(entries) + "\n", encoding="utf-8")


def numbers(model: Pipeline) -> dict[str, object]:
    """The model as plain numbers: bias + z·weights + z·pairs·z of scaled features z."""
    first, products, second, fit = (step for _, step in model.steps)
    weights = fit.coef_[0] / second.scale_
    n = len(FEATURES)
    linear, pairs = np.zeros(n), np.zeros((n, n))
    for weight, powers in zip(weights, products.powers_, strict=True):
        which = np.repeat(np.arange(n), powers)
        if len(which) == 1:
            linear[which[0]] = weight
        else:
            pairs[which[0], which[1]] = weight
    return {
        "mean": first.mean_.tolist(),
        "scale": first.scale_.tolist(),
        "bias": float(fit.intercept_[0] - (weights * second.mean_).sum()),
        "weights": linear.tolist(),
        "pairs": pairs.round(6).tolist(),
    }


if __name__ == "__main__":
    main()
