"""Which targets are orthologs: a table of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bioloom.errors import BadTable
from bioloom.run.table_reader import TableSource, name_of_source, read_table
from bioloom.run.text import warn_input
from bioloom.run.words import counted

MIN_MEMBERS = 2


def read_groups(
    source: TableSource, known: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Targets of each group of orthologs, by its name.

    Parameters
    ----------
    source
        A table with the columns `group` and `target`, one row per target; or one row
        per group, its name first and a target of each species in the other columns.
    known
        Names of the targets that are searched.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadTable
        If no group has two of the targets.
    """
    frame = read_table(source, role="a table of orthologs")
    group_column, *others = ["group", "target"]
    if not {"group", "target"} <= set(frame.columns):
        group_column, *others = frame.columns
    members: dict[str, list[str]] = {}
    for row in frame.to_dict("records"):
        names = members.setdefault(row[group_column], [])
        targets = (row[column] for column in others)
        names += [name for name in targets if name and name not in names]
    return _searched(members, set(known), name_of_source(source))


def _searched(
    members: Mapping[str, Sequence[str]], known: set[str], where: str
) -> dict[str, tuple[str, ...]]:
    """Groups with two or more of the targets; tells what is left out."""
    present = {
        group: tuple(name for name in names if name in known)
        for group, names in members.items()
    }
    groups = {
        group: names for group, names in present.items() if len(names) >= MIN_MEMBERS
    }
    if not groups:
        raise BadTable(
            where=where,
            found="no group with two of the targets",
            expected="columns `group` and `target`, or a row per group with a target "
            "of each species, named as in the FASTA",
            advice="Compare the names of the table with those of the targets.",
        )
    n_lost = sum(len(members[group]) - len(present[group]) for group in members)
    if n_lost or len(groups) < len(members):
        warn_input(
            f"{where}: {counted(n_lost, 'target')} not among those searched; "
            f"{counted(len(members) - len(groups), 'group')} of {len(members):,} left "
            "out, with fewer than two"
        )
    return groups
