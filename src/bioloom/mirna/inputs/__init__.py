"""miRNAs and targets, read and checked."""
