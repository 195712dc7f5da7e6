"""lincRNA identification: RNA-seq reads or an assembly → lincRNA candidates."""
