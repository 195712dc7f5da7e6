"""Votes of other programs on coding potential, read from the files that they wrote.

Each program's file is recognised by its header. CPC2, FEELnc and RNAsamba say what they
call coding; CPAT gives only a probability, and the cutoff depends on the species.

References
----------
Kang Y.-J. et al. (2017) CPC2. Nucleic Acids Res 45:W12. doi:10.1093/nar/gkx428
Wang L. et al. (2013) CPAT. Nucleic Acids Res 41:e74. doi:10.1093/nar/gkt006
Wucher V. et al. (2017) FEELnc. Nucleic Acids Res 45:e57. doi:10.1093/nar/gkw1306
Camargo A.P. et al. (2020) RNAsamba. NAR Genom Bioinform 2:lqz024.
doi:10.1093/nargab/lqz024
"""

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadVotes
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.output import UNREADABLE, open_text

_CALLS = {"coding": True, "noncoding": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Vote:
    """A program's vote on one transcript.

    Parameters
    ----------
    tool
        The program.
    score
        Its coding probability or score.
    is_coding
        Its call; None for no call (FEELnc between two cutoffs).
    """

    tool: str
    score: float
    is_coding: bool | None


@dataclass(frozen=True, slots=True)
class _Format:
    """Columns by which a program's file is recognised, and those that are read."""

    tool: str
    name: str
    score: str
    call: str = ""

    @property
    def needed(self) -> set[str]:
        return {self.score, self.call, self.name} - {""}


# FEELnc's comes last: its own columns vary, and its first column holds the name
_FORMATS = (
    _Format("CPC2", "#ID", "coding_probability", "label"),
    _Format("CPAT", "seq_ID", "Coding_prob"),
    _Format("RNAsamba", "sequence_name", "coding_score", "classification"),
    _Format("FEELnc", "", "coding_potential", "label"),
)
TOOLS = tuple(form.tool for form in _FORMATS)


@dataclass(frozen=True, slots=True)
class Ballot:
    """The votes of one program, by transcript_id."""

    path: Path
    tool: str
    votes: Mapping[str, Vote]


def read_ballot(path: Path, settings: FilterSettings) -> Ballot:
    """Read what CPC2, CPAT (its ``.ORF_prob.best.tsv``), FEELnc or RNAsamba wrote.

    Raises
    ------
    MissingFile
        If there is no such file.
    BadVotes
        If it is from none of these programs, or an entry cannot be read.
    """
    if not path.is_file():
        raise MissingFile(path, role="results of CPC2, CPAT, FEELnc or RNAsamba")
    try:
        with open_text(path) as stream:
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            form = _format_of(path, rows.fieldnames or ())
            name = form.name or (rows.fieldnames or [""])[0]
            call = _caller(form, settings)
            votes = {
                row[name]: _vote(f"{path}: line {number}", row, form, call)
                for number, row in enumerate(rows, 2)
            }
    except UNREADABLE as problem:
        raise _bad(str(path), type(problem).__name__) from None
    return Ballot(path, form.tool, votes)


def _format_of(path: Path, header: Sequence[str]) -> _Format:
    for form in _FORMATS:
        if form.needed <= set(header):
            return form
    where = f"{path}: header"
    raise _bad(where, ", ".join(header[:8]) or "an empty file")


_Row = Mapping[str, str | None]


def _caller(form: _Format, settings: FilterSettings) -> Callable[[_Row], bool | None]:
    if form.tool == "CPAT":
        return lambda row: float(row[form.score] or "") >= settings.cpat_cutoff
    return lambda row: _CALLS.get(row[form.call] or "")


def _vote(
    where: str, row: _Row, form: _Format, call: Callable[[_Row], bool | None]
) -> Vote:
    try:
        return Vote(form.tool, float(row[form.score] or ""), call(row))
    except ValueError:
        found = f"{form.score} {row[form.score]!r}"
        raise _bad(where, found, expected="a number") from None


class CastVotes(NamedTuple):
    """Votes on each transcript, and warnings of programs that lack some of them."""

    votes: list[tuple[Vote, ...]]
    warnings: tuple[str, ...]


def votes_on(names: Sequence[str], ballots: Sequence[Ballot]) -> CastVotes:
    """Find the votes on each transcript.

    Parameters
    ----------
    names
        transcript_ids.
    ballots
        One of each program.

    Raises
    ------
    BadVotes
        If a program has none of the transcripts, or two files are from one program.

    Notes
    -----
    Names are matched without regard to case where that is unambiguous.
    """
    tools = [ballot.tool for ballot in ballots]
    for ballot in ballots:
        if tools.count(ballot.tool) > 1:
            raise _bad(str(ballot.path), f"a second file of {ballot.tool}")
    ballots = [_in_our_case(names, ballot) for ballot in ballots]
    warnings = [_unknown(names, ballot) for ballot in ballots]
    votes = [
        tuple(ballot.votes[name] for ballot in ballots if name in ballot.votes)
        for name in names
    ]
    return CastVotes(votes, tuple(filter(None, warnings)))


def _in_our_case(names: Sequence[str], ballot: Ballot) -> Ballot:
    """The ballot by our names, where its own differ in case only and are unambiguous.

    CPAT writes every name in capitals.
    """
    n_ours = Counter(name.casefold() for name in names)
    n_theirs = Counter(name.casefold() for name in ballot.votes)
    by_folded = {name.casefold(): vote for name, vote in ballot.votes.items()}
    renamed = {
        name: by_folded[folded]
        for name in names
        if name not in ballot.votes
        and n_ours[folded := name.casefold()] == n_theirs[folded] == 1
    }
    return replace(ballot, votes={**ballot.votes, **renamed})


def _unknown(names: Sequence[str], ballot: Ballot) -> str:
    n_missing = sum(name not in ballot.votes for name in names)
    if names and n_missing == len(names):
        first = next(iter(ballot.votes), "nothing")
        raise BadVotes(
            where=ballot.path,
            found=f"none of the {len(names)} transcripts (it begins with {first!r})",
            expected="results on the sequences of this run",
            advice="Run the program on working/filtered/transcripts.fa of the run.",
        )
    if not n_missing:
        return ""
    return (
        f"{ballot.path.name} lacks {n_missing} of {len(names)} transcripts: "
        f"{ballot.tool} does not vote on them."
    )


def _bad(where: str, found: str, *, expected: str = "") -> BadVotes:
    return BadVotes(
        where=where,
        found=found,
        expected=expected or f"the results of one of {', '.join(TOOLS)}, each once",
        advice="Give the table as the program wrote it, with its header; of CPAT the "
        "file that ends in .ORF_prob.best.tsv.",
    )
