"""lincRNA: from RNA-seq reads, or anybody's assembly, to lincRNA candidates.

A transcript is a candidate if it overlaps no protein-coding gene, lies far enough from
one, is longer than 200 nt, has no ORF of 100 amino acids, no coding potential, is no
housekeeping ncRNA and holds no known protein domain; and if no isoform of its locus
fails for coding.

Inputs: a genome (FASTA), an annotation (GTF or GFF3), an assembly (GTF, GFF3, BED12) or
reads (FASTQ), optionally profile HMMs. Outputs: candidates (GTF, BED12, FASTA), a table
of every transcript with every criterion, the attrition, a report.

References
----------
Cabili M.N. et al. (2011) Genes Dev 25:1915. doi:10.1101/gad.17446611
"""
