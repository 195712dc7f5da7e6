"""Words that the pages of picture classifiers share, in the language in force."""

from collections.abc import Sequence

from bioloom.report.evaluation import Caption, Words
from bioloom.report.parts import Column, Row, Table, told
from bioloom.run.language import mark, tr


def told_words(words: Words) -> Words:
    """Captions that are messages, in the language in force."""
    return {name: Caption(*map(tr, caption)) for name, caption in words.items()}


def page_words(n_warnings: int) -> dict[str, str]:
    """Headings of the page, and what its foot says."""
    shortcut = tr("Shortcuts: the accuracy below may be due to them")
    if n_warnings == 1:
        shortcut = tr("A shortcut: the accuracy below may be due to it")
    return {
        "shortcut": shortcut,
        "sections": tr("Sections"),
        "measures": tr("Measures"),
        "audit": tr("Audit"),
        "figures": tr("Figures"),
        "worst": tr("Worst errors"),
        "predictions": tr("Predictions"),
        "splits": tr("Splits"),
        "made": tr("How it was made"),
        "no_errors": tr("No test picture is predicted wrongly."),
        "heat": tr("Grad-CAM of {name}", name="{name}"),
        "record": tr("Versions and times are in this file:"),
        "card": tr("The purpose of the model is in this file:"),
    }


def measures_table(rows: Sequence[Row]) -> Table:
    """Measures of the test pictures with their intervals."""
    columns = told(
        Column(mark("Measure")),
        Column(mark("Value"), is_number=True),
        Column(
            mark("Interval, 95 %"),
            mark("groups of pictures resampled"),
            is_number=True,
        ),
        Column(mark("Meaning")),
    )
    caption = tr("Test pictures, unless stated otherwise")
    return Table("measures", caption, columns, rows)
