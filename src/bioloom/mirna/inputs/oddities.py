"""Records of a FASTA file that are odd: skipped or mended, counted and listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bioloom.errors import BadFasta, BadInput
from bioloom.mirna.options import OnBadRecord
from bioloom.run.output import open_aside
from bioloom.run.text import warn_input
from bioloom.run.words import counted

COLUMNS = ("source", "record", "what", "done")


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record that could not be taken as it is.

    Parameters
    ----------
    source
        Its file.
    name
        Its name.
    what
        What is odd, as a noun phrase: "no base".
    done
        What was done: "skipped", or the change that was made.
    """

    source: str
    name: str
    what: str
    done: str


@dataclass(slots=True)
class RecordLog:
    """All odd records of a run, gathered as the files are read.

    Parameters
    ----------
    policy
        Whether a record that cannot be used is skipped or ends the run.
    is_silent
        Whether not to warn: another log of the run has told.
    records
        Those met so far.
    """

    policy: OnBadRecord = "skip"
    is_silent: bool = False
    records: list[OddRecord] = field(default_factory=list)

    def skip(self, source: str, name: str, what: str, problem: BadInput) -> None:
        """Note a record that cannot be used.

        Raises
        ------
        BadInput
            `problem`, if such a record shall end the run.
        """
        if self.policy == "stop":
            raise problem
        self.records.append(OddRecord(source, name, what, "skipped"))

    def mend(self, source: str, name: str, what: str, done: str) -> None:
        """Note a record that was changed and is used."""
        self.records.append(OddRecord(source, name, what, done))

    def of(self, source: str) -> tuple[OddRecord, ...]:
        """Those of one source."""
        return tuple(record for record in self.records if record.source == source)

    def finish(self, source: str, n_usable: int) -> None:
        """Warn once of all odd records of a source: how many, of which kinds.

        Parameters
        ----------
        source
            A source that was read to its end.
        n_usable
            Its records that can be used.

        Raises
        ------
        BadFasta
            If there are none.
        """
        odd = self.of(source)
        n_records = n_usable + sum(record.done == "skipped" for record in odd)
        if not n_usable and odd:
            raise _nothing_usable(odd[0], n_records)
        told = () if self.is_silent else sentences(odd, n_records)
        for sentence in told:
            warn_input(f"{source}: {sentence}")

    def in_words(self) -> dict[str, str]:
        """What was odd about each source, for the report."""
        words = {}
        for source in dict.fromkeys(record.source for record in self.records):
            counts = Counter(f"{odd.what}: {odd.done}" for odd in self.of(source))
            shown = "; ".join(f"{n:,} x {what}" for what, n in counts.most_common(6))
            words[f"odd records of {source}"] = shown
        return words

    def write(self, path: Path) -> None:
        """Write all of them as a table, TSV."""
        with open_aside(path) as stream:
            stream.write("\t".join(COLUMNS) + "\n")
            for record in self.records:
                cells = (record.source, record.name, record.what, record.done)
                stream.write("\t".join(cells) + "\n")


def _nothing_usable(first: OddRecord, n_records: int) -> BadFasta:
    return BadFasta(
        where=f"{first.source}: {first.name}",
        found=f"{first.what}, and no usable record among {n_records:,}",
        expected="FASTA of nucleotides",
        advice="Check that this is the file you meant.",
    )


def sentences(odd: Sequence[OddRecord], n_records: int) -> Iterator[str]:
    """What is odd about the records of a source, in words.

    Parameters
    ----------
    odd
        Its odd records.
    n_records
        All its records.
    """
    skipped = [record for record in odd if record.done == "skipped"]
    if skipped:
        kinds = Counter(record.what for record in skipped)
        shown = ", ".join(f"{n:,} x {what}" for what, n in kinds.most_common())
        yield (
            f"{len(skipped):,} of {counted(n_records, 'record')} skipped ({shown}), "
            f"the first {skipped[0].name or 'without a name'}"
        )
    mended = Counter(record.what for record in odd if record.done != "skipped")
    for what, n in mended.items():
        first = next(record for record in odd if record.what == what)
        yield f"{counted(n, 'record')} with {what}: {first.done} ({first.name})"
