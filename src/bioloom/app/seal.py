"""Seals of jobs: what another application wrote is never run by itself.

A folder from elsewhere may hold jobs that wait. Each record of a job has a seal, made
with a key of the user that no folder of data holds.
"""

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

SEAL = "seal"
_KEY_BYTES = 32


def sealed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A job's record with its seal."""
    return {**facts, SEAL: _seal_of(facts)}


def is_sealed(facts: Mapping[str, Any]) -> bool:
    """Whether a record is as this user's application has written it."""
    bare = {name: value for name, value in facts.items() if name != SEAL}
    return hmac.compare_digest(
        str(facts.get(SEAL, "")).encode(), _seal_of(bare).encode()
    )


def _seal_of(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, ensure_ascii=True, sort_keys=True)
    return hmac.new(_key(), text.encode(), "sha256").hexdigest()


@cache
def _key() -> bytes:
    """The user's key; where it cannot be stored, one for this application alone."""
    try:
        return _stored_key()
    except OSError:
        return secrets.token_bytes(_KEY_BYTES)


def _stored_key() -> bytes:
    """The key in the user's folder, made where there is none; nobody else reads it."""
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    if not state.is_absolute():
        state = Path.home() / ".local" / "state"
    path = state / "bioloom" / "app.key"
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_bytes(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(made, path)  # the first one stays
        finally:
            made.unlink()
    return path.read_bytes()
