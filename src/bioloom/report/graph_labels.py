"""Parts of the page of a training whose nodes have several labels."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bioloom.report.evaluation import Caption
from bioloom.run.language import mark, tr

LABEL_MEASURES: Mapping[str, Caption] = MappingProxyType(
    {
        "val_micro_f1": Caption(
            mark("Validation micro F1, %"), mark("by which the best run is chosen")
        ),
        "test_micro_f1": Caption(
            mark("Test micro F1, %"), mark("F1 of all pairs of test node and label")
        ),
        "test_macro_f1": Caption(
            mark("Test macro F1, %"), mark("mean of the labels' F1")
        ),
        "test_subset_accuracy": Caption(
            mark("All labels right, %"),
            mark("share of test nodes of which every label is right"),
        ),
        "test_mean_auc": Caption(
            mark("Mean AUC, %"),
            mark("of the labels that some test nodes have and others do not"),
        ),
        "test_mean_ap": Caption(
            mark("Mean AP, %"), mark("average precision, of the same labels")
        ),
    }
)


def thresholds_lead(thresholds: Sequence[float], how: str) -> str:
    """A sentence on when a node has a label; empty with one class a node."""
    if not thresholds:
        return ""
    if how == "half":
        return tr("A node has a label if its probability is above one half.")
    return tr(
        "A node has a label if its probability is above the label's threshold, which "
        "has the highest F1 on the validation nodes (one half for labels with fewer "
        "than five members there)."
    )
