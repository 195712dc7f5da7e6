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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bioloom.errors import MissingFile
from bioloom.lincrna.errors import BadVotes
from bioloom.lincrna.settings import FilterSettings
from bioloom.run.output import UNREADABLE, open_text
from bioloom.run.words import counted

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
    """The votes of one program, by transcript_id; `again` are names in several rows."""

    path: Path
    tool: str
    votes: Mapping[str, Vote]
    again: tuple[str, ...] = ()


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
            cast = [
                (row[name], _vote(f"{path}: line {number}", row, form, call))
                for number, row in enumerate(rows, 2)
            ]
    except UNREADABLE as problem:
        raise _bad(str(path), type(problem).__name__) from None
    return _ballot(path, form.tool, cast)


def _ballot(path: Path, tool: str, cast: Sequence[tuple[str, Vote]]) -> Ballot:
    """Votes by name: of several on one name the one of the highest score."""
    votes: dict[str, Vote] = {}
    again: dict[str, None] = {}
    for name, vote in cast:
        if name in votes:
            again[name] = None
        if name not in votes or vote.score > votes[name].score:
            votes[name] = vote
    return Ballot(path, tool, votes, tuple(again))


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
    Names are matched without regard to case, and by the first word of a sequence's
    header, where that is unambiguous.
    """
    tools = [ballot.tool for ballot in ballots]
    for ballot in ballots:
        if tools.count(ballot.tool) > 1:
            raise _bad(str(ballot.path), f"a second file of {ballot.tool}")
    matched = [_by_our_names(names, ballot) for ballot in ballots]
    ballots = [ours.ballot for ours in matched]
    warnings = [text for ours in matched for text in _vote_warnings(names, ours)]
    votes = [
        tuple(ballot.votes[name] for ballot in ballots if name in ballot.votes)
        for name in names
    ]
    return CastVotes(votes, tuple(warnings))


class _Matched(NamedTuple):
    """A ballot by our names, and those of ours that are ambiguous in it."""

    ballot: Ballot
    ambiguous: tuple[str, ...] = ()


def _by_our_names(names: Sequence[str], ballot: Ballot) -> _Matched:
    """The ballot by our names, where its own stand for one of them only.

    CPAT writes every name in capitals; RNAsamba keeps the whole header of a sequence.
    """
    missing = [name for name in names if name not in ballot.votes]
    if not missing:
        return _Matched(ballot)
    n_ours = Counter(name.casefold() for name in names)
    theirs: dict[str, list[str]] = defaultdict(list)
    for name in ballot.votes.keys() - set(names):
        for key in {name.casefold(), name.casefold().partition(" ")[0]}:
            theirs[key].append(name)
    renamed, ambiguous = {}, []
    for name in missing:
        key = name.casefold()
        if n_ours[key] == 1 and len(theirs[key]) == 1:
            renamed[name] = ballot.votes[theirs[key][0]]
        elif theirs[key]:
            ambiguous.append(name)
    matched = replace(ballot, votes={**ballot.votes, **renamed})
    return _Matched(matched, tuple(ambiguous))


def _vote_warnings(names: Sequence[str], matched: _Matched) -> Iterator[str]:
    """What a program does not vote on, or votes on in several ways."""
    ballot, ambiguous = matched
    file, tool = ballot.path.name, ballot.tool
    missing = [name for name in names if name not in ballot.votes]
    if names and len(missing) == len(names) and not ambiguous:
        first = next(iter(ballot.votes), "nothing")
        raise BadVotes(
            where=ballot.path,
            found=f"none of the {len(names)} transcripts (it begins with {first!r})",
            expected="results on the sequences of this run",
            advice="Run the program on working/filtered/transcripts.fa of the run.",
        )
    if n_lacking := len(missing) - len(ambiguous):
        yield (
            f"{file} lacks {n_lacking:,} of {counted(len(names), 'transcript')}: "
            f"{tool} does not vote on {'it' if n_lacking == 1 else 'them'}."
        )
    if ambiguous:
        yield (
            f"{file}: {tool} does not vote on {counted(len(ambiguous), 'transcript')} "
            f"({_first(ambiguous)}) whose names differ from others in case only."
        )
    if ballot.again:
        yield (
            f"{file} names {counted(len(ballot.again), 'transcript')} in several rows "
            f"({_first(ballot.again)}): the highest score counts."
        )


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _bad(where: str, found: str, *, expected: str = "") -> BadVotes:
    return BadVotes(
        where=where,
        found=found,
        expected=expected or f"the results of one of {', '.join(TOOLS)}, each once",
        advice="Give the table as the program wrote it, with its header; of CPAT the "
        "file that ends in .ORF_prob.best.tsv.",
    )
