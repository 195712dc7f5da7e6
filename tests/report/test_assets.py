"""Programs of others in pages: as they came, listed, and with their licences."""

import hashlib
import re

import pytest

from bioloom.report.page import ASSETS, asset

SHA256 = {
    "sigma.min.js": "58e30383ab428f832068d9d16a5215c65ba12430d438ed091c5703f398de9e16",
    "graphology.umd.min.js": "dc337efa23903f61e064c8e7e7f93a42"
    "9e6855dccfc2458802b4ed30c621c087",
    "igv.min.js": "87b991ae2a720978172e269dd5127c495e56df5af31144dff19c83124e2f5744",
    # as scripts/tabulator/build.sh makes it
    "tabulator.min.js": "32e86a77a5e7368c303a4eecef253d3c"
    "50f7d7aa9fa7099e2acf68747b2cf151",
    "uplot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f71615"
    "66dfd0ba3d15cc495e974f787eb78f1f",
    "uplot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}


@pytest.mark.parametrize("name", SHA256)
def test_programs_of_others_are_as_they_came(name):
    content = (ASSETS / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256[name]


def test_every_program_is_checked_and_listed_with_its_licence():
    listed = asset("README.md")
    programs = {
        path.name for path in ASSETS.iterdir() if path.suffix in (".js", ".css")
    }
    assert programs == set(SHA256)
    for path in ASSETS.iterdir():
        assert path.name == "README.md" or f"`{path.name}`" in listed
    licences = re.findall(r"`(LICENSE-[^`]+)`", listed)
    assert all((ASSETS / name).is_file() for name in licences)


def test_tables_bring_their_licence_and_no_code_from_text(plain):
    licence = asset("LICENSE-tabulator.txt")
    assert licence in asset("tabulator.min.js")
    assert licence in plain.page
    # the policy of the pages forbids both
    assert not re.search(r"\beval\(|new Function\b", asset("tabulator.min.js"))


def test_plots_bring_their_licence_and_no_code_from_text(plain):
    assert asset("LICENSE-uplot.txt") in plain.page
    assert not re.search(r"\beval\(|new Function\b", asset("uplot.iife.min.js"))
