"""Audit link predictors on a network, rank its missing links, write a run folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numba
import pandas as pd
import scipy
import torch

from bioloom.graph.errors import BadGraph
from bioloom.graph.linking.candidates import candidates_frame
from bioloom.graph.linking.files import COMMAND, audit_key, load_audit, save_audit
from bioloom.graph.linking.ladder import (
    AuditPlan,
    FinalModel,
    SeedAudit,
    audit_seed,
    best_model,
    final_model,
)
from bioloom.graph.linking.network import TypedNetwork
from bioloom.graph.linking.outputs import LinksPage, write_outputs
from bioloom.graph.linking.reading import NetworkInput
from bioloom.graph.linking.settings import (
    DEFAULT_MODELS,
    LinkModelName,
    LinkSettings,
    model_named,
)
from bioloom.graph.linking.splits import scored_pairs
from bioloom.graph.linking.summary import LadderSummary
from bioloom.run.progress import OnStep, silent
from bioloom.run.record import RunRecord, recorded_run
from bioloom.run.settings import RNG_SEED

CHECKPOINTS = "runs"
Report = Callable[[LinksPage, Path], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksPlan:
    """What to score, with which models, how often.

    Parameters
    ----------
    score_for
        Pairs of types such as ``"miRNA disease"``; empty takes all.
    models
        Such as ``"gcn-dot"``.
    settings
        Of models and splits.
    n_runs
        Seeds; several give an interval.
    rng_seed
        Of the first.
    """

    score_for: tuple[str, ...] = ()
    models: tuple[str, ...] = DEFAULT_MODELS
    settings: LinkSettings = field(default_factory=LinkSettings)
    n_runs: int = 5
    rng_seed: int = RNG_SEED

    @property
    def names(self) -> tuple[LinkModelName, ...]:
        """Encoder and decoder of each model."""
        return tuple(model_named(name) for name in dict.fromkeys(self.models))

    def check_effect(self, source: NetworkInput) -> None:
        """Refuse weights that none of the models uses.

        Raises
        ------
        BadGraph
            If a column of weights is named, and no model has GCN's encoder.
        """
        if source.reading.weight and not any(name.uses_weights for name in self.names):
            raise BadGraph(
                where="--weight",
                found=f"weights for {', '.join(map(str, self.names))}",
                expected="a model with GCN's encoder, which alone uses them",
                advice="Add --model gcn-dot, or leave the option out.",
            )

    def audit_plan(self, network: TypedNetwork) -> AuditPlan:
        """The plan of a network.

        Raises
        ------
        UnknownName, BadGraph
            If a pair of types is not in the network or has too few links.
        """
        pairs = scored_pairs(network, self.score_for)
        if not any(name.uses_weights for name in self.names):
            network = replace(network, weights=None, weight="")
        return AuditPlan(network, pairs, self.names, self.settings)


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a run has found.

    Parameters
    ----------
    summary
        The audit.
    final
        The model that ranks candidates.
    candidates
        Missing links.
    """

    summary: LadderSummary
    final: FinalModel
    candidates: pd.DataFrame


def predict_links(
    network: TypedNetwork,
    plan: LinksPlan,
    *,
    checkpoints: Path | None = None,
    on_step: OnStep = silent,
) -> Prediction:
    """Audit the ladder for every seed, then rank the missing links.

    Parameters
    ----------
    network
        The network.
    plan
        What to score, and how.
    checkpoints
        Folder for each seed's audit; seeds that are already there are not repeated.
    on_step
        Called with each rung.

    Raises
    ------
    UnknownName, BadGraph
        If a pair of types is not in the network or has too few links.
    """
    audited = plan.audit_plan(network)
    audits = tuple(
        _audit(audited, plan.rng_seed + run, checkpoints, on_step)
        for run in range(plan.n_runs)
    )
    name = best_model(audited, audits)
    on_step(f"candidates by {name}", 0, 1)
    final = final_model(audited, name, rng_seed=plan.rng_seed)
    candidates = candidates_frame(audited, final, rng_seed=plan.rng_seed)
    on_step(f"candidates by {name}", 1, 1)
    return Prediction(LadderSummary(audited, audits), final, candidates)


def _audit(
    plan: AuditPlan, rng_seed: int, checkpoints: Path | None, on_step: OnStep
) -> SeedAudit:
    if checkpoints is None:
        return audit_seed(plan, rng_seed, on_step=on_step)
    path = checkpoints / f"links_{rng_seed}.safetensors"
    key = audit_key(plan, rng_seed)
    audit = load_audit(path, key=key)
    if audit is None:
        audit = audit_seed(plan, rng_seed, on_step=on_step)
        save_audit(path, audit, key=key)
    return audit


def run_links(
    source: NetworkInput,
    plan: LinksPlan,
    *,
    out: Path,
    force: bool = False,
    report: Report | None = None,
    on_step: OnStep = silent,
) -> Prediction:
    """Audit, rank, and write a run folder.

    Parameters
    ----------
    source
        Files of the network.
    plan
        What to score, and how.
    out
        Run folder; an interrupted run in it resumes.
    force
        Whether to replace a finished run.
    report
        Lays out the page: called with its contents and the folder.
    on_step
        As for `predict_links`.

    Raises
    ------
    OutputExists
        If `out` holds a finished run and `force` is not set.
    BioloomError
        If the network cannot be read or scored.
    """
    plan.check_effect(source)
    with _recorded(source, plan, out=out, force=force):
        prediction = predict_links(
            source.read(), plan, checkpoints=out / CHECKPOINTS, on_step=on_step
        )
        page = write_outputs(
            prediction.summary, prediction.final, prediction.candidates, out
        )
        if report is not None:
            report(page, out)
    return prediction


def _recorded(
    source: NetworkInput, plan: LinksPlan, *, out: Path, force: bool
) -> AbstractContextManager[RunRecord]:
    """The record of the run."""
    named = {
        name: str(value)
        for name in ("edges", "nodes", "types")
        if isinstance(value := getattr(source, name), str | Path)
    }
    rest = replace(source, edges="", nodes=None, types=None)
    return recorded_run(
        out,
        command=COMMAND,
        arguments=asdict(rest) | asdict(plan) | named,
        inputs=source.files(),
        tools={
            package.__name__: package.__version__ for package in (torch, numba, scipy)
        },
        force=force,
        rng_seed=plan.rng_seed,
        checkpoints=out / CHECKPOINTS,
    )
