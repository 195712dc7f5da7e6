"""CPU time of training and prediction, against the usual script.

    python benchmarks/images_speed.py [--each 120] [--epochs 6]

The script: torchvision's ResNet18 with random weights, float32, batches of 16, 224
pixels, every file decoded by Pillow in every epoch, and at the end a loop that predicts
picture by picture into a CSV file. bioloom: the same network with `--fit all`, and the
default, a head on frozen EfficientNet-Lite0. Pictures are drawn, 320 pixels, half PNG,
half JPEG. User and system time of one thread; whole jobs with Python's start, the rest
within a process. Prints the figures of `docs/images.md`.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import transforms
from torchvision.datasets import ImageFolder
from torchvision.models import resnet18

from bioloom.images.dataset.scan import scan
from bioloom.images.dataset.splits import split_pictures
from bioloom.images.demonstration.creatures import draw_families
from bioloom.images.files.view import Conversion
from bioloom.images.models.networks import Classifier
from bioloom.images.models.opening import open_model
from bioloom.images.models.weights import load_weights
from bioloom.images.settings import Settings
from bioloom.images.training.finetune import fine_tune
from bioloom.images.training.predictions import predicted_parts, write_predictions

SIDE, BATCH = 320, 16


def make_pictures(folder: Path, n: int) -> None:
    """Two families of creatures, enlarged; every second one as JPEG."""
    draw_families(folder, n=n, rng_seed=1)
    for number, path in enumerate(sorted(folder.glob("*/*"))):
        with Image.open(path) as small:
            large = small.convert("RGB").resize((SIDE, SIDE))
        path.unlink()
        large.save(path.with_suffix((".png", ".jpg")[number % 2]))


# -- the script ------------------------------------------------------------------


def evaluated(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    right = n = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x).argmax(1) == y).sum().item()
            n += len(y)
    return right / n


def script(folder: Path, out: Path, epochs: int) -> None:
    """Train, test, predict every picture; print seconds of training and of the loop."""
    torch.set_num_threads(1)
    torch.manual_seed(42)
    norm = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    plain = transforms.Compose(
        [transforms.Resize((224, 224)), transforms.ToTensor(), norm]
    )
    changed = transforms.Compose(
        [
            transforms.Resize((224, 224)),
            transforms.RandomHorizontalFlip(),
            transforms.ColorJitter(0.2, 0.2, 0.2, 0.1),
            transforms.ToTensor(),
            norm,
        ]
    )
    order = torch.randperm(len(ImageFolder(folder))).tolist()
    n_train, n_val = int(0.8 * len(order)), int(0.1 * len(order))
    train = Subset(ImageFolder(folder, changed), order[:n_train])
    val, test = (
        Subset(ImageFolder(folder, plain), part)
        for part in (order[n_train : n_train + n_val], order[n_train + n_val :])
    )
    model = resnet18(weights=None, num_classes=2)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of, best = nn.CrossEntropyLoss(), -1.0
    begin = time.process_time()
    for _ in range(epochs):
        model.train()
        for x, y in DataLoader(train, batch_size=BATCH, shuffle=True):
            optimiser.zero_grad()
            loss_of(model(x), y).backward()
            optimiser.step()
        accuracy = evaluated(model, DataLoader(val, batch_size=BATCH))
        if accuracy > best:
            best = accuracy
            torch.save(model.state_dict(), out / "best.pth")
    trained = time.process_time() - begin
    model.load_state_dict(torch.load(out / "best.pth", weights_only=True))
    evaluated(model, DataLoader(test, batch_size=BATCH))
    begin = time.process_time()
    with (out / "result.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        for path in sorted(folder.glob("*/*")):
            x = plain(Image.open(path).convert("RGB")).unsqueeze(0)
            with torch.no_grad():
                chances = torch.softmax(model(x), 1)[0]
            said = int(chances.argmax())
            writer.writerow([path, said, float(chances[said])])
    looped = time.process_time() - begin
    print(json.dumps({"train": trained, "loop": looped}))


# -- bioloom ---------------------------------------------------------------------


def trained_whole(folder: Path, epochs: int) -> tuple[float, float]:
    """Seconds of reading, and of the epochs, of all weights of the same network."""
    paths = [str(path) for path in sorted(folder.glob("*/*"))]
    y = np.array([path.split("/")[-2] == "moppets" for path in paths]).astype(int)
    split = split_pictures(
        y, np.arange(len(y)), rng_seed=42, class_names=("brackets", "moppets")
    )
    settings = Settings(
        fit="all",
        backbone="resnet18",
        weights="scratch",
        epochs=epochs,
        patience=epochs,
        batch_size=BATCH,
        learning_rate=1e-3,
    )
    model = Classifier("resnet18", 2)
    load_weights(model, "scratch", rng_seed=42)
    begin = time.process_time()
    pixels = np.zeros((len(paths), 224, 224, 3), dtype=np.uint8)
    nobody = np.zeros(len(paths), dtype=bool)  # without an audit, as the script
    scan(paths, pixels, conversion=Conversion(side=pixels.shape[1]), audited=nobody)
    read = time.process_time() - begin
    begin = time.process_time()
    fine_tune(model, (pixels, y, split), settings)
    return read, time.process_time() - begin


def predicted(run: Path, folder: Path, out: Path, *, int8: bool) -> float:
    """Seconds to predict every picture into a CSV file."""
    model = open_model(run, int8=int8)
    begin = time.process_time()
    with out.open("w", encoding="utf-8-sig") as stream:
        write_predictions(predicted_parts(model, [folder]), stream)
    return time.process_time() - begin


def whole_job(*words: object) -> tuple[float, str]:
    """CPU seconds of a process with its start, and what it printed."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    begin = spent()
    command = [sys.executable, *map(str, words)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return spent() - begin, told


HEAD = "from bioloom.cli import main; main()"


def compare(folder: Path, out: Path, epochs: int) -> None:
    n = len(list(folder.glob("*/*")))
    n_seen = int(0.8 * n) * epochs
    theirs, told = whole_job(__file__, "--script", folder, out, "--epochs", epochs)
    seconds = json.loads(told.splitlines()[-1])
    print(f"script: whole job {theirs:.0f} CPU s, {n} pictures", flush=True)
    read, epochs_s = trained_whole(folder, epochs)
    own, usual = (n_seen / one for one in (read + epochs_s, seconds["train"]))
    print(
        f"--fit all: {own:.2f} training pictures/s with reading, script {usual:.2f}: "
        f"ratio {own / usual:.2f}",
        flush=True,
    )
    job = ("images", "train", folder, "--out", out / "run", "--near", "hash")
    ours, _ = whole_job("-c", HEAD, *job)
    print(f"--fit head: {ours:.1f} CPU s, ratio {theirs / ours:.1f}", flush=True)
    whole_job("-c", HEAD, *job, "--int8", "--force")
    for int8 in (False, True):
        took = predicted(out / "run", folder, out / "own.csv", int8=int8)
        name = "8 bits" if int8 else "float32"
        print(
            f"prediction, {name}: {1000 * took / n:.1f} CPU ms a picture, script "
            f"{1000 * seconds['loop'] / n:.1f}: ratio {seconds['loop'] / took:.1f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=120)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--script", type=Path, nargs=2, help="used by itself")
    options = parser.parse_args()
    if options.script:
        script(*options.script, options.epochs)
        return
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "pictures", Path(name) / "out"
        out.mkdir()
        make_pictures(folder, options.each)
        compare(folder, out, options.epochs)


if __name__ == "__main__":
    main()
