"""Download Cora or CiteSeer once, from the same place as PyTorch Geometric."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import urlopen

from bioloom.graph.errors import NoDownload
from bioloom.run.output import written_aside

URL = "https://github.com/kimiyoung/planetoid/raw/master/data"
_TIMEOUT_S = 30
# SHA-256 of the files on which the numbers of docs/graph.md were measured
CHECKSUMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "cora": {
            "x": "23cfa55d91c6f624233f5eb7b6e3f141f1bd2b2ae39608a63cf5d084bb27baab",
            "tx": "b9afbaa4a400df991f6f02ef677e1e44da55ffc04801fd02f9e673987829226a",
            "allx": "9419ba2f26f5c35243db64aba110e0f35a04851609e0dc5433450676ca6b8543",
            "y": "94465c14eb53e04ca262198dcbb2521ee8af60fb3f3d546cd6ca24a511b0e7d1",
            "ty": "41f5ac76596a1699cc33f53084a2419e92961c42bb75f36fc38e616d348532ad",
            "ally": "2b998f5cc7fedc86e7f97ca2498f47a1ffc1462c29e2d578b23bf3f62b6e7d71",
            "graph": "58f13302f39dde8852dad6fe6d15b89b077b6d7f837626bce671ef80344b383d",
            "test.index": "297ce89af2b51a6a194181c7dbe1796c"
            "6a1cf9cd9349a88383b1b1e227867875",
        },
        "citeseer": {
            "x": "d20de19150741e555de0ed037195630fc194114ebc7fd72ced62810148aa22f6",
            "tx": "539a8906a2da97628d212f2fdd668c109a8b3f0d36574b59e5d3fd5b5303da21",
            "allx": "2ac30345d95c9ec933a817ee0bdd6a5f077f8c184a20e696910192d534414668",
            "y": "8ba87e515d8e3ee3cf52f6d2c5b86aa73f11ecad825a808455209ec26cd54924",
            "ty": "55e5bd1ba1e733a04598753ad1a8d57957f4b8f89e74519f41f4f4938767e4ce",
            "ally": "f704b2d986dde6c2669934de1f3ae5696a6cf9455c0f6b2646a2d135ea0a1c95",
            "graph": "d79a4ef9d3e7169aee8946145f6b7306e35bc79bffad26346cfb94e10e9912a7",
            "test.index": "2af990671580b6b2df5d158d1038f829"
            "2e30c9cd821b5453f399659b25b723d4",
        },
    }
)


def fetch_planetoid(name: str, folder: Path | None = None) -> Path:
    """Folder with the raw files of a data set, downloaded if missing.

    Parameters
    ----------
    name
        "cora" or "citeseer"; for others no checksum is known.
    folder
        Where to store them; ``bioloom/planetoid`` in the user's cache if None.

    Raises
    ------
    NoDownload
        If there is no network, or a file is not the expected one.
    """
    folder = folder or cache_folder() / "planetoid"
    for part, checksum in CHECKSUMS.get(name, {"x": ""}).items():
        path = folder / f"ind.{name}.{part}"
        if path.is_file():
            continue
        if not checksum:
            raise _failed(name, "no known checksum")
        content = _fetched(name, f"{URL}/{path.name}")
        if hashlib.sha256(content).hexdigest() != checksum:
            raise _failed(name, f"a changed {path.name}")
        folder.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as partial:
            partial.write_bytes(content)
    return folder


def cache_folder() -> Path:
    """Where bioloom stores what it downloads."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "bioloom"


def _fetched(name: str, url: str) -> bytes:
    try:
        with urlopen(url, timeout=_TIMEOUT_S) as answer:
            return bytes(answer.read())
    except (URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise _failed(name, f"no answer from {url} ({reason})") from None


def _failed(name: str, problem: str) -> NoDownload:
    clone = "git clone https://github.com/kimiyoung/planetoid"
    train = f"bioloom graph train --dataset {name} --data planetoid/data --out {name}"
    return NoDownload(name, found=problem, command=f"{clone} && {train}")
