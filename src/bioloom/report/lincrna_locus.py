"""A candidate's surroundings as a small SVG that takes the page's colours."""

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from bioloom.genome.transcript import Span
from bioloom.lincrna.browser.profiles import N_BINS, Profile
from bioloom.lincrna.page.features import Feature
from bioloom.lincrna.page.locus import LocusView, Model
from bioloom.run.language import mark, tr, trn
from bioloom.run.words import together

_WIDTH, _LABELS = 760, 190  # of the picture, and of the names at its left
_ROW, _TOP, _FOOT = 20, 26, 6
_EXON, _THICK, _PROFILE = 6, 12, 30  # heights
_LEAST = 1.2  # a short exon is still seen
_CHEVRONS_EVERY = 26
_LONGEST_NAME = 27
_MEANINGS = {
    "shown": mark("blue: this transcript"),
    "candidate": mark("green: other candidates"),
    "rejected": mark("red: rejected transcripts"),
    "coding": mark("grey: annotated coding transcripts"),
    "other": mark("brown: other annotated transcripts"),
}
_SIDES = {"left": mark("to the left"), "right": mark("to the right")}


def locus_picture(view: LocusView, name: str) -> Markup:
    """The picture of a locus, and what its colours mean.

    Parameters
    ----------
    view
        What to draw.
    name
        The transcript that it is of.
    """
    kinds = dict.fromkeys(model.kind for model in view.models)
    legend = "; ".join(tr(_MEANINGS[kind]) for kind in kinds)
    more = ""
    if view.n_left_out:
        more = " " + tr("{n:,} more models are not drawn.", n=view.n_left_out)
    words = tr("Tall: coding part, or longest ORF; {legend}.", legend=legend)
    words = together([words, *_feature_words(view), *_beyond_words(view)])
    if view.profiles:
        words = together([words, _profile_words(view)])
    caption = Markup('<p class="quiet">{}{}</p>').format(words, more)
    wide = Markup(
        '<div class="scroll surroundings" role="region" aria-label="{}" tabindex="0">'
    )
    label = tr("Models around {name}", name=name)
    return wide.format(label) + locus_svg(view, name) + Markup("</div>") + caption


def _beyond_words(view: LocusView) -> Iterator[str]:
    genes = [
        tr(
            "{gene}, {n:,} nt {side}",
            gene=gene.gene_name or gene.gene_id,
            n=gene.distance_nt,
            side=tr(_SIDES[gene.side]),
        )
        for gene in view.beyond
    ]
    if genes:
        near = tr("; ").join(genes)
        yield tr("Nearest coding genes outside the picture: {genes}.", genes=near)


def _feature_words(view: LocusView) -> Iterator[str]:
    kinds = Counter(feature.kind for feature in view.features)
    if kinds["weak_domain"]:
        yield tr("The domain hit is below the threshold of its family.")
    if left := view.n_sites - kinds["site"]:
        yield trn(
            "{n} weaker miRNA site is not drawn.",
            "{n:,} weaker miRNA sites are not drawn.",
            left,
        )


def _profile_words(view: LocusView) -> str:
    words = tr(
        "Below: reads over each base by sample, each to its own height; the number is "
        "that of the highest base."
    )
    if view.n_silent:
        more = trn(
            "{n} sample with fewer reads here is not drawn.",
            "{n:,} samples with fewer reads here are not drawn.",
            view.n_silent,
        )
        return together([words, more])
    return words


