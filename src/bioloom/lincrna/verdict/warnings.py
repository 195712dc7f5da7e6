"""Sentences on what weakens a result: masked genome, missing measurements."""

from collections.abc import Iterator, Mapping, Sequence

from bioloom.genome.transcript import Transcript
from bioloom.lincrna.inputs.expression import Expression
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.evidence import Evidence
from bioloom.lincrna.verdict.learned import Learning
from bioloom.run.words import counted, joined


def masked_warning(
    evidence: Sequence[Evidence], settings: FilterSettings
) -> Iterator[str]:
    """What N in the genome does to the verdicts."""
    masked = [
        facts for facts in evidence if facts.n_fraction >= settings.max_n_fraction
    ]
    if masked:
        most = max(masked, key=lambda facts: facts.n_fraction)
        name = most.transcript.transcript_id
        yield (
            f"{counted(len(masked), 'transcript')} of {len(evidence):,} "
            f"{'is' if len(masked) == 1 else 'are'} {settings.max_n_fraction:.0%} N or "
            f"more (most: {name}, {most.n_fraction:.0%}). N breaks ORFs and hides "
            "coding sequence: passing the ORF, coding and domain filters means little "
            "there. Use an unmasked or soft-masked genome."
        )


def expression_warning(
    transcripts: Sequence[Transcript], expression: Expression | None
) -> Iterator[str]:
    """Transcripts that the user's measurements lack."""
    if expression is None:
        return
    names = [
        tx.transcript_id for tx in transcripts if tx.transcript_id not in expression.tpm
    ]
    if names:
        yield (
            f"{counted(len(names), 'transcript')} of {len(transcripts):,} "
            f"({', '.join(names[:3])} …) have no expression among the measurements and "
            "count as not expressed: measure the annotation's transcripts together "
            "with the assembly's."
        )


def unlearned_warning(settings: FilterSettings, learning: Learning) -> Iterator[str]:
    """Thresholds that were to be learned and could not be: the default stands."""
    wanted = {
        name
        for name in ("gap_mono_nt", "max_orf_aa")
        if getattr(settings, name) == "auto"
    }
    if wanted - {threshold.setting for threshold in learning.thresholds}:
        yield " ".join((*learning.reasons, "The default is used."))


def uncounted_warning(
    full_length: Mapping[str, Mapping[str, int] | None], expression: Expression | None
) -> Iterator[str]:
    """Tell where none was counted of the long reads that hold a transcript whole.

    ``stringtie -e -L`` does so now and then where loci of two strands overlap.

    Parameters
    ----------
    full_length
        Full-length reads by transcript_id, by sample.
    expression
        As the run measured it.
    """
    if expression is None:
        return
    for sample, counts in full_length.items():
        place = expression.samples.index(sample)
        missed = [
            name
            for name in counts or ()
            if name in expression.tpm and not expression.tpm[name][place]
        ]
        if missed:
            yield (
                f"No expression was measured in sample {sample} of "
                f"{counted(len(missed), 'transcript')} that whole long reads of it "
                f"show ({joined(missed[:3])}{' …' if missed[3:] else ''}): there TPM "
                "and counts are 0, wrongly."
            )
