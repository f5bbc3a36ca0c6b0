"""Principal components of sessions, and of a group in one pass."""

import numpy as np

BLOCK = 8192
"""Voxels per product where rows are replaced in place."""

ROUNDING = 1e-6
"""A principal component with less than this of the strongest one's variance is none:
sums are in float32."""

LEAST_NOISE = 0.1
"""Of a voxel's standard deviation: where components explain nearly all, their maps
would otherwise grow without limit."""


def normalise_variance(data):
    """Give every voxel's time course the mean 0 and the variance 1.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD in the mask, any unit.

    Returns
    -------
    ndarray of float32, shape of `data`
        Voxels without variance are 0.
    """
    data = np.array(data, dtype=np.float32)
    data -= data.mean(0, dtype=np.float64).astype(np.float32)
    sd = np.sqrt(np.einsum("ij,ij->j", data, data) / np.float32(len(data)))
    usable = sd > 1e-6 * max(float(sd.max(initial=0)), np.finfo(np.float32).tiny)
    data *= np.where(usable, 1 / np.where(usable, sd, 1), 0)
    return data


def reduce_session(data, n_components):
    """Keep the strongest principal components of one session in time.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        Time courses of mean 0, as from `normalise_variance`.
    n_components : int
        How many to keep; the paper's 64.

    Returns
    -------
    ndarray of float32, shape (n_kept, n_voxels)
        Orthogonal maps, the strongest first, each with its singular value as norm.
        Fewer than `n_components` where the session has fewer dimensions: volumes, less
        what filtering and confounds took.

    Raises
    ------
    ValueError
        Values that are not finite, or nothing but zeros.
    """
    if n_components < 1:
        raise ValueError(f"n_components should be at least 1. {n_components} was given")
    data = np.asarray(data, dtype=np.float32)
    return _directions(data, n_components).T @ data


def rows_between(n_components, reduce_to):
    """Return how many components to keep between sessions.

    Parameters
    ----------
    n_components : int
        Asked for at the end.
    reduce_to : int
        Kept of each session.

    Returns
    -------
    int
        Four times the one or twice the other, whichever is more: what a session adds
        is then compared with more than one session before it is cut.
    """
    return max(4 * n_components, 2 * reduce_to)


class GroupReduction:
    """Principal components of all sessions' reduced data, session by session.

    The concatenation over sessions is never held: after each session, what has been
    seen is again cut down to `keep` components, as in MIGP (Smith et al. 2014, doi
    10.1016/j.neuroimage.2014.07.051). Memory does not depend on the number of
    sessions. Where `keep` is at least the number of rows of all sessions the result is
    that of the concatenation, exactly.

    Parameters
    ----------
    keep : int
        Components kept between sessions; `rows_between` has a default.
    """

    def __init__(self, keep):
        self.keep, self.n_sessions = keep, 0
        self._rows, self._seen = None, 0  # the first `_seen` rows are in use
        self._energy = 0.0

    def add(self, reduced):
        """Take in one session, (n_kept, n_voxels), as from `reduce_session`.

        Raises
        ------
        ValueError
            The session has another number of voxels than those before, or values that
            are not finite.
        """
        room = (self.keep + len(reduced), reduced.shape[1])
        if self._rows is None:
            self._rows = np.empty(room, dtype=np.float32)
        elif reduced.shape[1] != self._rows.shape[1]:
            raise ValueError(
                f"session {self.n_sessions + 1} has {reduced.shape[1]} voxels, those "
                f"before have {self._rows.shape[1]}: use one mask for all"
            )
        total = self._seen + len(reduced)
        if total > len(self._rows):  # this session has more rows than those before
            seen, self._rows = self._rows[: self._seen], np.empty(room, np.float32)
            self._rows[: self._seen] = seen
        self._rows[self._seen : total] = reduced
        self._energy = self._energy + np.einsum("ij,ij->j", reduced, reduced)
        self._seen = min(total, self.keep)
        if total > self.keep:
            rows = self._rows[:total]
            _rotate(rows, _directions(rows, self.keep))
        self.n_sessions += 1

    def components(self, n_components):
        """Return the group's strongest components.

        Parameters
        ----------
        n_components : int
            At most `keep`.

        Returns
        -------
        ndarray of float32, shape (n_components, n_voxels)
            Orthogonal maps, the strongest first, with their singular values as norms.

        Raises
        ------
        ValueError
            Fewer components were seen than are asked for.
        """
        rows = self._rows[: self._seen] if self._seen else np.empty((0, 0))
        directions = _directions(rows, n_components) if self._seen else rows
        if not 1 <= n_components <= directions.shape[1]:
            raise ValueError(
                f"{n_components} components were asked for, {directions.shape[1]} can "
                f"be had from {self.n_sessions} sessions: ask for fewer components, or "
                "give more sessions or volumes"
            )
        return directions.T @ rows

    def noise(self, components):
        """Return how much of the sessions the group's components do not explain.

        Parameters
        ----------
        components : ndarray, shape (n_components, n_voxels)
            From `components`.

        Returns
        -------
        ndarray of float32, shape (n_voxels,)
            Standard deviation of the residual, in that of the voxel in all sessions;
            at least `LEAST_NOISE`, and 1 where no session has data.
        """
        explained = np.einsum("ij,ij->j", components, components)
        energy = np.where(self._energy > 0, self._energy, np.inf)
        left = np.sqrt(np.clip(1 - explained / energy, LEAST_NOISE**2, 1))
        return left.astype(np.float32)


def _directions(rows, n):
    """Return the weights of rows in up to `n` strongest principal components.

    Returns
    -------
    ndarray of float32, shape (n_rows, n)
        Orthonormal columns: ``directions.T @ rows`` are the components. Fewer than `n`
        where the others are rounding.
    """
    gram = (rows @ rows.T).astype(np.float64)
    if not np.isfinite(gram).all():
        raise ValueError("the data have values that are not finite")
    strength, vectors = np.linalg.eigh(gram)
    if strength[-1] <= 0:
        raise ValueError("the data are 0 everywhere: is the mask right?")
    n = min(n, int((strength > ROUNDING * strength[-1]).sum()))
    return vectors[:, ::-1][:, :n].astype(np.float32)


def _rotate(rows, directions):
    """Put the components into the first of the rows, block by block of voxels."""
    n = directions.shape[1]
    for first in range(0, rows.shape[1], BLOCK):
        block = rows[:, first : first + BLOCK]
        block[:n] = directions.T @ block
