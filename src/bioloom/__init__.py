"""bioloom: from sequencing reads to lincRNAs and their partners, the working shown.

Rooms, each a subpackage with the same verbs in Python and on the command line:

- `bioloom.lincrna`: RNA-seq reads or an assembly → lincRNA candidates.
- `bioloom.mirna`: microRNAs and targets → binding sites, their energies and chances.
- `bioloom.graph`: a network → classes of its nodes, drawings, aggregation explained.
- `bioloom.images`: folders of pictures → one folder; a classifier, honestly judged.
- `bioloom.debruijn`: alphabets → De Bruijn sequences; reads → unitigs and contigs.
- `bioloom.bounds`: losses, examples or predictions → what they let one claim.
- `bioloom.backprop`: a network and an example → every gradient, and its chain rule.

Ground that rooms stand on: `errors`, `run`, `seq`, `genome`, `draw`, `explain`; pages
are made in `report`, commands in `cli`.
"""

__version__ = "0.1.0"
