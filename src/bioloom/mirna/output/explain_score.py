"""The ranking score in an explanation: what each feature of the site adds to it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bioloom.explain import Quantity, Step, cell
from bioloom.mirna.ranking.features import FEATURES, features
from bioloom.mirna.ranking.model import RankingModel, by_group, packaged
from bioloom.mirna.sites.hits import Hits, MirnaTable
from bioloom.mirna.sites.seeds import SeedMatches
from bioloom.run.language import tr, trn
from bioloom.seq.alphabet import SeqCodes

SOURCE = (
    "doi:10.1214/aos/1013203451, doi:10.1038/s41598-023-49757-z, "
    "doi:10.1093/bioinformatics/btaf233"
)
_MOST = 4  # features of a group that are shown by themselves


class _Row(NamedTuple):
    name: str
    value: float
    typical: float
    part: float


def score_step(
    hits: Hits, seeds: SeedMatches, mirnas: MirnaTable, target: SeqCodes
) -> Step:
    """The score of one site as a sum of parts, by group and feature.

    Parameters
    ----------
    hits, seeds
        The site, and its seed class.
    mirnas
        Its miRNA.
    target
        Codes of its target.
    """
    model = packaged()
    table = features(hits, seeds, mirnas, target)
    parts = model.parts(table[0])
    groups, score = by_group(parts), float(model.log_odds(table)[0])
    terms = " ".join(f"{part:+.3f}" for part in groups.values())
    return Step(
        claim=tr(
            "The ranking score is the log-odds that such a site is real, among "
            "AGO2-bound sites and as many made-up ones. It is a constant and one part "
            "for each feature of the site, added up by group here."
        ),
        formula=r"s = b + \sum_g c_g",
        substitution=f"s = {model.base:.3f} {terms} = {score:.3f}",
        value=Quantity(score, "", 3),
        source=SOURCE,
        detail=tuple(_lines(model, groups, table[0].tolist(), parts.tolist())),
    )


def _lines(
    model: RankingModel,
    groups: dict[str, float],
    values: Sequence[float],
    parts: Sequence[float],
) -> Iterator[str]:
    """What each group adds, the strongest first, then its strongest features."""
    yield _heading()
    typical = model.line.typical.tolist()
    rows = [_Row(*row) for row in zip(FEATURES, values, typical, parts, strict=True)]
    for group in sorted(groups, key=lambda group: -abs(groups[group])):
        yield cell(tr(group), 42) + f" {groups[group]:+8.3f}"
        members = [row for row in rows if FEATURES[row.name].group == group]
        members.sort(key=lambda row: -abs(row.part))
        for row in members[:_MOST]:
            shown = f"{row.name:18} {row.value:10.3f} {row.typical:10.3f}"
            yield f"  {shown} {row.part:+8.3f}"
        if rest := members[_MOST:]:
            label = trn("{n} other feature", "{n} other features", len(rest))
            yield f"  {cell(label, 40)} {sum(row.part for row in rest):+8.3f}"


def _heading() -> str:
    names = ((tr("value"), 10), (tr("mean"), 10), (tr("adds"), 8))
    cells = (cell(name, width, to="right") for name, width in names)
    return " ".join([cell(tr("part of the score"), 20), *cells])
