"""A classifier as an ONNX file, written node by node.

Batch normalisation is folded into the convolution before it. Inputs: `pixels`, float32
in [0, 1], shape (N, 3, S, S). Outputs: `scores`, `features` (the mean of the last map)
and `evidence` (what each cell of the map adds to each score).
"""

import json
import operator
import warnings
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import fx, nn

from bioloom.images.models.inference import ABOUT
from bioloom.images.models.lite import SameConv2d
from bioloom.images.models.networks import BACKBONES, Classifier
from bioloom.images.settings import SIDE_STEP
from bioloom.run.output import written_aside

OPSET, IR_VERSION = 17, 8
HEAD_OUTPUTS = frozenset({"pooled", "features", "scores", "evidence"})
"""Outputs of the nodes that are not the backbone's."""
_ADDS = (operator.add, operator.iadd, torch.add)


class _Tracer(fx.Tracer):
    """Traces a network down to its layers, including our own kinds."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, SameConv2d) or super().is_leaf_module(
            m, module_qualified_name
        )


def write_onnx(
    model: Classifier, path: Path, *, side: int, about: Mapping[str, Any]
) -> None:
    """Write a classifier, with `about` as JSON metadata.

    Parameters
    ----------
    model
        In evaluation mode.
    path
        File to write.
    side
        Pixels of the pictures.
    about
        Class names, temperature and everything else needed to read it.
    """
    network = _by_nodes(model, side) if model.backbone in BACKBONES else _traced(model)
    del network.metadata_props[:]
    metadata = network.metadata_props.add()
    metadata.key, metadata.value = ABOUT, json.dumps(dict(about), sort_keys=True)
    onnx.checker.check_model(network)
    with written_aside(path) as partial:
        partial.write_bytes(network.SerializeToString(deterministic=True))


def _by_nodes(model: Classifier, side: int) -> onnx.ModelProto:
    """One of our networks, node by node."""
    graph = _Graph()
    graph.constant("mean", model.mean.numpy())
    graph.constant("std", model.std.numpy())
    shifted = graph.node("Sub", ["pixels", "mean"])
    entry = graph.node("Div", [shifted, "std"])
    if model.is_mirrored:
        graph.body(model.body, entry, "cells.plain")
        graph.body(model.body, graph.mirrored(entry), "cells.turned")
        both = graph.node("Add", ["cells.plain", graph.mirrored("cells.turned")])
        graph.constant("half", np.array(0.5))
        graph.node("Mul", [both, "half"], "cells")
    else:
        graph.body(model.body, entry, "cells")
    graph.node("GlobalAveragePool", ["cells"], "pooled")
    graph.node("Flatten", ["pooled"], "features", axis=1)
    graph.constant("head.weight", model.head.weight.detach().numpy())
    graph.constant("head.bias", model.head.bias.detach().numpy())
    graph.node("Gemm", ["features", "head.weight", "head.bias"], "scores", transB=1)
    cell = model.head.weight.detach().numpy() / (side // SIDE_STEP) ** 2
    graph.constant("cell.weight", cell[:, :, None, None])
    graph.node("Conv", ["cells", "cell.weight"], "evidence")
    return graph.model(side, model)


class _Outputs(nn.Module):
    """A classifier with the three outputs of our files."""

    def __init__(self, model: Classifier) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Scores, features and evidence."""
        cells = self.model.feature_map(x)
        features = cells.mean(dim=(2, 3))
        return self.model.head(features), features, self.model.evidence_of(cells)


