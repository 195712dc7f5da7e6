"""Which column of a table of predictions is which."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

import pandas as pd

from bioloom.bounds.data import column
from bioloom.bounds.paths import LabelFrom


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of a table's columns; None takes the first known name that is there."""

    label: str | None = None
    prediction: str | None = None
    split: str | None = None
    confidence: str | None = None
    example: str | None = None
    model: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a table of predictions is read.

    Parameters
    ----------
    columns
        Names of columns that are named otherwise than usual.
    label_from
        Where labels are if no column has them: "folder" that holds the example, or the
        "name" of its file, up to the first number.
    confidence_of
        Class whose probability the column of confidences holds, "prediction" for the
        predicted one; None finds out.
    """

    columns: Columns = field(default_factory=Columns)
    label_from: LabelFrom | None = None
    confidence_of: str | None = None


KNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "label": (
            *("label", "true", "y_true", "truth", "class", "target", "true_label"),
            *("actual", "标签", "真实标签", "真实类别", "类别"),
        ),
        "prediction": (
            *("prediction", "predicted", "pred", "y_pred", "predicted_label"),
            *("pred_label", "预测", "预测标签", "预测类别", "预测结果"),
        ),
        "split": ("split", "set", "subset", "划分", "数据集"),
        "confidence": (
            *("confidence", "probability", "conf", "prob", "proba", "y_prob"),
            *("y_proba", "置信度", "概率"),
        ),
        "example": (
            *("path", "node", "id", "example", "name", "filename", "file", "image"),
            *("路径", "文件名"),
        ),
        "model": ("model", "模型"),
        "group": ("group", "组", "分组"),
    }
)


def roles_of(frame: pd.DataFrame, reading: Reading, where: str) -> dict[str, str]:
    """Name of the column of each role, as far as there is one."""
    by_role = {}
    for each in fields(Columns):
        name = getattr(reading.columns, each.name) or _usual(frame, each.name)
        if name is not None:
            column(frame, name, where=where)  # is there
            by_role[each.name] = name
    if reading.label_from is not None:
        by_role.pop("label", None)
    return by_role


def _usual(frame: pd.DataFrame, role: str) -> str | None:
    """The first known name that a column has, in any case."""
    there = {name.strip().casefold(): name for name in reversed(list(frame.columns))}
    names = [name for name in KNOWN[role] if name in frame]
    return next(
        iter([*names, *(there[name] for name in KNOWN[role] if name in there)]), None
    )
