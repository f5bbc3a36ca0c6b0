"""Which columns of numbers depend on others; standard library only."""

import math

NEGLIGIBLE = 1e-9
"""What is left of a column of unit length when it depends on the columns before."""


class Basis:
    """An orthonormal basis that grows column by column."""

    def __init__(self):
        self._vectors = []

    def __len__(self):
        return len(self._vectors)

    def extend(self, values):
        """Add a column unless it depends on those before; tell whether it was added."""
        length = math.hypot(*values)
        if not length:
            return False
        rest = [value / length for value in values]
        for _ in range(2):  # twice: rounding of the first pass goes by the second
            for vector in self._vectors:
                along = sum(a * b for a, b in zip(rest, vector, strict=True))
                rest = [a - along * b for a, b in zip(rest, vector, strict=True)]
        length = math.hypot(*rest)
        if length < NEGLIGIBLE:
            return False
        self._vectors.append([value / length for value in rest])
        return True
