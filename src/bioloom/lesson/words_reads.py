"""Words of the part of a lesson from reads to contigs."""

from bioloom.run.language import mark

READS = {
    "reads": mark("From reads to contigs"),
    "reads_lead": mark(
        "Reads are cut from a text, some of their letters wrong. Every word of k "
        "letters in them is an edge of the graph; paths without a branch are unitigs. "
        "What is left of the text when only the reads are known?"
    ),
    "reads_predict": mark(
        "Predict first: from which k on does one contig spell the whole text? And "
        "what does one wrong letter add to the graph? Then move k and the errors."
    ),
    "reads_text": mark("Your text"),
    "strands": mark("Letters"),
    "strands_both": mark("DNA, both strands"),
    "strands_one": mark("any letters, read one way"),
    "kmer_length": mark("k"),
    "read_length": mark("Letters in a read"),
    "coverage": mark("Coverage"),
    "errors": mark("Wrong letters"),
    "min_count": mark("Lowest count of a k-mer"),
    "clean": mark("Clip tips, pop bubbles"),
    "other_reads": mark("Other reads"),
    "pile_label": mark("The text, and below it the reads at their places"),
    "reads_line": mark(
        "{n} reads, {wrong} of their letters wrong. {kmers} different k-mers of {k} "
        "letters, {false} of them not in the text; k-mers of the text that are "
        "missing: {missing}."
    ),
    "kmers_listed": mark("The k-mers and how often each was read"),
    "reads_picture": mark(
        "The graph: each line is a unitig, each dot a word of k − 1 letters. The list "
        "below holds the same."
    ),
    "reads_legend": mark(
        "Lines: unitigs, the thicker the more often they were read. Along the middle "
        "lies the text; what comes back to a repeat bends up, what is not in the text "
        "is dashed and bends down. Press a line or a number to light it."
    ),
    "graph_line": mark("Unitigs: {n}; tips: {tips}; bubbles: {bubbles}."),
    "cleaned_line": mark("Removed as errors: {n}."),
    "no_contig": mark("No k-mer is left."),
    "contig_whole": mark("One contig is left, and it spells the whole text."),
    "contig_whole_and_more": mark(
        "The longest contig spells the whole text; {n} more are left."
    ),
    "contig_wrong": mark(
        "The longest contig has {n} letters and is not in the text: it goes through "
        "a wrong letter."
    ),
    "contigs_many": mark(
        "Contigs: {n}; the longest has {longest} of the text's {all} letters."
    ),
    "repeat_line": mark(
        "The longest part of the text that comes again has {n} letters. Where k − 1 is "
        "not more than that, the graph branches there, whatever the reads."
    ),
    "contig_facts": mark("letters: {n}, mean count: {coverage}"),
    "is_tip": mark("tip"),
    "not_in_text": mark("not in the text"),
    "light_contig": mark("Light unitig {n}"),
    "contigs_note": mark(
        "Contigs are here the unitigs that are left. An assembly by bioloom also joins "
        "them where one walk alone fits how often each was read."
    ),
    "ask_kmers": mark(
        "How many k-mers with k = {k}, equal ones counted as often as they come, has "
        "a read of {length} letters?"
    ),
    "ask_wrong_kmers": mark(
        "In a read of {length} letters, letter {place} is wrong. How many of its "
        "k-mers with k = {k} hold the wrong letter?"
    ),
    "ask_spelled": mark(
        "These reads of one text are complete and without errors: {reads}. With "
        "k = 3 the graph, read one way, is one path. Which text does it spell?"
    ),
    "ask_unitigs": mark(
        "How many unitigs has the graph of the text {text} with k = 3, read one way?"
    ),
}
