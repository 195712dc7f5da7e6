"""Fit the ranking of miRNA sites and say how good it is.

    python benchmarks/mirna_ranking.py PAIRS.tsv.gz CLASH_TRAIN.tsv CLASH_TEST.tsv

PAIRS are the bias-corrected chimeras of Hejret 2023 (columns gene, noncodingRNA,
noncodingRNA_fam, label, gene_cluster_ID); the other two are CLASH as published (miRNA,
gene, label). Prints the figures of docs/ranking.md; --write replaces the packaged
model.

Each figure is of pairs whose miRNA family and gene cluster the model did not see.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import RNA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from bioloom.mirna.options import SearchOptions
from bioloom.mirna.ranking.features import FEATURES, features
from bioloom.mirna.ranking.model import Line, RankingModel, save_model, site_digest
from bioloom.mirna.search.best_energies import perfect_energies
from bioloom.mirna.search.searcher import Searcher
from bioloom.mirna.sites.hits import Hits, MirnaTable, padded
from bioloom.mirna.sites.seeds import seed_matches
from bioloom.seq.alphabet import encode
from bioloom.statistics.forest import fit_forest
from bioloom.statistics.intervals import stratified_bootstrap

N_FOLDS = 5
N_TREES, LEARNING_RATE, STRENGTH = 150, 0.06, 0.01
DECOY_WEIGHT = 0.3
NAME = (
    "6,478 bias-corrected AGO2 chimeras and made-up pairs of human (Hejret 2023), and "
    "decoys"
)
TRENDS = [feature.trend for feature in FEATURES.values()]


@dataclass(frozen=True)
class Examples:
    """Features of sites, with their label, weight, family and cluster."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    family: np.ndarray
    cluster: np.ndarray

    def at(self, rows: np.ndarray) -> "Examples":
        return Examples(
            self.x[rows],
            self.y[rows],
            self.weight[rows],
            self.family[rows],
            self.cluster[rows],
        )

    def __add__(self, other: "Examples") -> "Examples":
        columns = zip(vars(self).values(), vars(other).values(), strict=True)
        return Examples(*map(np.concatenate, columns))


class Measure:
    """Features of a miRNA's sites on a target."""

    def __init__(self, mirnas: Sequence[str], top: int = 1) -> None:
        codes = [encode(mirna) for mirna in mirnas]
        self.number = {mirna: k for k, mirna in enumerate(mirnas)}
        options = SearchOptions(top=top)
        self.searchers = [Searcher([each], options) for each in codes]
        self.table = MirnaTable(
            names=np.array(mirnas),
            codes=padded(codes),
            lengths=np.array([len(each) for each in codes]),
            perfect=perfect_energies(codes),
        )

    def __call__(self, mirna: str, site: str) -> np.ndarray:
        number, target = self.number[mirna], encode(site)
        hits = self.searchers[number].search(target)
        if not len(hits):
            return np.zeros((0, len(FEATURES)))
        known = Hits(
            np.full(len(hits), number),
            hits.start,
            hits.end,
            hits.units,
            hits.summed,
            hits.partners,
        )
        seeds = seed_matches(known, self.table.codes, target)
        return features(known, seeds, self.table, target)


def read(path: Path) -> pd.DataFrame:
    """Pairs with the columns mirna, site, label, family, cluster."""
    frame = pd.read_csv(path, sep="\t")
    names = {"noncodingRNA": "mirna", "miRNA": "mirna", "gene": "site"}
    names |= {"noncodingRNA_fam": "family", "gene_cluster_ID": "cluster"}
    frame = frame.rename(columns=names)
    if "family" not in frame:
        frame["family"], frame["cluster"] = frame["mirna"], frame["site"]
    unknown = frame["family"].eq("unknown")
    frame["family"] = frame["family"].where(~unknown, frame["mirna"])
    return frame


