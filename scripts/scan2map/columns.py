"""Which columns of numbers depend on others; standard library only."""

import math

NEGLIGIBLE = 1e-3
"""What is left of a column of unit length when it depends on the columns before.

Numbers in tables have few digits: a sum of columns that were rounded to a thousandth of
their spread differs from them by about as much. An effect of what is left would have a
standard error a thousand times that of an effect of the whole column.
"""

ROUNDING = 1e-12
"""What arithmetic leaves of a column of unit length that is the same in every row."""


def about_mean(values):
    """Return a column without its mean; zeros where all values are alike."""
    mean = math.fsum(values) / len(values)
    rest = [value - mean for value in values]
    if math.hypot(*rest) <= ROUNDING * math.hypot(*values):
        return [0.0] * len(values)
    return rest


class Basis:
    """An orthonormal basis that grows column by column.

    Parameters
    ----------
    least : float
        What is left of a column of unit length that does not depend on those before.
    """

    def __init__(self, least=NEGLIGIBLE):
        self.vectors, self._least = [], least

    def __len__(self):
        return len(self.vectors)

    def extend(self, values):
        """Add a column unless it depends on those before; tell whether it was added."""
        length = math.hypot(*values)
        if not length:
            return False
        rest = [value / length for value in values]
        for _ in range(2):  # twice: rounding of the first pass goes by the second
            for vector in self.vectors:
                along = sum(a * b for a, b in zip(rest, vector, strict=True))
                rest = [a - along * b for a, b in zip(rest, vector, strict=True)]
        length = math.hypot(*rest)
        if length < self._least:
            return False
        self.vectors.append([value / length for value in rest])
        return True
