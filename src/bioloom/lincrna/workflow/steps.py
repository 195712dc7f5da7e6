"""The steps of the workflow, one function per rule.

Each is a `bioloom lincrna step` command, so that a rule can also be run by hand.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from bioloom.errors import MissingFile
from bioloom.genome.sequence import Genome
from bioloom.lincrna.coding.potential import load_model, save_model
from bioloom.lincrna.filtering import (
    Measured,
    SplicedSequences,
    case_of,
    filter_transcripts,
)
from bioloom.lincrna.inputs.expression import quantified_path
from bioloom.lincrna.inputs.files import FilterInputs, read_collection
from bioloom.lincrna.inputs.known_models import known_models, write_known_models
from bioloom.lincrna.inputs.sample import Sample
from bioloom.lincrna.models import measurer_of, read_libraries
from bioloom.lincrna.output.working import write_union, write_working
from bioloom.lincrna.settings import FilterSettings, RunConfig
from bioloom.lincrna.verdict.domain_search import DomainSearch
from bioloom.lincrna.verdict.domains import DomainLibrary
from bioloom.lincrna.verdict.homology import ProteinLibrary
from bioloom.lincrna.verdict.homology_tools import SearchTool, chosen_tool
from bioloom.lincrna.verdict.proteins import ROLE
from bioloom.lincrna.verdict.rfam import RfamLibrary
from bioloom.lincrna.verdict.searches import (
    Case,
    Searches,
    read_domain_hits,
    read_homology_hits,
    read_rfam_matches,
    write_hits,
)
from bioloom.lincrna.verdict.sequences import (
    Measurer,
    read_evidence,
    read_spliced,
    write_evidence,
    write_spliced,
)
from bioloom.lincrna.workflow.read_steps import write_json
from bioloom.run.progress import OnStep
from bioloom.seq.genetic_code import genetic_code

PROTEIN_SEARCH = Path("homology/search.json")


def collect_run(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Collect the transcripts; write their sequences into `blocks` and the model.

    The annotation with all of them is what expression is measured on; ``known.jsonl``
    lists the known ones and their genes.
    """
    inputs = _filter_inputs(config, working, samples)
    with Genome(inputs.genome, cache=working / "reference") as genome:
        collection = read_collection(inputs, config.filters, genome)
        libraries = read_libraries(inputs, config.filters)
        measurer, warnings = measurer_of(
            collection, genome, config.filters, rng_seed=config.rng_seed
        )
        rows = SplicedSequences(collection.transcripts, genome)
        write_spliced(rows, blocks, n=len(rows))
    write_union(
        collection.transcripts,
        working / "measured/union.gtf",
        working / "reference/annotation.gtf",
    )
    write_known_models(known_models(collection), working / "measured/known.jsonl")
    save_model(measurer.model, working / "measured/model.json")
    write_json(working / "measured/warnings.json", [*warnings, *libraries.warnings])


def measure_block(
    config: RunConfig,
    working: Path,
    block: Path,
    *,
    out: Path,
    threads: int,
    on_step: OnStep,
) -> None:
    """Measure the sequences of one block."""
    model = load_model(working / "measured/model.json")
    measurer = Measurer(model, genetic_code(config.filters.genetic_code))
    rows = read_spliced(block)
    evidence = measurer.measure(rows, n=len(rows), threads=threads, on_step=on_step)
    write_evidence(evidence, out)


