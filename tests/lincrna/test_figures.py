"""Figures of a run: widths are counts, thresholds part the bins."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import StepPatch

from bioloom.draw import to_svg
from bioloom.lincrna.filtering import filter_transcripts
from bioloom.lincrna.inputs.files import FilterInputs
from bioloom.lincrna.output.distributions import (
    distribution_panels,
    distributions_figure,
)
from bioloom.lincrna.output.figures import (
    KNOWN,
    NOVEL,
    attrition_figure,
    drop_reasons,
    flow,
    not_judged,
)
from bioloom.lincrna.settings import FilterSettings


@pytest.fixture(scope="module")
def inputs(small):
    return FilterInputs(
        assembly=small.models_path,
        genome=small.genome_path,
        annotation=small.annotation_path,
        domains=small.domains_path,
    )


@pytest.fixture(scope="module")
def result(inputs, tmp_path_factory):
    return filter_transcripts(inputs, cache=tmp_path_factory.mktemp("cache"))


def test_flow_counts_reasons(result):
    reasons = Counter((row.reason, row.collected.origin) for row in result.rows)
    left = Counter(row.collected.origin for row in result.rows)
    for stage in flow(result.rows):
        assert (stage.n_known, stage.n_novel) == (left["known"], left["novel"])
        assert stage.dropped_known == reasons[stage.criterion, "known"]
        assert stage.dropped_novel == reasons[stage.criterion, "novel"]
        left["known"] -= stage.dropped_known
        left["novel"] -= stage.dropped_novel
        assert stage.n_after == left.total()
    assert left.total() == len(result.candidates)


def _widths(figure, colour):
    """Width of each band and branch of a colour at its lower end, top to bottom."""
    found = []
    for shape in figure.axes[0].collections:
        is_key = shape.get_alpha() is None
        if is_key or to_hex(shape.get_facecolor()[0]) != colour.lower():
            continue
        corners = shape.get_paths()[0].vertices
        lowest = corners[np.isclose(corners[:, 1], corners[:, 1].min())]
        is_dropped = shape.get_alpha() != 1
        found.append((is_dropped, np.ptp(lowest[:, 0])))
    return found


def test_widths_are_proportional_to_counts(result):
    figure = attrition_figure(result)
    stages = flow(result.rows)
    per_transcript = 1.6 / len(result.rows)
    for colour, kept, dropped in (
        (KNOWN, lambda s: s.n_known - s.dropped_known, lambda s: s.dropped_known),
        (NOVEL, lambda s: s.n_novel - s.dropped_novel, lambda s: s.dropped_novel),
    ):
        widths = _widths(figure, colour)
        bands = [width for is_dropped, width in widths if not is_dropped]
        branches = [width for is_dropped, width in widths if is_dropped]
        wanted = [kept(stage) * per_transcript for stage in stages if kept(stage)]
        assert bands == pytest.approx(wanted)
        wanted = [dropped(stage) * per_transcript for stage in stages if dropped(stage)]
        assert branches == pytest.approx(wanted)


def test_words_name_counts_and_thresholds(result):
    words = [text.get_text() for text in attrition_figure(result).axes[0].texts]
    assert f"{len(result.rows):,} transcripts" in words
    assert f"{len(result.candidates):,} lincRNA candidates" in words
    assert drop_reasons(result.settings)["orf"] == "ORF of 100 aa or more"
    assert "ORF of 100 aa or more" in words


def test_reasons_follow_the_settings():
    settings = FilterSettings(
        gap_mono_nt=3000, gap_multi_nt=500, min_length_nt=1234, coding_threshold=0.25
    )
    reasons = drop_reasons(settings)
    assert reasons["distance"] == (
        "coding gene within 3,000 nt (one exon), 500 nt (several)"
    )
    assert reasons["length"] == "length of 1,234 nt or less"
    assert reasons["coding"] == "coding probability of 0.25 or more"
    same = replace(settings, gap_multi_nt=3000)
    assert drop_reasons(same)["distance"] == "coding gene within 3,000 nt"


def test_a_criterion_without_judgement_is_told(inputs, tmp_path):
    result = filter_transcripts(replace(inputs, domains=None), cache=tmp_path)
    assert not_judged(result.rows) == ("domain",)
    words = [text.get_text() for text in attrition_figure(result).axes[0].texts]
    assert "not judged: domain" in words


def test_no_bin_holds_both_sides_of_a_threshold(result):
    figure = distributions_figure(result)
    panels = distribution_panels(result.settings)
    n_checked = 0
    for axes, panel in zip(figure.axes, panels, strict=True):
        for shape in axes.patches:
            assert isinstance(shape, StepPatch)
            edges = shape.get_data().edges
            mark = panel.marks[0][0]
            place = np.log10(mark + 1) if panel.is_log else mark
            if edges[0] < place < edges[-1]:
                assert np.isclose(edges, place).any()
                n_checked += 1
    assert n_checked >= 8


def test_candidates_stand_on_the_right_side_of_every_threshold(result):
    sides = {"Longest ORF, aa": -1, "Coding probability": -1, "Spliced length, nt": 1}
    for panel in distribution_panels(result.settings):
        side = sides.get(panel.title)
        for row in result.candidates if side else ():
            assert side * (panel.value(row) - panel.marks[0][0]) > 0


def test_heights_are_parts_of_each_group(result):
    length = distributions_figure(result).axes[0]
    sums = [shape.get_data().values.sum() for shape in length.patches]
    assert sums == pytest.approx([1.0] * len(sums))


@pytest.mark.parametrize("draw", [attrition_figure, distributions_figure])
@pytest.mark.parametrize("kept", ["all", "candidates", "rejected", "none"])
def test_any_result_is_drawn_the_same_twice(result, draw, kept):
    rows = {
        "all": result.rows,
        "candidates": result.candidates,
        "rejected": tuple(row for row in result.rows if row.verdict == "rejected"),
        "none": (),
    }[kept]
    some = replace(result, rows=rows)
    assert to_svg(draw(some)) == to_svg(draw(some))
