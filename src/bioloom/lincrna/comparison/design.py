"""What expression depends on, and which levels are compared: checked before a run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bioloom.errors import UnknownName
from bioloom.lincrna.errors import BadDesign
from bioloom.lincrna.settings import ComparisonSettings, Contrast, formula_columns
from bioloom.run.words import counted, joined

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"~?\s*[A-Za-z]\w*(\s*[+:*]\s*[A-Za-z]\w*)*\s*")


class Described(NamedTuple):
    """A sample, the level of each of its factors, and its kind (bulk, cell …)."""

    name: str
    factors: Mapping[str, str]
    kind: str = "bulk"


@dataclass(frozen=True, slots=True)
class Design:
    """A checked design.

    Parameters
    ----------
    formula
        Of column names, with ``~`` in front.
    columns
        Those of the formula, in order.
    levels
        Of each column, in the order of the samples.
    contrasts
        What is tested.
    samples
        Those that the design describes.
    """

    formula: str
    columns: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    contrasts: tuple[Contrast, ...]
    samples: tuple[Described, ...]

    def frame(self) -> "pd.DataFrame":
        """One row per sample, one categorical column per factor.

        Numbers are levels too: a batch called 2 is not twice a batch called 1.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                column: pd.Categorical(
                    [sample.factors[column] for sample in self.samples],
                    categories=self.levels[column],
                )
                for column in self.columns
            },
            index=[sample.name for sample in self.samples],
        )


def design_columns(formula: str, *, where: str = "comparison.design") -> list[str]:
    """Columns that a formula names, in order.

    Raises
    ------
    BadDesign
        If it is no formula of names joined by ``+``, ``:`` or ``*``.

    Examples
    --------
    >>> design_columns("~ batch + condition")
    ['batch', 'condition']
    """
    if not _FORMULA.fullmatch(formula.strip()):
        raise BadDesign(
            where=where,
            found=repr(formula),
            expected="columns of the sample sheet joined by +, : or *",
            advice="Write it like this: ~ batch + condition",
        )
    return [*formula_columns(formula)]


def checked_design(
    settings: ComparisonSettings, samples: Sequence[Described], *, where: str = ""
) -> Design:
    """Check that samples and contrasts fit the formula.

    Parameters
    ----------
    settings
        Its design is not empty.
    samples
        All that are compared.
    where
        The file that holds the settings, for messages.

    Raises
    ------
    UnknownName
        If a column or a level is not among those of the samples.
    BadDesign
        If levels lack replicates, or columns say the same (are confounded).
    """
    place = f"{where}: comparison" if where else "comparison"
    columns = design_columns(settings.design, where=f"{place}.design")
    known = [*dict.fromkeys(name for item in samples for name in item.factors)]
    for name in columns:
        _check_known(name, known, kind="column of the sample sheet", where=place)
    for sample in samples:
        _check_levels(sample, columns, place)
    levels = {
        name: tuple(dict.fromkeys(sample.factors[name] for sample in samples))
        for name in columns
    }
    for name in columns:
        if len(levels[name]) < 2:
            raise BadDesign(
                where=f"{place}.design",
                found=f"one level of {name} ({joined(levels[name])})",
                expected="two levels or more",
                advice="Leave the column out of the design.",
            )
    contrasts = settings.contrasts or _default_contrasts(columns[-1], levels)
    formula = settings.design.strip()
    design = Design(
        formula=formula if formula.startswith("~") else f"~ {formula}",
        columns=tuple(columns),
        levels=levels,
        contrasts=tuple((str(a), str(b), str(c)) for a, b, c in contrasts),
        samples=tuple(samples),
    )
    for contrast in design.contrasts:
        _check_contrast(contrast, design, settings, place)
    _check_rank(design, place)
    return design


def _default_contrasts(
    column: str, levels: Mapping[str, Sequence[str]]
) -> tuple[Contrast, ...]:
    first, *others = levels[column]
    return tuple((column, level, first) for level in others)


def _check_known(name: str, known: Sequence[str], *, kind: str, where: str) -> None:
    if name not in known:
        raise UnknownName(name, kind=kind, where=where, known=known)


def _check_levels(sample: Described, columns: Sequence[str], place: str) -> None:
    for name in columns:
        if not sample.factors[name].strip():
            raise BadDesign(
                where=f"{place}.design",
                found=f"no {name} of sample {sample.name}",
                expected=f"a level of {name} for each sample",
                advice="Fill it in, or leave the sample out.",
            )


def _check_contrast(
    contrast: Contrast, design: Design, settings: ComparisonSettings, place: str
) -> None:
    column, *pair = contrast
    _check_known(column, design.columns, kind="column of the design", where=place)
    for level in pair:
        _check_known(
            level, design.levels[column], kind=f"level of {column}", where=place
        )
    if pair[0] == pair[1]:
        raise BadDesign(
            where=f"{place}.contrasts",
            found=f"{pair[0]!r} against itself",
            expected="two levels",
            advice="Name the level that is tested, then the one it is compared with.",
        )
    for level in pair:
        n = sum(sample.factors[column] == level for sample in design.samples)
        if n < settings.min_replicates:
            raise BadDesign(
                where=f"{place}.contrasts",
                found=f"{counted(n, 'sample')} of {column} {level}",
                expected=f"{settings.min_replicates} replicates or more",
                advice="Without replicates nothing separates a difference from chance: "
                "add samples, or leave out the design to have counts only.",
            )


def _check_rank(design: Design, place: str) -> None:
    """Raise if the coefficients cannot be told apart, or leave no sample over."""
    import numpy as np
    from formulaic import model_matrix

    matrix = np.asarray(model_matrix(design.formula, design.frame()), dtype=float)
    n_samples, n_coefficients = matrix.shape
    if np.linalg.matrix_rank(matrix) < n_coefficients:
        raise BadDesign(
            where=f"{place}.design",
            found=f"{joined(design.columns)} confounded: one follows from the others",
            expected="columns that vary independently of each other",
            advice="Leave a column out of the design; if each batch holds one "
            "condition only, the two cannot be told apart.",
        )
    if n_samples <= n_coefficients:
        raise BadDesign(
            where=f"{place}.design",
            found=f"{n_coefficients} coefficients for {counted(n_samples, 'sample')}",
            expected="more samples than coefficients",
            advice="Leave columns out of the design, or add samples.",
        )


def contrast_name(contrast: Contrast) -> str:
    """A contrast in words.

    Examples
    --------
    >>> contrast_name(("condition", "treated", "control"))
    'condition: treated vs control'
    """
    column, tested, reference = contrast
    return f"{column}: {tested} vs {reference}"
