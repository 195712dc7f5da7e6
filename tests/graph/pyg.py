"""PyTorch Geometric, the reference, imported without its own warnings."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from torch_geometric.io import read_planetoid_data
    from torch_geometric.nn import GATConv, GCNConv, SAGEConv
    from torch_geometric.transforms import NormalizeFeatures

__all__ = [
    "GATConv",
    "GCNConv",
    "NormalizeFeatures",
    "SAGEConv",
    "read_planetoid_data",
]
