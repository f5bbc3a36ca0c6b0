"""What a permutation is asked for, without the compiler that it needs."""

from typing import NamedTuple

PERMUTATIONS = ("permutation-max-t", "permutation-cluster", "permutation-tfce")
"""Corrections by permutation."""


class Permuting(NamedTuple):
    """What is rearranged, and how often.

    Attributes
    ----------
    exchange : {"labels", "signs"}
        See `exchange.rearrange`.
    blocks : sequence, length n
        Images that stay together: participants.
    n : int
        Rearrangements beside the original.
    seed : int
    extent, height, connectivity : float, float, int
        Of TFCE.
    threads : int, optional
        All cores by default; results do not depend on it.
    """

    exchange: str
    blocks: list
    n: int = 5000
    seed: int = 0
    extent: float = 0.5
    height: float = 2.0
    connectivity: int = 6
    threads: int | None = None


class Retrained(NamedTuple):
    """The statistic's maps of networks that were trained on permuted labels.

    Attributes
    ----------
    maps : iterable of ndarray, shape (voxels,)
        Read once, one after the other.
    extrapolate : bool
        Fit a Pareto distribution to the tail of their largest values (`tail`).
    """

    maps: object
    extrapolate: bool = False
