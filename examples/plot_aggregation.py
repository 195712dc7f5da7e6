"""
One step of a graph network: A·H
================================

Each node adds up what its neighbours hold. Six nodes, three features each: the example
of the lecture notes.
"""

from bioloom.graph.aggregation import six_nodes
from bioloom.graph.explain import explain

print(explain(six_nodes(), "1").to_text())
