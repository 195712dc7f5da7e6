"""The models of a run: coding model, domains, proteins, Rfam; what weakens them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding import potential
from bioloom.lincrna.coding.adapting import MIN_MRNAS
from bioloom.lincrna.coding.potential import CodingModel
from bioloom.lincrna.inputs.files import Collection, FilterInputs
from bioloom.lincrna.inputs.reference import Reference
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.training.annotated import training_examples, usage_of_examples
from bioloom.lincrna.training.examples import Example
from bioloom.lincrna.training.fit import train
from bioloom.lincrna.training.utrs import with_utrs
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.lincrna.verdict.homology import ProteinLibrary
from bioloom.lincrna.verdict.rfam import RfamLibrary
from bioloom.lincrna.verdict.sequences import Measurer
from bioloom.run.words import counted, joined
from bioloom.seq.genetic_code import GeneticCode, genetic_code


class ChosenMeasurer(NamedTuple):
    """What measures the sequences, and what weakens its coding model."""

    measurer: Measurer
    warnings: tuple[str, ...]


def measurer_of(
    collection: Collection, genome: Genome, settings: FilterSettings, *, rng_seed: int
) -> ChosenMeasurer:
    """Choose the coding model.

    Raises
    ------
    BioloomError
        If it cannot be read.
    """
    chosen = coding_model(collection.reference, genome, settings, rng_seed=rng_seed)
    code = genetic_code(settings.genetic_code)
    warnings = (
        *chosen.warnings,
        *code_warnings(code),
        *micropeptide_warnings(chosen.model, settings),
    )
    return ChosenMeasurer(Measurer(chosen.model, code), warnings)


class Libraries(NamedTuple):
    """What some transcripts are searched for, and what weakens the searches."""

    domains: DomainLibrary | None = None
    proteins: ProteinLibrary | None = None
    rfam: RfamLibrary | None = None
    warnings: tuple[str, ...] = ()


def read_libraries(inputs: FilterInputs, settings: FilterSettings) -> Libraries:
    """Read the libraries that are given.

    Raises
    ------
    BioloomError
        If one cannot be read.
    """
    domains = DomainLibrary(inputs.domains, settings) if inputs.domains else None
    rfam = RfamLibrary(inputs.rfam) if inputs.rfam else None
    proteins = ProteinLibrary(inputs.proteins, settings) if inputs.proteins else None
    warnings = (
        *_domain_warnings(domains),
        *(proteins.file.warnings if proteins else ()),
        *_rfam_warnings(rfam),
    )
    return Libraries(domains, proteins, rfam, warnings)


class ChosenModel(NamedTuple):
    """The coding model of a run, and what weakens it."""

    model: CodingModel
    warnings: tuple[str, ...] = ()


def coding_model(
    reference: Reference, genome: Genome, settings: FilterSettings, *, rng_seed: int
) -> ChosenModel:
    """Load or train the coding model that the settings ask for.

    "auto" trains on the annotation if it holds `min_training_genes` genes of each
    class, and otherwise adapts the packaged model to it.
    """
    packaged = potential.load_model()
    if settings.coding_model == "packaged":
        return ChosenModel(packaged)
    if settings.coding_model not in ("auto", "adapted"):
        return ChosenModel(potential.load_model(Path(settings.coding_model)))
    code = genetic_code(settings.genetic_code)
    examples = training_examples(reference, genome)
    name = f"genes of {reference.annotation.path.name}"
    if settings.coding_model == "adapted":
        return _adapted(packaged, examples, name, code, rng_seed=rng_seed)
    n_coding, n_lncrna = (
        len({example.group for example in examples if example.is_coding is is_coding})
        for is_coding in (True, False)
    )
    if min(n_coding, n_lncrna) >= settings.min_training_genes:
        whole = with_utrs(examples, name, np.random.default_rng(rng_seed), code)
        model = train(
            whole.examples, name=name, prior=packaged, code=code, rng_seed=rng_seed
        )
        return ChosenModel(model, (whole.note,) if whole.note else ())
    chosen = _adapted(packaged, examples, name, code, rng_seed=rng_seed)
    least = settings.min_training_genes
    warnings = (
        _few_genes_warning(n_coding, n_lncrna, least, why) for why in chosen.warnings
    )
    return ChosenModel(chosen.model, tuple(warnings))


def _few_genes_warning(n_coding: int, n_lncrna: int, least: int, why: str) -> str:
    return (
        f"The annotation holds {n_coding} coding and {n_lncrna} lncRNA genes to train "
        f"a coding-potential model on, fewer than {least}: {why}"
    )


def _adapted(
    packaged: CodingModel,
    examples: Sequence[Example],
    name: str,
    code: GeneticCode,
    *,
    rng_seed: int,
) -> ChosenModel:
    """The packaged model with the annotation's use of codons and hexamers."""
    usage = usage_of_examples(examples, np.random.default_rng(rng_seed), code)
    model = usage.fitted(packaged, to=name)
    return ChosenModel(
        model, (_usage_sentence(usage.n_mrnas, is_enough=usage.is_enough),)
    )


