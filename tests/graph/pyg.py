"""PyTorch Geometric, the reference, imported without its own warnings."""

import warnings

with warnings.catch_warnings():
    for kind in (DeprecationWarning, FutureWarning):
        warnings.simplefilter("ignore", kind)
    from torch_geometric.io import read_planetoid_data
    from torch_geometric.nn import GATConv, GCN2Conv, GCNConv, RGCNConv, SAGEConv
    from torch_geometric.transforms import NormalizeFeatures

__all__ = [
    "GATConv",
    "GCN2Conv",
    "GCNConv",
    "NormalizeFeatures",
    "RGCNConv",
    "SAGEConv",
    "read_planetoid_data",
]
