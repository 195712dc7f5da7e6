"""Sentences of the page of a link prediction, in the language in force."""

from collections.abc import Mapping

from bioloom.graph.linking.heuristics import MEANINGS, heuristics_of
from bioloom.graph.linking.sentences import weights_sentence
from bioloom.graph.linking.summary import LadderSummary
from bioloom.report.evaluation import Caption
from bioloom.run import phrases
from bioloom.run.language import tr, trn
from bioloom.run.words import listed_in_words, together


def figure_words() -> Mapping[str, Caption]:
    """Title and meaning of the figures."""
    ladder = Caption(
        tr("The ladder"),
        tr(
            "AUC of each method on each rung with its interval (95 %); the dotted line "
            "is guessing."
        ),
    )
    return {"ladder": ladder}


def page_words(top: int) -> dict[str, str]:
    """The words of the template."""
    return {
        "sections": tr("Sections"),
        "ladder": tr("The ladder"),
        "remains": tr("What remains"),
        "by_type": tr("Per type of node"),
        "candidates": tr("Candidates"),
        "measures": tr("All measures"),
        "settings": tr("Settings"),
        "of_ladder": tr(
            "Held-out links are to be told from pairs without a link. How these pairs "
            "are drawn decides what a high AUC means: from rung to rung, something "
            "that is no knowledge about the pair stops helping. Methods are trained "
            "anew on every rung."
        ),
        "of_remains": tr(
            "Differences of AUC to the strongest of three baselines: the degrees, the "
            "degrees towards the scored type, and a low-rank approximation of the "
            "links (SVD). A method is called ahead if the intervals over seeds and "
            "over test links both lie above 0, against all of them. Not corrected for "
            "the number of methods."
        ),
        "of_types": tr(
            "What a list of candidates is worth: the share of a node's held-out "
            "partners among its first {top}, when all nodes of the other type that are "
            "not known partners compete. Here nodes with many links help, and are "
            "often all that helps.",
            top=top,
        ),
        "node": tr("Node"),
        "found": tr("Nodes found"),
        "all": tr(
            "All candidates of all nodes. `{command}` shows what a score is made of.",
            command="bioloom graph explain --run … --link NODE PARTNER",
        ),
    }


def size_words(summary: LadderSummary) -> str:
    """The network, and what of it is scored."""
    network = summary.plan.network
    counts = network.counts().items()
    parts = [
        tr(
            "{nodes:,} nodes, {n:,} links ({by_pair}). Scored: {pairs}; all other "
            "links only carry messages. {seeds}.",
            nodes=network.n_nodes,
            n=len(network.links),
            by_pair=tr("; ").join(f"{pair}: {n:,}" for pair, n in counts),
            pairs=listed_in_words([str(pair) for pair in summary.plan.pairs]),
            seeds=trn("{n} seed", "{n:,} seeds", len(summary.audits)),
        )
    ]
    if network.scaled:
        scaled = f"{network.scaled[:1].upper()}{network.scaled[1:]}."
        parts.append(phrases.told(scaled))
    if weights := weights_sentence(network):
        parts.append(weights)
    if network.order is not None:
        parts.append(
            tr("Except in the cold start, the last links by the given column test.")
        )
    return together(parts)


def interval_words(summary: LadderSummary) -> str:
    """What the intervals of the ladder are, and what the heuristics score."""
    n = len(summary.audits)
    if n == 1:
        interval = tr(
            "In brackets the interval (95 %) over the test links (bootstrap). A single "
            "seed does not show how much splits and trainings vary: use {option}.",
            option="--runs 5",
        )
    else:
        interval = tr(
            "Mean of {n} seeds, in brackets its interval (95 %, Student). Seeds share "
            "the network, so this is the variation of splits and trainings, not of "
            "other networks; intervals over the test links of one seed are below.",
            n=n,
        )
    meanings = tr("; ").join(
        tr("{name}: {meaning}", name=tr(name), meaning=tr(MEANINGS[name]))
        for name in heuristics_of(summary.plan.network)
    )
    listed = f"{meanings[0].upper()}{meanings[1:]}"
    return together([interval, tr("{sentence}.", sentence=listed)])
