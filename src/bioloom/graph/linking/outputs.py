"""Files of a run: tables, figure, model; what a page shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bioloom.draw import save
from bioloom.graph.linking.figures import ladder_figure
from bioloom.graph.linking.files import MODEL_FILE, save_final
from bioloom.graph.linking.ladder import FinalModel, RungScores
from bioloom.graph.linking.network import TypedNetwork
from bioloom.graph.linking.sentences import in_one_sentence, weights_sentence
from bioloom.graph.linking.summary import LadderSummary
from bioloom.run.output import write_text
from bioloom.run.tables import tables_readme, write_table

PREDICTED_RUNG = "degree-matched"
TABLES: Mapping[str, str] = MappingProxyType(
    {
        "ladder": "Each measure of each method on each rung: mean over the seeds with "
        "Student's 95 % interval (empty with one seed), and the first seed's value "
        "with the interval over its test links (bootstrap; for hits Clopper-Pearson). "
        "Measures: auc; average_precision; hits, the share of links that score above "
        "the k-th best negative. As many negatives as links. Pair `all`: all scored "
        "pairs of types together.",
        "advantages": "How far each method that is no baseline is ahead, in AUC, of "
        "the baseline that it is least ahead of (degree, typed degree, SVD): mean of "
        "the seeds' differences and 95 % interval (Student; with one seed bootstrap "
        "over test links); `is_beyond` if the intervals over seeds and over test links "
        "both lie above 0, against all baselines. Not corrected for the number of "
        "methods.",
        "partners": "Share of the held-out partners that are among the first "
        "candidates in the complete lists of the nodes of a type, known partners left "
        "out; intervals as in ladder.tsv.",
        "seeds": "AUC of each method on each rung, seed by seed: on the test links and "
        "on the validation links, by which epochs, ranks and models are chosen.",
        "splits": "Links of the first seed: message only (of pairs that are not "
        "scored), training, validation and test, with the negatives that were found.",
        "predictions": "Test links and negatives of the first seed on the rung "
        "degree-matched: called a link from the score with the best balanced accuracy "
        "on the validation links. There is no confidence: how many links are missing "
        "is not known. `group` is the end of the type with fewer nodes: its pairs are "
        "alike. `bioloom bounds report` reads this table.",
        "candidates": "Missing links with the highest scores of each node: `above` is "
        "the share of random unlinked pairs of these types that score lower (no "
        "probability); `links` and `partner_links` are the numbers of links of both; "
        "then the score of each heuristic, computed from all links.",
    }
)


@dataclass(frozen=True)
class LinksPage:
    """Contents of the page.

    Parameters
    ----------
    summary
        The audit.
    final
        What ranks the candidates.
    candidates
        As in tables/candidates.tsv.
    figures
        SVG texts by kind.
    """

    summary: LadderSummary
    final: FinalModel
    candidates: pd.DataFrame
    figures: Mapping[str, str]


def write_outputs(
    summary: LadderSummary, final: FinalModel, candidates: pd.DataFrame, out: Path
) -> LinksPage:
    """Write all files of a finished run but its page.

    Parameters
    ----------
    summary, final, candidates
        The results.
    out
        Run folder.
    """
    save_final(out / MODEL_FILE, summary.plan, final)
    frames = {**frames_of(summary), "candidates": candidates}
    for name in TABLES:
        write_table(frames[name], out, name)
    readme = tables_readme(TABLES, "; an empty field has no value")
    write_text(out / "tables" / "README.md", readme)
    svg = save(ladder_figure(summary), out / "figures" / "ladder")
    write_text(out / "log.txt", "".join(f"{line}\n" for line in _log(summary, final)))
    return LinksPage(summary, final, candidates, {"ladder": svg})


def frames_of(summary: LadderSummary) -> dict[str, pd.DataFrame]:
    """The tables of an audit, by name."""
    return {
        "ladder": summary.to_frame(),
        "advantages": pd.DataFrame(each._asdict() for each in summary.advantages),
        "partners": _partners_frame(summary),
        "seeds": pd.DataFrame(_seed_rows(summary)),
        "splits": pd.DataFrame(_split_rows(summary)),
        "predictions": predictions_frame(summary),
    }


def _partners_frame(summary: LadderSummary) -> pd.DataFrame:
    return pd.DataFrame(
        {
            **{name: getattr(each, name) for name in _LIST_FIELDS},
            "top": summary.plan.settings.n_candidates,
            "mean": each.over_seeds.mean,
            "low_seeds": each.over_seeds.low,
            "high_seeds": each.over_seeds.high,
            "first_seed": each.over_links.value,
            "low_links": each.over_links.low,
            "high_links": each.over_links.high,
        }
        for each in summary.type_hits
    )


_LIST_FIELDS = (
    *("rung", "pair", "node_type", "method"),
    *("n_nodes", "n_links", "n_partners"),
)


def _seed_rows(summary: LadderSummary) -> Iterator[dict[str, object]]:
    for audit in summary.audits:
        for rung, scores in audit.rungs.items():
            for method in summary.plan.methods:
                yield {
                    "rng_seed": audit.rng_seed,
                    "rung": rung,
                    "method": method,
                    "test_auc": scores.auc(method),
                    "val_auc": scores.val_auc[method],
                }


def _split_rows(summary: LadderSummary) -> Iterator[dict[str, object]]:
    first = summary.audits[0]
    for rung in summary.plan.rungs:
        split = summary.plan.split(first.rng_seed, is_cold=rung.is_cold)
        yield {
            "rung": rung.name,
            "split": split.kind,
            "messages_only": len(split.training.context),
            "training": len(split.training.train),
            "validation": len(split.training.val),
            "test": len(split.test),
            "negatives": int((~first.rungs[rung.name].is_link).sum()),
            "cold_nodes": 0 if split.cold is None else int(split.cold.sum()),
        }


def predictions_frame(summary: LadderSummary) -> pd.DataFrame:
    """Calls of all methods on degree-matched test pairs, for `bounds report`."""
    network = summary.plan.network
    scores = summary.audits[0].rungs[PREDICTED_RUNG]
    ids = np.array(network.node_ids, dtype=object)
    left, right = ids[scores.pairs].T
    words = np.array(["no link", "link"])
    parts = [
        pd.DataFrame(
            {
                "model": method,
                "node": [f"{a} - {b}" for a, b in zip(left, right, strict=True)],
                "label": words[scores.is_link.astype(int)],
                "split": "test",
                "prediction": words[_calls(scores, method).astype(int)],
                "score": scores.scores[method],
                "group": ids[_rarer_ends(network, scores)],
            }
        )
        for method in summary.plan.methods
    ]
    return pd.concat(parts, ignore_index=True)


def _calls(scores: RungScores, method: str) -> NDArray[np.bool_]:
    called: NDArray[np.bool_] = scores.scores[method] >= scores.thresholds[method]
    return called


def _rarer_ends(network: TypedNetwork, scores: RungScores) -> NDArray[np.int64]:
    """The end of each pair whose type has fewer nodes."""
    counts = np.bincount(network.types)[network.types]
    ends = np.argmin(counts[scores.pairs], axis=1)
    nodes: NDArray[np.int64] = scores.pairs[np.arange(len(ends)), ends]
    return nodes


def _log(summary: LadderSummary, final: FinalModel) -> Iterator[str]:
    yield in_one_sentence(summary)
    yield f"candidates are ranked by {final.fitted.name}"
    n_loops = summary.plan.network.n_self_loops
    if n_loops:
        yield f"{n_loops} links of a node with itself left out"
    if summary.plan.network.scaled:
        yield summary.plan.network.scaled
    if weights := weights_sentence(summary.plan.network):
        yield weights
    for each in summary.cells:
        if each.measure == "auc":
            yield f"{each.rung}, {each.pair}, {each.method}: AUC {each.over_seeds}"
