"""From a group's maps back to the time courses and maps of one session."""

import numpy as np

from scan2map.ica.reduction import normalise_variance, reduce_session


def dual_regression(data, maps, normalise=False):
    """Regress maps on a session, then the session on the time courses found.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD in the mask, any unit.
    maps : ndarray, shape (n_components, n_voxels)
        The group's maps.
    normalise : bool
        Give time courses the variance 1 before the second regression: maps then hold
        amplitude as well as shape (FSL's ``--des_norm``). Without it, amplitude stays
        in the time courses.

    Returns
    -------
    courses : ndarray, shape (n_volumes, n_components)
        Of the first regression, never normalised: their standard deviation is the
        activity of the component. Unit of the data per unit of the maps.
    session_maps : ndarray of float32, shape (n_components, n_voxels)
        Coefficients of the second regression. Where filtering and confounds left a
        session fewer dimensions than there are components, time courses are linearly
        dependent, and of all coefficients that fit as well these have the smallest
        norm (with time courses of variance 1).

    Raises
    ------
    ValueError
        Numbers of voxels differ, or maps are linearly dependent.

    References
    ----------
    Nickerson L.D. et al. (2017), Frontiers in Neuroscience, doi
    10.3389/fnins.2017.00115.
    """
    if data.shape[1] != maps.shape[1]:
        raise ValueError(
            f"the session has {data.shape[1]} voxels, the maps have {maps.shape[1]}: "
            "use the mask the maps were made with"
        )
    centred = data - data.mean(0)
    spatial = maps - maps.mean(1, keepdims=True)  # stands for a constant per volume
    courses = _regress(spatial.T, centred.T).T
    courses = courses - courses.mean(0)
    spread = courses.std(0)
    design = courses / np.where(spread > 0, spread, 1)
    session_maps = _pseudo_inverse(design) @ centred
    if not normalise:
        session_maps /= np.where(spread > 0, spread, 1)[:, None]
    return courses, session_maps.astype(np.float32)


def gica1(reduced, components, mixing):
    """Back-project a group's components to one session.

    Parameters
    ----------
    reduced : ndarray, shape (n_kept, n_voxels)
        The session as it went into the group's reduction.
    components : ndarray, shape (n_components, n_voxels)
        The group's principal components, as from `GroupReduction.components`.
    mixing : ndarray, shape (n_components, n_components)
        As from `decompose`.

    Returns
    -------
    ndarray of float32, shape (n_components, n_voxels)
        (Gᵢ A)⁻ Rᵢ, with Gᵢ the session's part of the group's reduction. Where the
        reduction was exact, Gᵢ is the regression of the session's data on the group's
        components, which is how it is found here: nothing of a session has to be
        kept. So a session that was not in the group can be projected, too.

    References
    ----------
    Calhoun V.D. et al. (2001), Human Brain Mapping, doi 10.1002/hbm.1048; Erhardt
    E.B. et al. (2011), doi 10.1002/hbm.21170.
    """
    part = _regress(components.T, reduced.T).T
    return (_pseudo_inverse(part @ mixing) @ reduced).astype(np.float32)


def check_dimensions(df, n_components):
    """Check that a session has dimensions enough for its components.

    Parameters
    ----------
    df : int
        Degrees of freedom that denoising left.
    n_components : int

    Raises
    ------
    ValueError
        Time courses of the components would be linearly dependent.
    """
    if df <= n_components:
        raise ValueError(
            f"denoising left {df} degrees of freedom to the session, which cannot tell "
            f"{n_components} components apart, and three times as many are good: ask "
            "for fewer ('ica: components'), regress less out ('func: confounds'), "
            "widen 'func: band', or exclude the session if many volumes are outliers"
        )


class SessionRegression:
    """One session, seen through the components of any number of scopes.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD in the mask, % signal change.
    settings : dict
        With ``back_projection``, ``normalise_courses`` and ``reduce_to``.
    """

    def __init__(self, data, settings):
        self.data, self.normalise = data, settings["normalise_courses"]
        self.reduced = None
        if settings["back_projection"] == "gica1":
            self.reduced = reduce_session(
                normalise_variance(data), settings["reduce_to"]
            )

    def components(self, maps, components=None, mixing=None):
        """Return time courses and maps of one scope's components.

        Parameters
        ----------
        maps, components, mixing : ndarray
            As `read_group` returns them; the last two for GICA1 only.

        Returns
        -------
        courses : ndarray, shape (n_volumes, n_components)
        session_maps : ndarray of float32, shape (n_components, n_voxels)
        """
        courses, own = dual_regression(self.data, maps, self.normalise)
        if self.reduced is not None:
            own = gica1(self.reduced, components, mixing)
        return courses, own


def read_group(maps, group=None):
    """Return what a session's regression needs of a scope, from its files.

    Parameters
    ----------
    maps : str or Path
        ``.npy``, (n_components, n_voxels).
    group : str or Path, optional
        ``.npz`` with ``components`` and ``mixing``; for GICA1.

    Returns
    -------
    tuple of ndarray
        Arguments of `SessionRegression.components`.
    """
    if group is None:
        return (np.load(maps),)
    with np.load(group) as arrays:
        return np.load(maps), arrays["components"], arrays["mixing"]


def describe_components(maps, courses, scope, repetition_time, settings):
    """Return what the JSON beside a session's components says, but its ``Sources``.

    Parameters
    ----------
    maps : ndarray, shape (n_components, n_voxels)
    courses : ndarray, shape (n_volumes, n_components)
        Of the first regression.
    scope : str
        Whose group ICA it was.
    repetition_time : float
        s.
    settings : dict
        With ``back_projection`` and ``normalise_courses``.

    Returns
    -------
    dict
        ``activity`` is the standard deviation of each component's time course.
    """
    if settings["back_projection"] == "gica1":
        unit = "1 (voxels have variance 1 over the run)"
    elif settings["normalise_courses"]:
        unit = "% signal change per standard deviation of the time course"
    else:
        unit = "1 (time courses are in % signal change, group maps have variance 1)"
    return {
        "scope": scope,
        "back_projection": settings["back_projection"],
        "shape": list(maps.shape),
        "channels": [f"component {n}" for n in range(1, len(maps) + 1)],
        "unit": unit,
        "activity": courses.std(0).tolist(),
        "RepetitionTime": repetition_time,
    }


def describe_sessions(descriptions, subjects, sessions):
    """Return what the JSON beside the components of some sessions says.

    Parameters
    ----------
    descriptions : list of dict
        From `describe_components`, session by session, of one scope.
    subjects, sessions : sequence of str
        Whose they are.

    Returns
    -------
    dict
        As of one session; ``shape`` begins with the number of sessions, ``activity``
        and ``RepetitionTime`` have an entry for each.
    """
    each = ("activity", "RepetitionTime")
    return {
        **descriptions[0],
        "subjects": list(subjects),
        "sessions": list(sessions),
        "shape": [len(descriptions), *descriptions[0]["shape"]],
        **{key: [one[key] for one in descriptions] for key in each},
    }


def _regress(design, data):
    """Return least-squares coefficients, (n_regressors, n_columns)."""
    normal = design.T.astype(np.float64) @ design
    size = np.sqrt(np.diag(normal))
    if not (size > 0).all() or np.linalg.cond(normal / np.outer(size, size)) > 1e10:
        raise ValueError("the maps are linearly dependent: ask for fewer components")
    return np.linalg.solve(normal, design.T @ data)


def _pseudo_inverse(design):
    """Return the pseudo-inverse in float32; data are too, so less than 1e-5 is 0."""
    return np.linalg.pinv(design, rcond=1e-5).astype(np.float32)
