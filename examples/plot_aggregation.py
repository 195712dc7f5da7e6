"""
One step of a graph network: A·H
================================

Each node adds up its neighbours' features. Six nodes, three features each: the example
of the lecture notes. In the shell: ``bioloom graph explain --node 1``.
"""

import bioloom as bl

print(bl.graph.explain(node=1).to_text())
