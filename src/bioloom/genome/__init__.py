"""Places on a genome: transcripts, annotation files, intervals.

Coordinates are 0-based and half-open everywhere inside bioloom; files that count from
one are converted where they are read and written (`gtf`).
"""
