"""Repulsion between bodies, summed over a pyramid of grids.

Level l of the pyramid has 2ˡ by 2ˡ cells over one square. A cell looks at its eight
neighbours of the finest level body by body, and at all that is farther away as cells:
on each level those that lie beyond its neighbours but not beyond its parent's. So a
pass costs n log n, not n².
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioloom.run.jit import kernel

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


class Edges(NamedTuple):
    """Rows of an adjacency matrix, as in scipy's CSR format."""

    indptr: NDArray[np.integer]
    indices: NDArray[np.integer]
    values: Floats


class Grid(NamedTuple):
    """Bodies in the order of their cells.

    Parameters
    ----------
    bodies
        Rows (x, y, charge).
    begins
        Where each cell's bodies begin; one more entry than cells.
    order
        Number that each body had before.
    """

    bodies: Floats
    begins: Numbers
    order: Numbers


class Square(NamedTuple):
    """The square that the grids cover."""

    left: float
    bottom: float
    side: float


class Cell(NamedTuple):
    """Place of a cell in the finest grid."""

    row: int
    column: int


MOST_SOURCES = 27 * 16  # cells that a cell looks at, over all levels


@kernel
def sorted_by_cell(bodies: Floats, square: Square, level: int) -> Grid:
    """Sort bodies, rows (x, y, charge), by the cells of the finest grid."""
    left, bottom, side = square
    n = 1 << level
    cells = np.empty(len(bodies), dtype=np.int64)
    begins = np.zeros(n * n + 1, dtype=np.int64)
    for i in range(len(bodies)):
        column = min(n - 1, max(0, int((bodies[i, 0] - left) / side * n)))
        row = min(n - 1, max(0, int((bodies[i, 1] - bottom) / side * n)))
        cells[i] = row * n + column
        begins[cells[i] + 1] += 1
    begins = np.cumsum(begins)
    filled = begins.copy()
    order = np.empty(len(bodies), dtype=np.int64)
    for i in range(len(bodies)):
        order[filled[cells[i]]] = i
        filled[cells[i]] += 1
    return Grid(bodies[order], begins, order)


@kernel
def first_cell(level: int) -> int:
    """Where a level begins in the pyramid: after 1 + 4 + 16 + … cells."""
    return ((1 << 2 * level) - 1) // 3


@kernel
def pyramid_of(grid: Grid, level: int) -> Floats:
    """Centre and charge, (x, y, charge), of every cell of every level."""
    bodies, begins, _ = grid
    cells = np.zeros((first_cell(level + 1), 3), dtype=np.float32)
    for k in range(len(begins) - 1):
        cell = cells[first_cell(level) + k]
        for i in range(begins[k], begins[k + 1]):
            _join(cell, bodies[i])
    for upper in range(level - 1, -1, -1):
        n = 1 << upper
        for row in range(2 * n):
            for column in range(2 * n):
                part = first_cell(upper + 1) + row * 2 * n + column
                cell = first_cell(upper) + (row // 2) * n + column // 2
                _join(cells[cell], cells[part])
    return cells


@kernel
def _join(cell: Floats, part: Floats) -> None:
    """Add a part to a cell: charges add up, the centre is their mean."""
    total = cell[2] + part[2]
    if total > 0:
        share = part[2] / total
        cell[0] += share * (part[0] - cell[0])
        cell[1] += share * (part[1] - cell[1])
        cell[2] = total


@kernel
def _far_cells(cells: Floats, place: Cell, level: int, far: Floats) -> int:
    """Collect the cells that a cell of the finest level looks at; how many they are."""
    count = 0
    for upper in range(2, level + 1):
        n = 1 << upper
        row, column = place.row >> (level - upper), place.column >> (level - upper)
        top, right = min(n, 2 * (row // 2) + 4), min(n, 2 * (column // 2) + 4)
        for r in range(max(0, 2 * (row // 2) - 2), top):
            for c in range(max(0, 2 * (column // 2) - 2), right):
                cell = cells[first_cell(upper) + r * n + c]
                if cell[2] > 0 and (abs(r - row) > 1 or abs(c - column) > 1):
                    far[count] = cell
                    count += 1
    return count


@kernel
def repel(grid: Grid, level: int, softening: float, out: Floats) -> None:
    """``out_i = sum_j charge_j (x_i - x_j) / (|x_i - x_j|² + softening)``."""
    bodies, begins, _ = grid
    cells = pyramid_of(grid, level)
    n = 1 << level
    far = np.empty((MOST_SOURCES, 3), dtype=np.float32)
    for row in range(n):
        for column in range(n):
            k = row * n + column
            if begins[k] == begins[k + 1]:
                continue
            count = _far_cells(cells, Cell(row, column), level, far)
            for i in range(begins[k], begins[k + 1]):
                out[i] = 0
                _push(bodies[i], far[:count], softening, out[i])
                for r in range(max(0, row - 1), min(n, row + 2)):
                    first = begins[r * n + max(0, column - 1)]
                    last = begins[r * n + min(n, column + 2)]
                    _push(bodies[i], bodies[first:last], softening, out[i])


@kernel
def _push(body: Floats, sources: Floats, softening: float, out: Floats) -> None:
    x, y = body[0], body[1]
    soft = np.float32(softening)
    along, across = np.float32(0), np.float32(0)
    for j in range(len(sources)):
        dx, dy = x - sources[j, 0], y - sources[j, 1]
        force = sources[j, 2] / (dx * dx + dy * dy + soft)
        along += force * dx
        across += force * dy
    out[0] += along
    out[1] += across


@kernel
def attract(edges: Edges, places: Floats, out: Floats) -> None:
    """``out_i = sum_j A_ij (x_j - x_i)``."""
    indptr, indices, values = edges
    for i in range(len(indptr) - 1):
        x, y = places[i, 0], places[i, 1]
        along, across = np.float32(0), np.float32(0)
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            along += values[k] * (places[j, 0] - x)
            across += values[k] * (places[j, 1] - y)
        out[i, 0], out[i, 1] = along, across