def examples(pairs: pd.DataFrame) -> Examples:
    measure = Measure(sorted(set(pairs["mirna"])))
    x = [measure(*pair)[:1] for pair in zip(pairs["mirna"], pairs["site"], strict=True)]
    return Examples(
        np.concatenate(x),
        pairs["label"].to_numpy() == 1,
        np.ones(len(x)),
        pairs["family"].to_numpy(),
        pairs["cluster"].to_numpy(),
    )


def decoys(pairs: pd.DataFrame) -> Examples:
    """Sites that nobody would call real, with the family and cluster they came from.

    Best sites on short pieces of sites, on shuffled ones, and on repeats of one to
    three letters; second to fifth sites of pairs that were made up.
    """
    rng = np.random.default_rng(42)
    mirnas = sorted(set(pairs["mirna"]))
    family = dict(zip(pairs["mirna"], pairs["family"], strict=True))
    best, next_best = Measure(mirnas), Measure(mirnas, top=5)
    rows: list[tuple[np.ndarray, str, object]] = []
    for site, cluster in made_up_targets(pairs, rng):
        mirna = str(rng.choice(mirnas))
        rows += [(x, family[mirna], cluster) for x in best(mirna, site)]
    negatives = pairs[pairs["label"] == 0].sample(700, random_state=42)
    for pair in negatives.itertuples():
        sites = next_best(pair.mirna, pair.site)[1:]
        rows += [(x, pair.family, pair.cluster) for x in sites]
    return Examples(
        np.array([x for x, _, _ in rows]),
        np.zeros(len(rows), dtype=bool),
        np.full(len(rows), DECOY_WEIGHT),
        np.array([name for _, name, _ in rows], dtype=object),
        np.array([cluster for _, _, cluster in rows], dtype=object),
    )


def made_up_targets(
    pairs: pd.DataFrame, rng: np.random.Generator
) -> Iterator[tuple[str, object]]:
    for pair in pairs.sample(1500, random_state=1).itertuples():
        size = int(rng.integers(8, 31))
        begin = int(rng.integers(0, 51 - size))
        yield pair.site[begin : begin + size], pair.cluster
    for pair in pairs.sample(300, random_state=2).itertuples():
        yield "".join(rng.permutation(list(pair.site))), pair.cluster
    for number in range(700):
        unit = "".join(rng.choice(list("ACGT"), int(rng.integers(1, 4))))
        yield (unit * 50)[: int(rng.integers(10, 51))], -1 - number


def fitted(
    train: Examples, *, slope: float = 1.0, shift: float = 0.0, name: str = ""
) -> RankingModel:
    """Half a line, half a forest, times the slope, plus the shift."""
    scaler = StandardScaler().fit(train.x)
    line = LogisticRegression(C=STRENGTH, max_iter=2000)
    line.fit(scaler.transform(train.x), train.y, sample_weight=train.weight)
    forest = fit_forest(
        train.x,
        train.y,
        train.weight,
        trends=TRENDS,
        n_trees=N_TREES,
        learning_rate=LEARNING_RATE,
    )
    weights = line.coef_[0] / scaler.scale_
    return RankingModel(
        name,
        Line(
            weights=rounded(slope / 2 * weights),
            typical=rounded(scaler.mean_),
            low=train.x.min(axis=0),
            high=train.x.max(axis=0),
            constant=round(float(slope / 2 * line.intercept_[0]) + shift, 6),
        ),
        forest.calibrated(slope=slope / 2, shift=0.0),
    )


def rounded(values: np.ndarray) -> np.ndarray:
    return np.array([float(f"{value:.6g}") for value in values])


def fold_of(groups: np.ndarray, rng_seed: int) -> np.ndarray:
    """Fold of each example; the largest groups first into the emptiest fold."""
    rng = np.random.default_rng(rng_seed)
    _, which, sizes = np.unique(
        groups.astype(str), return_inverse=True, return_counts=True
    )
    fold, load = np.zeros(len(sizes), dtype=int), np.zeros(N_FOLDS)
    for group in np.lexsort((rng.random(len(sizes)), -sizes)):
        fold[group] = load.argmin()
        load[fold[group]] += sizes[group]
    return fold[which]


