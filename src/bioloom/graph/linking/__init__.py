"""Links: which missing ones are likely, and how much of that is degree alone.

A stage after the models: a typed network is split without leaks, heuristics and models
are trained and judged against four kinds of negatives, and the candidates of each node
are ranked.
"""