def locus_svg(view: LocusView, name: str) -> Markup:
    """Draw models of a stretch of a chromosome, one below the other.

    Parameters
    ----------
    view
        What to draw.
    name
        Prefix of the ids in the page.
    """
    below = _TOP + _ROW * len(view.models)
    rows = _feature_rows(view)
    bottom = below + _ROW * len(rows)
    height = bottom + _PROFILE * len(view.profiles) + _FOOT
    place = f"{view.chrom}:{view.start + 1:,}-{view.end:,}"
    title = tr("{name} and what lies around it, {place}", name=name, place=place)
    parts = [
        f'<svg class="locus" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">',
        *_scale(view, height, place),
        *(
            part
            for number, model in enumerate(view.models)
            for part in _model(view, model, _TOP + _ROW * number)
        ),
        *(
            part
            for number, (label, features) in enumerate(rows)
            for part in _features(view, label, features, below + _ROW * number)
        ),
        *(
            part
            for number, profile in enumerate(view.profiles)
            for part in _profile(profile, bottom + _PROFILE * number)
        ),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (every text is escaped)


def _scale(view: LocusView, height: int, place: str) -> Iterator[str]:
    """The coordinates above, and the ends of the transcript as thin lines."""
    exons = view.models[0].exons
    for x in (_x(view, exons[0][0]), _x(view, exons[-1][1])):
        yield f'<path class="edge" d="M{x:.1f} {_TOP - 6}V{height}"/>'
    yield f'<text x="{_LABELS}" y="12">{escape(place)}</text>'
    length = f"{(view.end - view.start) / 1000:,.1f} kb"
    yield f'<text x="{_WIDTH}" y="12" text-anchor="end">{length}</text>'


def _model(view: LocusView, model: Model, top: int) -> Iterator[str]:
    middle = top + _ROW / 2
    title = f"<title>{escape(model.name)} ({model.strand})</title>"
    yield f'<g class="{model.kind}">{title}'
    yield f'<text x="0" y="{middle + 4:.1f}">{escape(_short(model.name))}</text>'
    begin = max(model.exons[0][0], view.start)
    end = min(model.exons[-1][1], view.end)
    left, right = _x(view, begin), _x(view, end)
    yield f'<path d="M{left:.1f} {middle:.1f}H{right:.1f}"/>'
    yield _chevrons(model, left, right, middle)
    for height, spans in ((_EXON, model.exons), (_THICK, model.thick)):
        yield from _boxes(view, spans, middle, height)
    yield "</g>"


def _feature_rows(view: LocusView) -> list[tuple[str, list[Feature]]]:
    """What lies on the transcript, each kind in its row, with the row's label."""
    sites = [one for one in view.features if one.kind == "site"]
    rows = [
        (tr("Domain {name}", name=one.name), [one])
        for one in view.features
        if one.kind != "site"
    ]
    if sites:
        rows.append((tr("miRNA sites: {n:,}", n=view.n_sites), sites))
    return rows


def _features(
    view: LocusView, label: str, features: Sequence[Feature], top: int
) -> Iterator[str]:
    middle = top + _ROW / 2
    yield '<g class="feature">'
    yield f'<text x="0" y="{middle + 4:.1f}">{escape(_short(label))}</text>'
    for one in features:
        yield f"<g><title>{escape(one.name)}</title>"
        left, right = _x(view, one.blocks[0][0]), _x(view, one.blocks[-1][1])
        yield f'<path d="M{left:.1f} {middle:.1f}H{right:.1f}"/>'
        yield from _boxes(view, one.blocks, middle, _EXON)
        yield "</g>"
    yield "</g>"


def _profile(profile: Profile, top: int) -> Iterator[str]:
    """A sample's coverage as an area, its highest base told at the left."""
    base, high = top + _PROFILE - 3, _PROFILE - 7
    words = f"{_short(profile.name)}, {profile.most:,.0f}"
    yield f'<g class="other"><text x="0" y="{base - 3}">{escape(words)}</text>'
    yield f'<path class="ground" d="M{_LABELS} {base}H{_WIDTH}"/>'
    if profile.most:
        step = (_WIDTH - _LABELS) / N_BINS
        tops = (
            f"L{_LABELS + step * place:.1f} {base - high * value / profile.most:.1f}"
            f"h{step:.1f}"
            for place, value in enumerate(profile.heights)
        )
        area = f"M{_LABELS} {base}{''.join(tops)}L{_WIDTH} {base}Z"
        yield f'<path class="area" d="{area}"/>'
    yield "</g>"


def _boxes(
    view: LocusView, spans: tuple[Span, ...], middle: float, height: int
) -> Iterator[str]:
    for start, end in spans:
        if end <= view.start or start >= view.end:
            continue
        left = _x(view, max(start, view.start))
        width = max(_x(view, min(end, view.end)) - left, _LEAST)
        yield (
            f'<rect x="{left:.1f}" y="{middle - height / 2:.1f}" '
            f'width="{width:.1f}" height="{height}"/>'
        )


def _chevrons(model: Model, left: float, right: float, middle: float) -> str:
    """Small arrowheads along the line, in the direction of the strand."""
    if model.strand == ".":
        return ""
    step = 3 if model.strand == "+" else -3
    n = int((right - left) / _CHEVRONS_EVERY)
    places = (left + (k + 0.5) * (right - left) / n for k in range(n))
    heads = (f"M{x - step:.1f} {middle - 3:.1f}l{step} 3l{-step} 3" for x in places)
    return f'<path class="way" d="{"".join(heads)}"/>' if n else ""


def _x(view: LocusView, base: int) -> float:
    share = (base - view.start) / (view.end - view.start)
    return _LABELS + share * (_WIDTH - _LABELS)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
