"""Every exception of bioloom, one class per kind of mistake.

Each holds its facts as attributes and words its own message in one shape: where it
is, what was found, what was expected, what to do. Data mistakes are also
`ValueError`, failures of the outside world also `RuntimeError`, so plain Python code
can catch them. The command line prints the message and exits with 1.
"""

from collections.abc import Sequence
from pathlib import Path

_MOST_COMPARED = 10_000


class BioloomError(Exception):
    """Base of all errors that bioloom raises on purpose."""


class InputWarning(UserWarning):
    """Something odd in the input was decided in one way, and the result still holds.

    The command line prints it as a note; in Python it is an ordinary warning.
    """


class BadInput(BioloomError, ValueError):
    """Something that was given does not hold what it should.

    Parameters
    ----------
    where
        File with line or record, or the name of the option.
    found, expected
        What was there and what should have been, as noun phrases.
    advice
        What the user can do about it, as a sentence.
    """

    def __init__(
        self, *, where: str | Path, found: str, expected: str, advice: str
    ) -> None:
        self.where, self.found = str(where), found
        self.expected, self.advice = expected, advice
        super().__init__(f"{where}: found {found}, expected {expected}. {advice}")


class BadFasta(BadInput):
    """A FASTA file cannot be read as one."""


class BadFastq(BadInput):
    """A FASTQ file is truncated, broken or empty."""


class BadAnnotation(BadInput):
    """A GTF, GFF3 or BED file cannot be read as one."""


class BadConfig(BadInput):
    """A configuration file has a wrong, missing or unknown entry."""


class BadSampleSheet(BadInput):
    """A sample sheet has a wrong, missing or unknown entry."""


class BadModel(BadInput):
    """A model file cannot be used: of coding potential, an HMM, of pictures."""


class BadVotes(BadInput):
    """Results of another coding-potential program cannot be used."""


class BadRunFolder(BadInput):
    """A run folder is not one, or is not finished."""


class BadGraph(BadInput):
    """Nodes, edges, labels or the split of a graph cannot be used."""


class BadLosses(BadInput):
    """Losses or predictions of hypotheses cannot be used, or contradict each other."""


class BadTable(BadInput):
    """A table of examples lacks a column or holds a value that cannot be used."""


class BadNetwork(BadInput):
    """A network, its parameters or its examples do not fit together."""


class BadPictures(BadInput):
    """A folder of pictures cannot be merged or learnt from."""


class MissingFile(BioloomError, FileNotFoundError):
    """A file that is needed does not exist.

    Parameters
    ----------
    path
        The file.
    role
        What it was meant to be, e.g. "the genome".
    where
        Where its name was read, e.g. "config.yaml: genome"; empty if typed.
    """

    def __init__(self, path: str | Path, *, role: str, where: str = "") -> None:
        self.path, self.role, self.where = Path(path), role, where
        prefix = f"{where}: " if where else ""
        super().__init__(
            f"{prefix}{path}: found no such file, expected {role}. "
            "Check the spelling; relative paths start at the folder of the file "
            "that names them, or at the current folder when typed."
        )


class ChromNamesDiffer(BioloomError, ValueError):
    """Two files name their chromosomes differently.

    Parameters
    ----------
    first, second
        The files.
    only_first, only_second
        Examples of names that stand in one file only.
    """

    def __init__(
        self,
        first: str | Path,
        second: str | Path,
        *,
        only_first: Sequence[str],
        only_second: Sequence[str],
    ) -> None:
        self.first, self.second = Path(first), Path(second)
        self.only_first, self.only_second = tuple(only_first), tuple(only_second)
        super().__init__(
            f"{second}: found chromosome {_listed(only_second)}, expected names of "
            f"{first} such as {_listed(only_first)}. Rename one of the two (often "
            "only the prefix 'chr' differs) and run again."
        )


class NoReads(BioloomError, ValueError):
    """A sample has no reads, or none that can be used."""

    def __init__(self, sample: str, *, path: str | Path, stage: str) -> None:
        self.sample, self.path, self.stage = sample, Path(path), stage
        super().__init__(
            f"sample {sample}: {path}: found no reads {stage}, expected at least one. "
            "Remove the sample from the sample sheet or give its right file."
        )


class NoCells(BioloomError, ValueError):
    """No barcode of a droplet sample stands out as a cell."""

    def __init__(self, sample: str, *, n_barcodes: int, n_reads: int) -> None:
        self.sample, self.n_barcodes, self.n_reads = sample, n_barcodes, n_reads
        super().__init__(
            f"sample {sample}: found {n_barcodes} barcodes in {n_reads} reads and none "
            "above the knee, expected cells with many more reads than the rest. Set "
            "cells.n_cells to the number of cells, or give the right files."
        )


class NothingAssembled(BioloomError, ValueError):
    """No sample has an assembled transcript."""

    def __init__(self, n_samples: int) -> None:
        self.n_samples = n_samples
        super().__init__(
            f"assembly: found no transcript in any of {n_samples} samples, expected at "
            "least one. Look at the mapping rates (aligned/*.summary.txt): too few "
            "reads map, or assembly.min_coverage is too high."
        )


