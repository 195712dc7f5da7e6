"""Droplet samples (10x Genomics): barcodes, UMIs, and the cell × gene matrix.

Read 1 holds the cell barcode and the UMI, read 2 the cDNA, in the sense of the RNA.
`umi_tools` carries them over, removes duplicates and collapses UMIs; here the cells are
chosen, reads are given to genes, and the matrix is put together.

References
----------
Smith T. et al. (2017) Genome Res 27:491. doi:10.1101/gr.209601.116
"""
