"""Which lincRNAs mark clusters of cells, and how specific they are."""
