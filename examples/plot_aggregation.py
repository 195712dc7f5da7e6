"""
One step of a graph network: A·H
================================

Each node adds up what its neighbours hold. Six nodes, three features each: the example
of the lecture notes.
"""

from bioloom.graph.explaining.aggregation import six_nodes
from bioloom.graph.explaining.explain_aggregation import explain

print(explain(six_nodes(), "1").to_text())