def choose_for_domains(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Write the sequences of the transcripts to search for domains into `blocks`.

    The cost of the search is logged.
    """
    with _case(config, working, samples) as (case, genome):
        targets = SplicedSequences(case.domain_targets(), genome)
        write_spliced(targets, blocks, n=len(targets))
        _domain_search(config, case.settings).tell_cost(targets)


def search_domains(
    config: RunConfig, block: Path, *, out: Path, threads: int, on_step: OnStep
) -> None:
    """Search the transcripts of one block for domains."""
    search = _domain_search(config, config.filters)
    hits = search.search(read_spliced(block), threads=threads, on_step=on_step)
    write_hits(hits, out)


def _domain_search(config: RunConfig, settings: FilterSettings) -> DomainSearch:
    if config.domains is None:
        raise MissingFile(Path("domains"), role="profile HMMs such as Pfam-A.hmm.gz")
    return DomainSearch(DomainLibrary(config.domains, settings), settings)


def choose_for_homology(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Write the sequences of the transcripts to compare with proteins into `blocks`.

    What compares them is chosen here, once for all blocks: they may be searched on
    other machines.
    """
    with _case(config, working, samples) as (case, genome):
        targets = case.homology_targets(_domains_found(config, working))
        rows = SplicedSequences(targets, genome)
        write_spliced(rows, blocks, n=len(rows))
    library = _protein_library(config)
    chosen = {"tool": asdict(library.tool), "title": library.title}
    write_json(working / PROTEIN_SEARCH, chosen)


def search_homology(
    config: RunConfig,
    working: Path,
    block: Path,
    *,
    out: Path,
    threads: int,
    on_step: OnStep,
) -> None:
    """Compare the transcripts of one block with the proteins.

    Raises
    ------
    ToolMissing
        If the program that was chosen is not here.
    """
    chosen = SearchTool(**_protein_search(working)["tool"])
    library = _protein_library(config, chosen_tool(chosen.name))
    hits = library.search(read_spliced(block), threads=threads, on_step=on_step)
    write_hits(hits, out)


def _protein_library(
    config: RunConfig, tool: SearchTool | None = None
) -> ProteinLibrary:
    if config.proteins is None:
        raise MissingFile(Path("proteins"), role=ROLE)
    return ProteinLibrary(config.proteins, config.filters, tool)


def _protein_search(working: Path) -> dict[str, Any]:
    """What `choose_for_homology` chose."""
    chosen: dict[str, Any] = json.loads((working / PROTEIN_SEARCH).read_text("utf-8"))
    return chosen


def choose_for_rfam(
    config: RunConfig,
    working: Path,
    *,
    samples: Sequence[Sample],
    blocks: Sequence[Path],
) -> None:
    """Write the sequences of the transcripts to search with Rfam into `blocks`."""
    with _case(config, working, samples) as (case, genome):
        targets = case.rfam_targets(_found_so_far(config, working))
        rows = SplicedSequences(targets, genome)
        write_spliced(rows, blocks, n=len(rows))


@contextmanager
def _case(
    config: RunConfig, working: Path, samples: Sequence[Sample]
) -> Iterator[tuple[Case, Genome]]:
    """The run's transcripts before any search, and the open genome they lie on."""
    inputs = _filter_inputs(config, working, samples)
    with Genome(inputs.genome, cache=working / "reference") as genome:
        measured = _measured(config, working)
        yield case_of(inputs, config.filters, genome, measured), genome


def search_rfam(
    config: RunConfig, block: Path, *, out: Path, threads: int, on_step: OnStep
) -> None:
    """Search the transcripts of one block with Rfam."""
    if config.rfam is None:
        raise MissingFile(Path("rfam"), role="covariance models such as Rfam.cm.gz")
    library = RfamLibrary(config.rfam)
    matches = library.search(read_spliced(block), threads=threads, on_step=on_step)
    write_hits(matches, out)


def filter_run(config: RunConfig, working: Path, *, samples: Sequence[Sample]) -> None:
    """Judge the merged assembly of a run and write the working folder.

    Parameters
    ----------
    config, working, samples
        The run, with what the steps before wrote of each block.
    """
    inputs = _filter_inputs(config, working, samples)
    searches = _found_so_far(config, working)
    if config.rfam is not None:
        matches = read_rfam_matches(block_paths(config, working / "rfam"))
        searches = replace(searches, rfam=matches)
    result = filter_transcripts(
        inputs,
        config.filters,
        cache=working / "reference",
        measured=_measured(config, working),
        searches=searches,
    )
    write_working(
        result,
        working / "filtered",
        genome=inputs.genome,
        annotation=working / "reference/annotation.gtf",
    )


def _domains_found(config: RunConfig, working: Path) -> Searches:
    """What `search_domains` wrote."""
    if config.domains is None:
        return Searches()
    return Searches(read_domain_hits(block_paths(config, working / "domains")))


def _found_so_far(config: RunConfig, working: Path) -> Searches:
    """What `search_domains` and `search_homology` wrote."""
    searches = _domains_found(config, working)
    if config.proteins is None:
        return searches
    return replace(
        searches,
        homology=read_homology_hits(block_paths(config, working / "homology")),
        proteins=_protein_search(working)["title"],
    )


def block_paths(config: RunConfig, folder: Path) -> list[Path]:
    """What was written of each block, in order."""
    return [folder / f"block_{number}.jsonl" for number in range(1, config.blocks + 1)]


def _measured(config: RunConfig, working: Path) -> Measured:
    """What `measure_block` wrote."""
    folder = working / "measured"
    return Measured(
        [row for path in block_paths(config, folder) for row in read_evidence(path)],
        load_model(folder / "model.json"),
        tuple(json.loads((folder / "warnings.json").read_text("utf-8"))),
    )


def _filter_inputs(
    config: RunConfig, working: Path, samples: Sequence[Sample]
) -> FilterInputs:
    return FilterInputs(
        assembly=working / "merged/merged.gtf",
        genome=working / "reference/genome.fa",
        annotation=config.annotation,  # as given: a GTF of it would lose region rows
        lncrna=config.lncrna,
        housekeeping=config.housekeeping,
        repeats=config.repeats,
        domains=config.domains,
        proteins=config.proteins,
        rfam=config.rfam,
        votes=config.votes,
        named_sets=config.named_sets,
        names=config.names,
        strict=config.strict,
        window_nt=config.partners.window_nt,
        samples={
            sample.name: working / f"assembled/{sample.name}.gtf"
            for sample in samples
            if not sample.mixed_with
        },
        quantified={
            sample.name: quantified_path(working, sample.name, config.quantifier)
            for sample in samples
        },
        junctions={
            sample.name: working / f"quantified/{sample.name}/i_data.ctab"
            for sample in samples
        },
        droplet_samples=frozenset(
            sample.name for sample in samples if sample.is_droplets
        ),
        full_length={
            sample.name: working / f"full_length/{sample.name}.tsv"
            for sample in samples
            if sample.is_long
        },
    )