def cross_validated(
    real: Examples, made_up: Examples, fit: Callable[[Examples], RankingModel] = fitted
) -> np.ndarray:
    """Log-odds of each real pair by a model that saw neither family nor cluster."""
    both = real + made_up
    family, cluster = fold_of(both.family, 0), fold_of(both.cluster, 1)
    found = np.zeros(len(both.y))
    for k in range(N_FOLDS):
        for j in range(N_FOLDS):
            model = fit(both.at((family != k) & (cluster != j)))
            rows = (family == k) & (cluster == j)
            found[rows] = model.log_odds(both.x[rows])
    return found[: len(real.y)]


def calibration(log_odds: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    fit = LogisticRegression(C=1e6).fit(log_odds[:, None], y)
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def figures(name: str, values: np.ndarray, y: np.ndarray) -> tuple[str, str]:
    shown = []
    for measure in (roc_auc_score, average_precision_score):
        estimate = stratified_bootstrap(
            lambda rows, measure=measure: float(measure(y[rows], values[rows])), y
        )
        shown.append(f"{estimate.value:.3f} ({estimate.low:.3f}-{estimate.high:.3f})")
    print(f"  {name:28s} ROC {shown[0]}  AP {shown[1]}", flush=True)
    return shown[0], shown[1]


def paired_gain(name: str, new: np.ndarray, old: np.ndarray, y: np.ndarray) -> None:
    gain = stratified_bootstrap(
        lambda rows: float(
            roc_auc_score(y[rows], new[rows]) - roc_auc_score(y[rows], old[rows])
        ),
        y,
    )
    print(
        f"  gain over {name}: {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
    )


def vienna(pairs: pd.DataFrame) -> dict[str, np.ndarray]:
    both = list(zip(pairs["mirna"], pairs["site"], strict=True))
    return {
        "RNA.duplexfold": np.array([-RNA.duplexfold(m, s).energy for m, s in both]),
        "RNA.cofold": np.array([-RNA.cofold(f"{m}&{s}")[1] for m, s in both]),
    }


def report(
    title: str,
    pairs: pd.DataFrame,
    real: Examples,
    *,
    new: np.ndarray,
    rows: np.ndarray,
) -> tuple[str, str]:
    print(f"{title}: {rows.sum():,} pairs, {real.y[rows].sum():,} real")
    x, y = real.x[rows], real.y[rows]
    columns = {
        "energy": -x[:, list(FEATURES).index("mfe")],
        "energy ratio": x[:, list(FEATURES).index("ratio")],
        **vienna(pairs[rows]),
    }
    for name, values in columns.items():
        figures(name, values, y)
    shown = figures("score", new[rows], y)
    paired_gain("energy ratio", new[rows], columns["energy ratio"], y)
    return shown


def audit(pairs: pd.DataFrame, real: Examples) -> None:
    """What the miRNA alone, or the composition alone, would score."""
    print("leaks, cross-fitted:")
    counts = np.array(
        [[seq.count(base) for base in "ACGT"] for seq in pairs["mirna"]], dtype=float
    )
    site = np.array(
        [[seq.count(base) for base in "ACGT"] for seq in pairs["site"]], dtype=float
    )
    fold = np.random.default_rng(3).integers(0, N_FOLDS, len(pairs))
    share = np.zeros(len(pairs))
    for k in range(N_FOLDS):
        others = pairs[fold != k]
        by_name = others.groupby("mirna")["label"].agg(["sum", "size"])
        rate = (by_name["sum"] + 1) / (by_name["size"] + 2)
        share[fold == k] = pairs[fold == k]["mirna"].map(rate).fillna(0.5)
    figures("miRNA's share of positives", share, real.y)
    for name, values in (("miRNA's bases", counts), ("target's bases", site)):
        found = np.zeros(len(pairs))
        for k in range(N_FOLDS):
            model = LogisticRegression(max_iter=500)
            model.fit(values[fold != k], real.y[fold != k])
            found[fold == k] = model.decision_function(values[fold == k])
        figures(name, found, real.y)


def published(train: Path, test: Path, model: RankingModel) -> None:
    """The CLASH set as published, where the miRNA alone says much."""
    pairs, known = read(test), read(train)
    real = examples(pairs)
    new = model.log_odds(real.x)
    everything = np.ones(len(pairs), dtype=bool)
    report("CLASH 2013 as published", pairs, real, new=new, rows=everything)
    rate = known.groupby("mirna")["label"].agg(["sum", "size"])
    share = (rate["sum"] + 1) / (rate["size"] + 2)
    figures("miRNA's frequency alone", pairs["mirna"].map(share).fillna(0.5), real.y)


def paired_anew(train: Path, pairs: pd.DataFrame) -> pd.DataFrame:
    """2,500 real pairs of CLASH 2013, and each of their sites with another's miRNA.

    Every miRNA stands as often among the negatives. Sites that share a 20-mer with
    those that the model was trained on are left out.
    """
    known = {site[k : k + 20] for site in set(pairs["site"]) for k in range(31)}
    every = read(train)
    real = every[every["label"] == 1].sample(2500, random_state=0)
    is_new = [
        not any(site[k : k + 20] in known for k in range(len(site) - 19))
        for site in real["site"]
    ]
    real = real[is_new]
    rng = np.random.default_rng(0)
    own, others = real["mirna"].to_numpy(), rng.permutation(real["mirna"])
    while same := [k for k in range(len(own)) if own[k][:12] == others[k][:12]]:
        for k in same:
            j = int(rng.integers(len(others)))
            others[k], others[j] = others[j], others[k]
    return pd.concat([real, real.assign(mirna=others, label=0)], ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("clash_train", type=Path)
    parser.add_argument("clash_test", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    pairs = read(options.pairs)
    real, made_up = examples(pairs), decoys(pairs)
    print(f"{len(real.y):,} pairs, {len(made_up.y):,} decoys")
    audit(pairs, real)

    outer = fold_of(real.family, 11) == 0
    inner_real = real.at(~outer & ~np.isin(real.cluster, real.cluster[outer]))
    families, clusters = set(real.family[outer]), set(real.cluster[outer])
    apart = [
        f not in families and c not in clusters
        for f, c in zip(made_up.family, made_up.cluster, strict=True)
    ]
    inner_made_up = made_up.at(np.array(apart))
    slope, shift = calibration(cross_validated(inner_real, inner_made_up), inner_real.y)
    print(f"inner cross-validation on {len(inner_real.y):,} pairs: slope {slope:.3f}")
    model = fitted(inner_real + inner_made_up, slope=slope, shift=shift)
    report("held out", pairs, real, new=model.log_odds(real.x), rows=outer)

    raw = cross_validated(real, made_up)
    slope, shift = calibration(raw, real.y)
    new = slope * raw + shift
    everything = np.ones(len(pairs), dtype=bool)
    roc, ap = report(
        "cross-validated, all pairs", pairs, real, new=new, rows=everything
    )
    for family, rows in pairs.groupby("family").indices.items():
        if len(rows) >= 200:
            part = np.isin(np.arange(len(pairs)), rows)
            figures(str(family), new[part], real.y[part])
    final = fitted(real + made_up, slope=slope, shift=shift, name=NAME)
    published(options.clash_train, options.clash_test, final)
    anew = paired_anew(options.clash_train, pairs)
    others, everything = examples(anew), np.ones(len(anew), dtype=bool)
    new = final.log_odds(others.x)
    report("CLASH 2013 paired anew", anew, others, new=new, rows=everything)
    audit(anew, others)
    if options.write:
        evaluation = {"roc_auc": roc, "average_precision": ap}
        digests = frozenset(map(site_digest, pairs["site"]))
        save_model(replace(final, evaluation=evaluation, training_sites=digests))


if __name__ == "__main__":
    main()
