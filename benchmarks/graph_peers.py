"""The well-known training scripts on PyTorch Geometric's own layers, written anew.

GCN, GAT, GraphSAGE and GCNII with the settings that PyTorch Geometric's examples use on
Planetoid's data: dense row-normalised features, 200 epochs over the whole graph, all
nodes evaluated in every epoch, the test accuracy of the epoch with the best validation
accuracy. GCNII's adjacency is normalised once, and sparse, as in its example. Imported
by the benchmarks beside it.
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
    from torch_geometric.nn import GATConv, GCN2Conv, GCNConv, SAGEConv
    from torch_geometric.nn.conv.gcn_conv import gcn_norm
    from torch_geometric.transforms import NormalizeFeatures, ToSparseTensor

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


class ManyConvolutions(nn.Module):
    def __init__(self, n_in: int, n_classes: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(n_in, 64), nn.Linear(64, n_classes)
        shape = {"channels": 64, "alpha": 0.1, "theta": 0.5, "normalize": False}
        self.layers = nn.ModuleList(
            GCN2Conv(**shape, layer=number) for number in range(1, 65)
        )

    def dropped(self, hidden: torch.Tensor) -> torch.Tensor:
        return functional.dropout(hidden, 0.6, self.training)

    def forward(self, data: Data) -> torch.Tensor:
        if "adj_t" not in data:
            with warnings.catch_warnings():  # sparse tensors are said to be new
                warnings.simplefilter("ignore", UserWarning)
                data.adj_t = gcn_norm(ToSparseTensor()(data.clone()).adj_t)[0]
        hidden = first = self.first(self.dropped(data.x)).relu()
        for layer in self.layers:
            hidden = layer(self.dropped(hidden), first, data.adj_t).relu()
        return self.last(self.dropped(hidden))


def gcnii(n_in: int, n_classes: int):
    model = ManyConvolutions(n_in, n_classes)
    dense = [*model.first.parameters(), *model.last.parameters()]
    groups = [
        {"params": model.layers.parameters(), "weight_decay": 0.01},
        {"params": dense, "weight_decay": 5e-4},
    ]
    return model, torch.optim.Adam(groups, lr=0.01)


MODELS = {"gcn": gcn, "gat": gat, "sage": sage, "gcnii": gcnii}


def read(folder: Path, name: str) -> Data:
    return NormalizeFeatures()(read_planetoid_data(str(folder), name))


def train(data: Data, name: str, *, rng_seed: int, n_epochs: int = N_EPOCHS) -> float:
    """Test accuracy of the epoch with the best validation accuracy."""
    torch.manual_seed(rng_seed)
    model, optimiser = MODELS[name](data.num_features, int(data.y.max()) + 1)
    best_val = test_then = 0.0
    for _ in range(n_epochs):
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
