"""Disjoint groups of numbered things, joined pair by pair (union-find)."""


class Groups:
    """Numbers 0 to n - 1, each its own group at first.

    Notes
    -----
    A join takes nearly constant time.

    Examples
    --------
    >>> groups = Groups(4)
    >>> groups.join(3, 1)
    >>> groups.roots()
    [0, 1, 2, 1]
    """

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def root(self, number: int) -> int:
        """Lowest number of the group."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one group of the groups of two numbers."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def roots(self) -> list[int]:
        """Lowest number of the group of each number."""
        return [self.root(number) for number in range(len(self._parent))]
