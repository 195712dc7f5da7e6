"""How to install an extra of bioloom: from where bioloom itself was installed."""

import json
import shlex
from functools import cache
from urllib.parse import unquote, urlsplit


@cache
def install_command(extra: str) -> str:
    """The command that adds an extra to this installation.

    Parameters
    ----------
    extra
        Its name.

    Notes
    -----
    Of a checkout the command names the checkout, of a wheel the wheel: their name alone
    would ask a registry for it.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        said = distribution("bioloom").read_text("direct_url.json")
    except PackageNotFoundError:  # a source tree on the path
        said = None
    return f"pip install {_wanted(json.loads(said) if said else {}, extra)}"


def _wanted(origin: dict[str, dict[str, object]], extra: str) -> str:
    """What to ask pip for, by PEP 610's record of where a package came from."""
    url = str(origin.get("url", ""))
    if not url:
        return shlex.quote(f"bioloom[{extra}]")
    if "dir_info" in origin:
        option = "-e " if origin["dir_info"].get("editable") else ""
        path = unquote(urlsplit(url).path)
        return option + shlex.quote(f"{path}[{extra}]")
    version = origin.get("vcs_info")
    if version:
        url = f"{version['vcs']}+{url}@{version['commit_id']}"
    return shlex.quote(f"bioloom[{extra}] @ {url}")
