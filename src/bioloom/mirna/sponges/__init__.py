"""Sponges: RNAs with more seed sites than chance, and pairs that share miRNAs."""
