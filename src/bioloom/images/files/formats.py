"""Kinds of pictures that are read where a decoder for them is installed."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from PIL import features

INSTALL = "`bioloom doctor images-formats` says how to install it"


class _Package(NamedTuple):
    """Package that adds a format to Pillow.

    Parameters
    ----------
    module, function
        What to import; a function to call, "" if importing is enough.
    code
        Reason code of a file where it is missing.
    """

    module: str
    function: str
    code: str


_PACKAGES: Mapping[str, _Package] = MappingProxyType(
    {
        "heic": _Package("pi_heif", "register_heif_opener", "needs_pi_heif"),
        "jxl": _Package("pillow_jxl", "", "needs_pillow_jxl"),
    }
)
_FEATURES: Mapping[str, str] = MappingProxyType({"avif": "avif", "jp2": "jpg_2000"})
_PILLOW_NAMES: Mapping[str, str] = MappingProxyType({"heic": "HEIF", "jp2": "JPEG2000"})
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "needs_pi_heif": f"a HEIC picture, which needs pi-heif ({INSTALL})",
        "needs_pillow_jxl": "a JPEG XL picture, which needs pillow-jxl-plugin "
        f"({INSTALL})",
        "needs_avif": "an AVIF picture, which needs another Pillow "
        "(pip install --upgrade pillow)",
        "needs_jp2": "a JPEG 2000 picture, which needs another Pillow "
        "(pip install --upgrade pillow)",
    }
)
"""Codes of kinds for which no decoder is installed, with the command that does it."""


def pillow_name(kind: str) -> str:
    """Pillow's name of a kind of picture.

    Examples
    --------
    >>> pillow_name("png"), pillow_name("heic")
    ('PNG', 'HEIF')
    """
    return _PILLOW_NAMES.get(kind, kind.upper())


@cache
def lack_of(kind: str) -> str:
    """Code of what is missing to read a kind of picture; "" if nothing is.

    Examples
    --------
    >>> lack_of("png")
    ''
    """
    if kind in _FEATURES:
        return "" if features.check(_FEATURES[kind]) else f"needs_{kind}"
    if kind not in _PACKAGES:
        return ""
    module, function, code = _PACKAGES[kind]
    with suppress(ImportError):
        package = import_module(module)
        if function:
            getattr(package, function)()
        return ""
    return code
