"""Node classification on graphs, and neighbourhood aggregation explained.

A node's class is predicted from its features and its neighbours', by GCN, GAT,
GraphSAGE, GRAND or GCNII (`bioloom.graph.training_run.train`).

Inputs: Planetoid's raw files, an edge list with a node table, GraphML, or AnnData's
neighbour graph (`bioloom.graph.data.sources.Source`). Outputs: predictions and
probabilities of all nodes, weights, tables and figures in a run folder
(`bioloom.graph.training_run.run_training`); from there explanations
(`bioloom.graph.explaining.explain_prediction.explain_prediction`) and pictures
(`bioloom.graph.drawing.view.draw_run`). Aggregation alone:
`bioloom.graph.explaining.explain_aggregation.explain`.

References
----------
Kipf T.N., Welling M. (2017) Semi-supervised classification with graph convolutional
networks. ICLR. arXiv:1609.02907
"""
