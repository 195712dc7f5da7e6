"""Words of the part of a lesson in which the filters' thresholds move."""

from bioloom.run.language import mark

FILTERS = {
    "filters_predict": mark(
        "Predict first: who comes in if an ORF of 100 aa is allowed, or if the locus "
        "rule is off? Which threshold loses a true lincRNA first? Then move it."
    ),
    "limit_gap_mono": mark(
        "One exon: at least {value} nt from a coding gene on its strand"
    ),
    "limit_gap_multi": mark(
        "Several exons: at least {value} nt from a coding gene on its strand"
    ),
    "limit_length": mark("Longer than {value} nt"),
    "limit_orf": mark("Longest ORF below {value} aa"),
    "limit_coding": mark("Coding probability below {value}"),
    "limit_housekeeping": mark("Covered by a housekeeping RNA below {value}"),
    "search_domains": mark("No known protein domain"),
    "locus_rule": mark("Locus rule: one isoform that fails rejects its locus"),
    "usual": mark("The usual thresholds"),
    "strips_picture": mark(
        "Each transcript along the values of each filter; the line is the threshold."
    ),
    "strip_gap_mono": mark(
        "Distance of transcripts with one exon, at least {value} nt"
    ),
    "strip_gap_multi": mark("Distance of spliced transcripts, at least {value} nt"),
    "strip_length": mark("Length, above {value} nt"),
    "strip_orf": mark("Longest ORF, below {value} aa"),
    "strip_coding": mark("Coding probability, below {value}"),
    "strip_housekeeping": mark("Housekeeping RNA, below {value}"),
    "strips_legend": mark(
        "Filled: simulated as lincRNA; open: anything else; pale: rejected. The scales "
        "are logarithmic but for the last."
    ),
    "filters_counts": mark(
        "Candidates: {n} of {all}. Candidates that are no lincRNA: {wrong}. lincRNAs "
        "that are lost: {lost}."
    ),
    "as_usual": mark("As with the usual thresholds."),
    "filters_changes": mark(
        "Against the usual thresholds, came: {came}; went: {went}."
    ),
    "attrition_caption": mark(
        "What each criterion drops: the first one that a transcript fails"
    ),
    "criterion": mark("Criterion"),
    "n_before": mark("Before"),
    "n_dropped": mark("Dropped"),
    "n_after": mark("Left"),
    "criterion_intergenic": mark("intergenic"),
    "criterion_distance": mark("distance"),
    "criterion_length": mark("length"),
    "criterion_orf": mark("orf"),
    "criterion_coding": mark("coding"),
    "criterion_housekeeping": mark("housekeeping"),
    "criterion_domain": mark("domain"),
    "criterion_locus": mark("locus"),
    "verdicts_caption": mark(
        "Every transcript by every criterion; candidates are highlighted"
    ),
    "transcript": mark("Transcript"),
    "in_truth": mark("In truth"),
    "truth_lincrna": mark("lincRNA"),
    "truth_other": mark("no lincRNA"),
    "verdict": mark("Verdict"),
    "verdict_candidate": mark("candidate"),
    "yes": mark("yes"),
    "no": mark("no"),
    "ask_longer": mark(
        "How many of these lengths, in nt, pass the filter length > 200?"
    ),
    "ask_reason": mark(
        "A transcript far from genes: {length} nt, longest ORF {orf} aa, coding "
        "probability {coding} (threshold {threshold}), known domain: {domain}. Which "
        "criterion rejects it first: length, orf, coding or domain? Answer 0 if it is "
        "a candidate."
    ),
    "ask_locus": mark(
        "A locus has these isoforms, each with the criterion that it fails (– for "
        "none). How many are candidates with the locus rule, by which a failed orf or "
        "coding rejects all isoforms, and a failed length only its own?"
    ),
    "ask_left": mark(
        "Of {n} transcripts each criterion drops these. How many candidates are left?"
    ),
    "ask_candidates": mark(
        "How many of the transcripts above are candidates if the ORF must be below "
        "{maxOrf} aa and the length above {minLength} nt, all else as usual?"
    ),
}
