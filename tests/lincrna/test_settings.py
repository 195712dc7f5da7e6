"""Defaults of the filters."""

import pytest

from bioloom.errors import BadConfig
from bioloom.lincrna.settings import FilterSettings
from bioloom.lincrna.verdict.criteria import CRITERIA
from bioloom.run.config import load_config

DEFAULT = FilterSettings()


def test_locus_criteria_are_criteria():
    assert set(DEFAULT.locus_criteria) <= CRITERIA.keys()


def test_the_published_definition_is_the_default():
    assert (DEFAULT.min_length_nt, DEFAULT.max_orf_aa) == (200, 100)
    assert DEFAULT.domain_cutoff == "gathering"
    assert DEFAULT.strictness == "locus"


@pytest.mark.parametrize(
    "entry",
    [
        *(
            "gap_mono_nt: -1",
            "min_length_nt: -1",
            "max_orf_aa: 0",
            "coding_threshold: 2",
        ),
        *("housekeeping_fraction: 0", "domain_max_evalue: 0", "min_segment_aa: 4"),
        *("domain_cutoff: score", "strictness: gene", "min_training_genes: 49"),
    ],
)
def test_values_out_of_range_are_told(tmp_path, entry):
    (tmp_path / "f.yaml").write_text(entry)
    with pytest.raises(BadConfig, match=f"f.yaml: {entry.partition(':')[0]}: found"):
        load_config(tmp_path / "f.yaml", FilterSettings)
