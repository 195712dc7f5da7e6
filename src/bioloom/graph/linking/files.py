"""What a run folder of `links` needs so that its model can be used again.

``links.safetensors`` holds the model, the network and its links: the folder can be
moved, and the input files may change.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

import bioloom
from bioloom.errors import BadRunFolder
from bioloom.graph.linking.fit import FittedLinks
from bioloom.graph.linking.ladder import (
    AuditPlan,
    FinalModel,
    RungScores,
    SeedAudit,
)
from bioloom.graph.linking.models import LinkModel
from bioloom.graph.linking.network import TypedNetwork, TypePair
from bioloom.graph.linking.partners import PartnerHits
from bioloom.graph.linking.settings import LinkModelName, LinkSettings
from bioloom.run.arrays import load_arrays, save_arrays
from bioloom.run.record import finished_record

MODEL_FILE = "links.safetensors"
COMMAND = "graph links"
_WEIGHT, _SCORE = "weight/", "score/"


class LinksRun(NamedTuple):
    """A finished run: what was audited, and the model that ranks candidates."""

    plan: AuditPlan
    final: FinalModel


def save_final(path: Path, plan: AuditPlan, final: FinalModel) -> None:
    """Write the final model with its network."""
    network, fitted = plan.network, final.fitted
    weights = {
        _WEIGHT + name: value.numpy()
        for name, value in fitted.model.state_dict().items()
    }
    arrays: dict[str, NDArray[Any]] = {
        **weights,
        "types": network.types,
        "links": network.links,
        "history": fitted.history,
        "x_data": network.x.data,
        "x_indices": network.x.indices.astype(np.int64),
        "x_indptr": network.x.indptr.astype(np.int64),
    }
    if network.weights is not None:
        arrays["weights"] = network.weights
    about = {
        "model": list(fitted.name),
        "settings": asdict(plan.settings),
        "pairs": [list(pair) for pair in plan.pairs],
        "name": network.name,
        "node_ids": network.node_ids,
        "type_names": network.type_names,
        "n_features": network.x.shape[1],
        "has_features": network.has_features,
        "best_epoch": fitted.best_epoch,
        "svd_rank": final.svd_rank,
        "weight": network.weight,
    }
    save_arrays(path, arrays, about)


def is_links_run(folder: Path) -> bool:
    """Whether a folder is a run of `bioloom graph links`."""
    return (folder / MODEL_FILE).is_file()


def open_links_run(folder: Path) -> LinksRun:
    """Open the folder of a finished run.

    Raises
    ------
    BadRunFolder
        If it is not one.
    """
    finished_record(folder, COMMAND)
    arrays, about = load_arrays(folder / MODEL_FILE, command=f"bioloom {COMMAND}")
    network = _network(arrays, about)
    settings = LinkSettings(**about["settings"])
    name = LinkModelName(*about["model"])
    rng = np.random.default_rng(0)  # initial weights, replaced at once
    model = LinkModel(network, name, settings, rng=rng)
    model.load_state_dict(
        {
            key.removeprefix(_WEIGHT): torch.from_numpy(value)
            for key, value in arrays.items()
            if key.startswith(_WEIGHT)
        }
    )
    fitted = FittedLinks(name, model, arrays["history"], about["best_epoch"])
    pairs = tuple(TypePair(*pair) for pair in about["pairs"])
    plan = AuditPlan(network, pairs, (name,), settings)
    return LinksRun(plan, FinalModel(fitted, network.links, about["svd_rank"]))


def _network(
    arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]
) -> TypedNetwork:
    parts = (arrays["x_data"], arrays["x_indices"], arrays["x_indptr"])
    n_nodes = len(about["node_ids"])
    return TypedNetwork(
        name=about["name"],
        node_ids=tuple(about["node_ids"]),
        types=arrays["types"],
        type_names=tuple(about["type_names"]),
        links=arrays["links"],
        x=csr_array(parts, shape=(n_nodes, about["n_features"])),
        has_features=about["has_features"],
        weights=arrays.get("weights"),
        weight=about.get("weight", ""),
    )


def audit_key(plan: AuditPlan, rng_seed: int) -> str:
    """A digest of everything that one seed's audit depends on."""
    network = plan.network
    inputs = [
        *(
            asdict(plan.settings),
            list(map(list, plan.pairs)),
            list(map(str, plan.models)),
        ),
        *(rng_seed, network.node_ids, network.type_names),
        *(bioloom.__version__, torch.__version__),
    ]
    digest = hashlib.sha256(json.dumps(inputs, default=str).encode())
    parts = [network.types, network.links, network.x.data, network.x.indices]
    if network.order is not None:
        parts.append(network.order)
    if network.weights is not None:
        parts.append(network.weights)
    for part in parts:
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def save_audit(path: Path, audit: SeedAudit, *, key: str) -> None:
    """Write one seed's audit, from which an interrupted run resumes."""
    arrays: dict[str, NDArray[Any]] = {}
    rungs: dict[str, Any] = {}
    for rung, scores in audit.rungs.items():
        arrays |= {
            f"{rung}/pairs": scores.pairs,
            f"{rung}/is_link": scores.is_link,
            f"{rung}/owner": scores.owner,
            **{f"{rung}/{_SCORE}{name}": v for name, v in scores.scores.items()},
        }
        rungs[rung] = {
            "val_auc": dict(scores.val_auc),
            "thresholds": dict(scores.thresholds),
        }
    partners = {
        rung: [list(p) for p in parts] for rung, parts in audit.partners.items()
    }
    about = {"key": key, "seed": audit.rng_seed, "rungs": rungs, "partners": partners}
    save_arrays(path, arrays, about)


def load_audit(path: Path, *, key: str) -> SeedAudit | None:
    """A saved audit; None if there is none, or one of something else."""
    if not path.is_file():
        return None
    try:
        arrays, about = load_arrays(path, command=f"bioloom {COMMAND}")
    except BadRunFolder:  # truncated, for example by a full disk
        return None
    if about.get("key") != key:
        return None
    rungs = {
        rung: _rung_scores(rung, arrays, facts)
        for rung, facts in about["rungs"].items()
    }
    partners = {
        rung: tuple(PartnerHits(*part) for part in parts)
        for rung, parts in about["partners"].items()
    }
    return SeedAudit(about["seed"], MappingProxyType(rungs), MappingProxyType(partners))


def _rung_scores(
    rung: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
) -> RungScores:
    start = f"{rung}/{_SCORE}"
    names = facts["val_auc"]  # in the order of tables
    return RungScores(
        arrays[f"{rung}/pairs"],
        arrays[f"{rung}/is_link"],
        arrays[f"{rung}/owner"],
        {name: arrays[start + name] for name in names},
        facts["val_auc"],
        facts["thresholds"],
    )