def _traced(model: Classifier) -> onnx.ModelProto:
    """Any other network, as torch traces it for one size of picture."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        path = Path(folder) / "traced.onnx"
        warnings.simplefilter("ignore")  # tracing fixes the size, which is meant
        torch.onnx.export(
            _Outputs(model).eval(),
            (torch.zeros(2, 3, model.side, model.side),),
            path,
            dynamo=False,  # the other exporter needs a package more
            input_names=["pixels"],
            output_names=["scores", "features", "evidence"],
            dynamic_axes={"pixels": {0: "N"}},
            opset_version=OPSET,
        )
        return onnx.load(path)


class _Graph:
    """Nodes and constants of an ONNX graph as they are added."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, NDArray[np.float32]] = {}
        self._integers: dict[str, NDArray[np.int64]] = {}
        self._convolution_of: dict[str, str] = {}

    def constant(self, name: str, values: NDArray[np.floating]) -> None:
        """Add an array under a name."""
        self._constants[name] = np.array(values, dtype=np.float32)  # a copy

    def node(
        self, kind: str, inputs: list[str], output: str = "", **attributes: Any
    ) -> str:
        """Add a node; the name of its output."""
        output = output or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(
            helper.make_node(kind, inputs, [output], name=output, **attributes)
        )
        return output

    def mirrored(self, entry: str) -> str:
        """Add the left-right mirror image of a map; the name of its output."""
        for name, value in (("last", -1), ("before", -(2**31)), ("across", 3)):
            self._integers[name] = np.array([value], dtype=np.int64)
        return self.node("Slice", [entry, "last", "before", "across", "last"])

    def body(self, body: nn.Module, entry: str, output: str) -> None:
        """Add a network that ends in `output`; a second one shares its constants."""
        traced = _Tracer().trace(body)
        modules = dict(body.named_modules())
        names: dict[fx.Node, str] = {}
        for node in traced.nodes:
            if node.op == "placeholder":
                names[node] = entry
            elif node.op == "output":
                self.node("Identity", [names[node.args[0]]], output)
            elif node.op == "call_module":
                layer = modules[str(node.target)]
                names[node] = self._layer(layer, names[node.args[0]], str(node.target))
            elif node.op == "call_function" and node.target in _ADDS:
                inputs = [names[argument] for argument in node.args[:2]]
                names[node] = self.node("Add", inputs)
            elif node.op == "call_function" and node.target is torch.cat:
                parts = [names[part] for part in node.args[0]]
                names[node] = self.node("Concat", parts, axis=1)
            else:
                raise NotImplementedError(str(node))

    def _layer(self, layer: nn.Module, entry: str, name: str) -> str:
        if isinstance(layer, nn.Conv2d):
            return self._convolution(layer, entry, name)
        if isinstance(layer, nn.BatchNorm2d):
            return self._folded(layer, entry)
        if isinstance(layer, nn.MaxPool2d):
            return self.node("MaxPool", [entry], **_window(layer))
        if isinstance(layer, nn.ReLU6):
            for key, value in (("zero", 0), ("six", 6)):
                self.constant(key, np.array(value, dtype=np.float32))
            return self.node("Clip", [entry, "zero", "six"])
        if isinstance(layer, nn.ReLU):
            return self.node("Relu", [entry])
        raise NotImplementedError(type(layer).__name__)

    def _convolution(self, layer: nn.Conv2d, entry: str, name: str) -> str:
        weight = layer.weight.detach().numpy()
        self.constant(f"{name}.weight", weight)
        self.constant(f"{name}.bias", np.zeros(len(weight)))
        output = self.node(
            "Conv",
            [entry, f"{name}.weight", f"{name}.bias"],
            group=layer.groups,
            **_window(layer),
        )
        self._convolution_of[output] = name
        return output

    def _folded(self, layer: nn.BatchNorm2d, entry: str) -> str:
        """Fold a normalisation into the convolution before it."""
        name = self._convolution_of[entry]
        mean, var = layer.running_mean, layer.running_var
        assert mean is not None  # noqa: S101 (running statistics are on)
        assert var is not None  # noqa: S101
        scale = layer.weight / torch.sqrt(var + layer.eps)
        shift = layer.bias - mean * scale
        self._constants[f"{name}.weight"] *= scale.detach().numpy().reshape(-1, 1, 1, 1)
        self._constants[f"{name}.bias"] += shift.detach().numpy()
        return entry

    def model(self, side: int, model: Classifier) -> onnx.ModelProto:
        """The finished graph."""
        cells = side // SIDE_STEP
        n_features, n_classes = model.head.in_features, model.head.out_features
        shapes = {
            "scores": ["N", n_classes],
            "features": ["N", n_features],
            "evidence": ["N", n_classes, cells, cells],
        }
        graph = helper.make_graph(
            self._nodes,
            "bioloom",
            [_info("pixels", ["N", 3, side, side])],
            [_info(name, shape) for name, shape in shapes.items()],
            [
                numpy_helper.from_array(values, name=name)
                for name, values in (self._constants | self._integers).items()
            ],
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(
            graph,
            producer_name="bioloom",
            opset_imports=[opset],
            ir_version=IR_VERSION,
        )


def _info(name: str, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _window(layer: nn.Conv2d | nn.MaxPool2d) -> dict[str, Any]:
    """Kernel, stride and padding in ONNX's form."""
    if isinstance(layer, SameConv2d):
        before, after = layer.same_padding
    else:
        before = after = _first(layer.padding)
    return {
        "kernel_shape": [_first(layer.kernel_size)] * 2,
        "strides": [_first(layer.stride)] * 2,
        "pads": [before, before, after, after],
    }


def _first(value: Any) -> int:
    return int(value[0] if isinstance(value, tuple) else value)