def _usage_sentence(n_mrnas: int, *, is_enough: bool) -> str:
    if is_enough:
        return (
            f"the packaged model, fitted to {counted(n_mrnas, 'mRNA')} of the "
            "annotation, is used."
        )
    return (
        f"the packaged model is used as it is, as {n_mrnas} mRNAs with a CDS are "
        f"fewer than the {MIN_MRNAS} it takes to fit it."
    )


def thresholds_in_force(settings: FilterSettings, model: CodingModel) -> FilterSettings:
    """The settings, with the model's thresholds where none were set."""
    own, of_peptides = settings.coding_threshold, settings.micropeptide_threshold
    limit = model.threshold_in(settings.orf_mode) if own is None else own
    if of_peptides is None:
        of_peptides = model.micropeptide_threshold
    return replace(settings, coding_threshold=limit, micropeptide_threshold=of_peptides)


def micropeptide_warnings(
    model: CodingModel, settings: FilterSettings
) -> tuple[str, ...]:
    """What is not done where the model has no threshold for micropeptides."""
    has_none = model.micropeptide_threshold is settings.micropeptide_threshold is None
    if settings.micropeptides == "ignore" or not has_none:
        return ()
    return (
        f"The model {model.name} is of an earlier version and has no threshold for "
        "micropeptides: they are not looked for. Train it again, or set "
        "`micropeptide_threshold`.",
    )


def code_warnings(code: GeneticCode) -> tuple[str, ...]:
    """What a genetic code other than the standard one leaves open, in sentences."""
    if code.is_standard:
        return ()
    name = f"Genetic code {code.number} ({code.name})"
    warnings = [
        f"{name} is used. The coding model learnt from the standard code: codons with "
        "another meaning say less here, so coding probabilities are less sure."
    ]
    if code.by_context:
        warnings.append(
            f"{name}: {joined(code.by_context)} are a stop codon or an amino acid by "
            "their context. They are read as amino acids, so no ORF ends at them: ORF "
            "lengths are upper bounds, and the ORF filter rejects too many. "
            "`orf_mode: calibrated` leaves the ORF length out."
        )
    return tuple(warnings)


def _domain_warnings(library: DomainLibrary | None) -> tuple[str, ...]:
    if library is None:
        return (
            "No domain models were given: the domain filter was not applied. "
            "Give Pfam-A.hmm.gz as `domains` to apply it.",
        )
    if library.n_by_evalue:
        return (
            f"{library.n_by_evalue} of {library.n_models} domain models have no usable "
            "gathering threshold: for these the E-value is used.",
        )
    return ()


def _rfam_warnings(library: RfamLibrary | None) -> tuple[str, ...]:
    if library is None:
        return ()
    warnings = []
    if library.n_uncalibrated:
        warnings.append(
            f"{counted(library.n_uncalibrated, 'model')} of {library.path.name} not "
            "calibrated, left out: run `cmcalibrate`."
        )
    if library.n_by_evalue:
        warnings.append(
            f"{counted(library.n_by_evalue, 'model')} of {library.path.name} without a "
            "gathering threshold: for these the E-value is used."
        )
    return tuple(warnings)
