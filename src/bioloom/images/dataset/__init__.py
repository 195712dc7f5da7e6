"""Labelled pictures: scanned, measured, split without leaks."""