class StrandnessMismatch(BioloomError, ValueError):
    """The stated strandness of a sample contradicts its reads.

    Parameters
    ----------
    sample
        Name of the sample.
    stated, inferred
        "forward", "reverse" or "unstranded".
    n_sense, n_antisense
        Read counts on annotated exons.
    """

    def __init__(
        self, sample: str, *, stated: str, inferred: str, n_sense: int, n_antisense: int
    ) -> None:
        self.sample, self.stated, self.inferred = sample, stated, inferred
        self.n_sense, self.n_antisense = n_sense, n_antisense
        total = max(1, n_sense + n_antisense)
        super().__init__(
            f"sample {sample}: found {n_sense} sense reads ({n_sense / total:.1%}) and "
            f"{n_antisense} antisense reads ({n_antisense / total:.1%}) on annotated "
            f"exons, which is {inferred}; expected {stated} as the sample sheet says. "
            f"Set strandness of {sample} to {inferred} (or auto) and run again."
        )


class ToolMissing(BioloomError, RuntimeError):
    """An outside program is not installed."""

    def __init__(self, name: str, *, install: str) -> None:
        self.name, self.install = name, install
        super().__init__(
            f"{name}: found no such program on PATH, expected it installed. "
            f"Install it with: {install}"
        )


class ToolFailed(BioloomError, RuntimeError):
    """An outside program ended with an error.

    Parameters
    ----------
    name
        Program or workflow rule.
    command
        What was run.
    exit_code
        Its exit status.
    log_tail
        Last lines of its own log.
    """

    def __init__(
        self, name: str, *, command: str, exit_code: int, log_tail: str
    ) -> None:
        self.name, self.command = name, command
        self.exit_code, self.log_tail = exit_code, log_tail
        super().__init__(
            f"{name} failed with exit code {exit_code}.\n"
            f"  command: {command}\n  its last lines:\n{_indented(log_tail)}"
        )


class StepFailed(BioloomError, RuntimeError):
    """A step of a workflow ended with an error of bioloom's own.

    Parameters
    ----------
    step
        Name of the workflow's rule.
    message
        What it said.
    """

    def __init__(self, step: str, *, message: str) -> None:
        self.step, self.message = step, message
        super().__init__(message)


class CannotWrite(BioloomError, OSError):
    """A file cannot be written; nothing is left of it."""

    def __init__(self, path: str | Path, *, reason: str) -> None:
        self.path, self.reason = Path(path), reason
        super().__init__(
            f"{path}: found that it cannot be written ({reason.lower()}), expected "
            "room and the right to. Free some space or choose another --out; nothing "
            "was left under that name."
        )


class RunIsBusy(BioloomError, RuntimeError):
    """Another process works in the run folder."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        super().__init__(
            f"{path}: found another run at work in it, expected none. Wait for it to "
            "end, or stop it; then run the same command again."
        )


class UnreadablePicture(BioloomError, ValueError):
    """A file is no picture that can be read whole.

    Parameters
    ----------
    path
        The file.
    code
        One word for tables, e.g. "truncated".
    meaning
        The same as a noun phrase.
    """

    def __init__(self, path: str | Path, *, code: str, meaning: str) -> None:
        self.path, self.code, self.meaning = Path(path), code, meaning
        super().__init__(
            f"{path}: found {meaning} ({code}), expected a whole picture. "
            "Replace the file, or leave it out."
        )


class PackageMissing(BioloomError, RuntimeError):
    """An optional Python package is not installed.

    Parameters
    ----------
    package
        Its name.
    extra
        The extra of bioloom that brings it.
    install
        The command that installs it, where no extra can.
    """

    def __init__(self, package: str, *, extra: str = "", install: str = "") -> None:
        self.package, self.extra = package, extra
        self.install = install or f"pip install 'bioloom[{extra}]'"
        super().__init__(
            f"{package}: found no such Python package, expected it installed. "
            f"Install it with: {self.install}"
        )


class NoDownload(BioloomError, RuntimeError):
    """A data set could not be fetched, or is not what it should be.

    Parameters
    ----------
    name
        Of the data set.
    found
        What went wrong, as a noun phrase.
    command
        What the user can run instead.
    """

    def __init__(self, name: str, *, found: str, command: str) -> None:
        self.name, self.found, self.command = name, found, command
        super().__init__(
            f"data set {name}: found {found}, expected its raw files from the network. "
            f"Fetch them where there is one and give their folder: {command}"
        )


class OutputExists(BioloomError, ValueError):
    """A finished run folder would be overwritten."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        super().__init__(
            f"{path}: found a finished run, expected a new or unfinished folder. "
            "Choose another --out, or add --force to replace it."
        )


class UnknownName(BioloomError, KeyError):
    """A name was asked for that the data do not hold.

    Parameters
    ----------
    name, kind
        What was asked for, and what it should name.
    where
        What does not hold it.
    known
        Names that it holds; told are those near `name`, or else the first.
    """

    def __init__(
        self, name: str, *, kind: str, where: str, known: Sequence[str]
    ) -> None:
        self.name, self.kind, self.where = name, kind, where
        self.close = _near(name, known)
        hint = f"It holds {_listed(known)}." if known else "Check the spelling."
        if self.close:
            hint = f"Did you mean {_listed(self.close)}?"
        self.message = (
            f"{where}: found no {kind} {name!r}, expected a name it holds. {hint}"
        )
        super().__init__(self.message)

    def __str__(self) -> str:
        """Return the message itself; `KeyError` would show its repr."""
        return self.message


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def _near(name: str, known: Sequence[str]) -> tuple[str, ...]:
    """The names that may be meant; to compare with all of many would take long."""
    from difflib import get_close_matches

    return tuple(get_close_matches(name, known[:_MOST_COMPARED]))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())
