"""The well-known training scripts on PyTorch Geometric's own layers, written anew.

GCN, GAT and GraphSAGE with the settings that PyTorch Geometric's examples use on
Planetoid's data: dense row-normalised features, 200 epochs over the whole graph, all
nodes evaluated in every epoch, the test accuracy of the epoch with the best validation
accuracy. Imported by the benchmarks beside it.
"""

import warnings
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from torch_geometric.data import Data
    from torch_geometric.io import read_planetoid_data
    from torch_geometric.nn import GATConv, GCNConv, SAGEConv
    from torch_geometric.transforms import NormalizeFeatures

N_EPOCHS = 200


class TwoConvolutions(nn.Module):
    def __init__(self, first: nn.Module, second: nn.Module, *, p: float, sigma) -> None:
        super().__init__()
        self.first, self.second, self.p, self.sigma = first, second, p, sigma

    def forward(self, data: Data) -> torch.Tensor:
        hidden = functional.dropout(data.x, self.p, self.training)
        hidden = self.sigma(self.first(hidden, data.edge_index))
        hidden = functional.dropout(hidden, self.p, self.training)
        return self.second(hidden, data.edge_index)


def gcn(n_in: int, n_classes: int):
    layers = GCNConv(n_in, 16), GCNConv(16, n_classes)
    model = TwoConvolutions(*layers, p=0.5, sigma=functional.relu)
    groups = [
        {"params": layers[0].parameters(), "weight_decay": 5e-4},
        {"params": layers[1].parameters(), "weight_decay": 0},
    ]
    return model, torch.optim.Adam(groups, lr=0.01)


def gat(n_in: int, n_classes: int):
    first = GATConv(n_in, 8, heads=8, dropout=0.6)
    second = GATConv(64, n_classes, heads=1, concat=False, dropout=0.6)
    model = TwoConvolutions(first, second, p=0.6, sigma=functional.elu)
    return model, torch.optim.Adam(model.parameters(), lr=0.005, weight_decay=5e-4)


def sage(n_in: int, n_classes: int):
    layers = SAGEConv(n_in, 16), SAGEConv(16, n_classes)
    model = TwoConvolutions(*layers, p=0.5, sigma=functional.relu)
    return model, torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)


MODELS = {"gcn": gcn, "gat": gat, "sage": sage}


def read(folder: Path, name: str) -> Data:
    return NormalizeFeatures()(read_planetoid_data(str(folder), name))


def train(data: Data, name: str, *, rng_seed: int) -> float:
    """Test accuracy of the epoch with the best validation accuracy."""
    torch.manual_seed(rng_seed)
    model, optimiser = MODELS[name](data.num_features, int(data.y.max()) + 1)
    best_val = test_then = 0.0
    for _ in range(N_EPOCHS):
        model.train()
        optimiser.zero_grad()
        scores = model(data)[data.train_mask]
        functional.cross_entropy(scores, data.y[data.train_mask]).backward()
        optimiser.step()
        val, test = evaluate(model, data)
        if val > best_val:
            best_val, test_then = val, test
    return test_then


@torch.no_grad()
def evaluate(model: nn.Module, data: Data) -> list[float]:
    model.eval()
    is_right = model(data).argmax(dim=1) == data.y
    masks = data.val_mask, data.test_mask
    return [is_right[mask].float().mean().item() for mask in masks]
