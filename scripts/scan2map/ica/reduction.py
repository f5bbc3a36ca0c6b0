"""Principal components of sessions, and of a group in one pass."""

import numpy as np


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
    centred = np.asarray(data, dtype=np.float32)
    centred = centred - centred.mean(0, dtype=np.float64).astype(np.float32)
    sd = np.sqrt(np.square(centred).mean(0, dtype=np.float64)).astype(np.float32)
    usable = sd > 1e-6 * max(float(sd.max(initial=0)), np.finfo(np.float32).tiny)
    return centred * np.where(usable, 1 / np.where(usable, sd, 1), 0)


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
        Orthogonal maps, the strongest first, each with its singular value as norm;
        `n_kept` is `n_components`, or one less than the volumes where these are fewer.

    Raises
    ------
    ValueError
        Values that are not finite, or nothing but zeros.
    """
    if n_components < 1:
        raise ValueError(f"n_components should be at least 1. {n_components} was given")
    return _strongest(data, min(n_components, len(data) - 1))


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
        Components kept between sessions; some times what is asked for at the end.
    """

    def __init__(self, keep):
        self.keep, self.n_sessions, self._seen = keep, 0, None

    def add(self, reduced):
        """Take in one session, (n_kept, n_voxels), as from `reduce_session`.

        Raises
        ------
        ValueError
            The session has another number of voxels than those before.
        """
        if self._seen is None:
            self._seen = np.array(reduced, dtype=np.float32)
        elif reduced.shape[1] != self._seen.shape[1]:
            raise ValueError(
                f"session {self.n_sessions + 1} has {reduced.shape[1]} voxels, those "
                f"before have {self._seen.shape[1]}: use one mask for all"
            )
        else:
            self._seen = np.concatenate([self._seen, reduced], dtype=np.float32)
        if len(self._seen) > self.keep:
            self._seen = _strongest(self._seen, self.keep)
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
        seen = 0 if self._seen is None else len(self._seen)
        if not 1 <= n_components <= seen:
            raise ValueError(
                f"{n_components} components were asked for, {seen} can be had from "
                f"{self.n_sessions} sessions"
            )
        return _strongest(self._seen, n_components)


def _strongest(rows, n):
    """Return the `n` strongest principal directions of rows, scaled by strength."""
    rows = np.asarray(rows, dtype=np.float32)
    gram = (rows @ rows.T).astype(np.float64)
    if not np.isfinite(gram).all():
        raise ValueError("the data have values that are not finite")
    strength, vectors = np.linalg.eigh(gram)
    strength, vectors = strength[::-1][:n], vectors[:, ::-1][:, :n]
    if strength[0] <= 0:
        raise ValueError("the data are 0 everywhere: is the mask right?")
    return vectors.T.astype(np.float32) @ rows
