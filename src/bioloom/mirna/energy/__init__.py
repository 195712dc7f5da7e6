"""Turner 1999 energies, the recursion over them, tables for kernels."""
