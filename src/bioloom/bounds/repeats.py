"""Examples that stand in a table more than once, in one split or in two."""

import pandas as pd

from bioloom.bounds.notes import Note, note_of, quoted
from bioloom.bounds.paths import normal_path
from bioloom.errors import BadTable
from bioloom.run.language import mark

_SEEN = ("train", "validation")


def without_repeats(
    table: pd.DataFrame, *, where: str
) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Each example once, and none in the test set that was used before.

    Parameters
    ----------
    table
        Rows of one model: `example`, `label`, `prediction`, `split`.
    where
        For messages.

    Returns
    -------
    The rows that count, and a note on what was left out.

    Raises
    ------
    BadTable
        If an example has two labels, or two predictions in one split.
    """
    names = table["example"].map(normal_path)
    is_again = pd.DataFrame({"name": names, "split": table["split"]}).duplicated()
    _refuse_contradictions(table, names, is_again, where)
    _refuse_two_labels(table, names, where)
    seen = set(names[table["split"].isin(_SEEN)])
    is_seen = (table["split"] == "test") & names.isin(seen) & ~is_again
    in_both = set(names[table["split"] == "train"]) & set(
        names[table["split"] == "validation"]
    )
    notes = [
        *_repeated(table["example"][is_again]),
        *_leaked(table["example"][is_seen]),
        *_validated(names[names.isin(in_both)]),
    ]
    return table[~is_again & ~is_seen], tuple(notes)


def _refuse_contradictions(
    table: pd.DataFrame, names: pd.Series, is_again: pd.Series, where: str
) -> None:
    """Rows of one example in one split must say the same."""
    if not is_again.any():
        return
    said = ["label", "prediction", "confidence"]
    rows = table[said].assign(name=names, split=table["split"])
    differs = is_again & ~rows.duplicated()
    for again in table.index[differs][:1]:
        n = int(is_again.sum())
        raise BadTable(
            where=f"{where}: row {again + 1}",
            found=f"the example {table['example'][again]!r} again, with another label, "
            f"prediction or confidence (examples that stand there again: {n:,})",
            expected="one row per example (and model)",
            advice="Remove one of them; or name the column that tells the rows apart "
            "(--example, --model), with --group for examples that are alike.",
        )


def _refuse_two_labels(table: pd.DataFrame, names: pd.Series, where: str) -> None:
    """Numbers that start again in each split are no names."""
    pairs = table[["label"]].assign(name=names)
    differs = ~pairs.duplicated() & names.duplicated()
    for again in table.index[differs][:1]:
        first = table.index[names == names[again]][0]
        raise BadTable(
            where=f"{where}: rows {first + 1} and {again + 1}",
            found=f"the example {table['example'][again]!r} with the labels "
            f"{table['label'][first]!r} and {table['label'][again]!r} (examples with "
            f"two labels: {int(differs.sum()):,})",
            expected="one label per example, in all splits",
            advice="If the names start again in each split, they are no names: name "
            "another column (--example).",
        )


def _repeated(examples: pd.Series) -> list[Note]:
    if not len(examples):
        return []
    return [
        note_of(
            mark("Repeated rows are counted once (left out: {n:,}; {names})."),
            n=len(examples),
            names=quoted(examples.unique().tolist()),
        )
    ]


def _leaked(examples: pd.Series) -> list[Note]:
    if not len(examples):
        return []
    return [
        note_of(
            mark(
                "Test examples that are also training or validation examples prove "
                "nothing (left out: {n:,}; {names})."
            ),
            n=len(examples),
            names=quoted(examples.tolist()),
        )
    ]


def _validated(examples: pd.Series) -> list[Note]:
    n = examples.nunique()
    if not n:
        return []
    return [
        note_of(
            mark("Training examples are also validation examples ({n:,}; {names})."),
            n=n,
            names=quoted(examples.unique().tolist()),
        )
    ]
