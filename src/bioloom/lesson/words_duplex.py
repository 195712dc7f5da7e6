"""Words of the part of a lesson in which a miRNA slides along a target."""

from bioloom.run.language import mark

DUPLEX = {
    "duplex_predict": mark(
        "Predict first: the notes say that their miRNA holds on to its fragment with "
        "−28.5 kcal/mol. Which energy do you expect, and is the seed paired? Then "
        "choose the notes' pair."
    ),
    "example_pair": mark("Pair"),
    "pair_real": mark("a real miRNA on two possible sites"),
    "pair_let7": mark("a real miRNA on its complement"),
    "pair_notes": mark("the notes' pair"),
    "mirna_bases": mark("miRNA, 5'→3'"),
    "target_bases": mark("Target, 5'→3'"),
    "slide": mark("First target base that is paired"),
    "its_partner": mark("with miRNA base"),
    "to_best": mark("To the least energy"),
    "duplex_picture": mark(
        "The duplex: the target above, the miRNA below, paired bases inside"
    ),
    "duplex_legend": mark(
        "│ a pair A–U or G–C, ∶ a pair G–U; bases further out are unpaired. Behind the "
        "seed, miRNA bases 2 to 8, lies a band."
    ),
    "pairs_nothing": mark("Target base {pos} pairs with no base of the miRNA."),
    "duplex_here": mark(
        "Best duplex that begins at target base {pos}: {energy} kcal/mol, seed: {seed}."
    ),
    "duplex_least": mark(
        "Minimum free energy (MFE): {energy} kcal/mol, from target base {pos} on, "
        "seed: {seed}."
    ),
    "no_duplex": mark("No duplex has an energy below 0."),
    "notes_energy": mark(
        "The notes give −28.5 kcal/mol, at position 310–335 of a fragment of 23 nt. "
        "No duplex of these two strands comes near: the least is −7.70 kcal/mol, and "
        "the seed is not paired. RNAhybrid prints −7.7 too."
    ),
    "perfect_line": mark(
        "With its perfect complement the miRNA has {energy} kcal/mol. The best duplex "
        "here has a share of that of {share} %."
    ),
    "profile_picture": mark(
        "Least energy of a duplex by the target base where it begins"
    ),
    "profile_legend": mark(
        "One bar for each target base: the least energy, in kcal/mol, of a duplex that "
        "begins there. Press a bar, or move the slider."
    ),
    "loops_caption": mark(
        "The energy, loop by loop, in kcal/mol. Press a loop to light its bases."
    ),
    "loop": mark("Loop"),
    "its_bases": mark("Target / miRNA"),
    "its_energy": mark("Energy"),
    "loop_start": mark("dangling bases before"),
    "loop_stack": mark("stack"),
    "loop_target_bulge": mark("bulge of the target"),
    "loop_mirna_bulge": mark("bulge of the miRNA"),
    "loop_interior_loop": mark("interior loop"),
    "loop_end": mark("open end, dangling bases"),
    "loops_sum": mark("Sum"),
    "seed_offset": mark("offset 6mer"),
    "seed_gu": mark("GU"),
    "seed_bulged": mark("bulged"),
    "seed_none": mark("none"),
    "in_view": mark("How the minimum is found"),
    "in_view_lead": mark(
        "Each cell is a pair of a target base (columns, 5' to 3') and a miRNA base "
        "(rows, 3' to 5'), and holds the least energy of a duplex that begins with "
        "this pair. It is the least over all ways on: end here, stack on the next "
        "pair, or reach a later pair over a bulge or an interior loop. So the table is "
        "filled from the last corner, and each duplex is looked at without being "
        "written down. The stronger the colour, the lower. Press a cell."
    ),
    "table_picture": mark(
        "The table of least energies; pairs of the duplex shown are framed"
    ),
    "cell_line": mark(
        "Pair {target}–{mirna}: {energy} kcal/mol is the least of {n} ways on. The "
        "best of each kind, its own energy plus that of the cell it leads to:"
    ),
    "ask_seed_site": mark(
        "The miRNA is {mirna}. Which 7 target bases, 5' to 3', pair with its bases 2 "
        "to 8 without G:U?"
    ),
    "ask_seed_kind": mark(
        "Which class has the seed of this duplex (target above, miRNA below): 8mer, "
        "7mer-m8, 7mer-A1 or 6mer?"
    ),
    "ask_wobble": mark("How many G:U pairs has this duplex?"),
    "ask_energy_sum": mark(
        "Below the duplex stand the energies of its loops from left to right, with "
        "the dangling bases first and last. What is its energy in kcal/mol?"
    ),
    "ask_energy_missing": mark(
        "The energy of this duplex is {energy} kcal/mol; the energies of its loops "
        "stand below, one is missing. How large is it?"
    ),
}
