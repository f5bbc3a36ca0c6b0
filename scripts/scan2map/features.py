"""What a network sees: one array per session, and its scaling."""

import hashlib
import json
from pathlib import Path

import numpy as np

from scan2map.reorient import mirror

CHANNELS = ("Dxx", "Dxy", "Dxz", "Dyy", "Dyz", "Dzz")
"""Order of the components of a tensor on the last axis of a feature."""


def tensor_feature(tensor, mask, mirrored=False, highest_md=None):
    """Return a session's tensors as a network gets them.

    Parameters
    ----------
    tensor : ndarray, shape (x, y, z, 6)
        Components in the order of `CHANNELS`, mm²/s, world RAS+ frame.
    mask : ndarray of bool, shape (x, y, z)
        Voxels with a usable tensor; all others become zero.
    mirrored : bool
        Reflect the brain left to right, tensors included: for a disease of one side,
        so that every patient's affected side is the right one.
    highest_md : float, optional
        Mean diffusivity in mm²/s above which a voxel counts as cerebrospinal fluid and
        becomes zero. Its amount beside the brain varies more between people than
        tissue does, and small cohorts are learnt by heart from it. None keeps it, as
        Estudillo-Romero et al. (2022) did.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 6)
        mm²/s; zero outside `mask`, and in fluid where asked for.

    Raises
    ------
    ValueError
        The shapes do not belong together, or nothing usable is inside the mask.
    """
    if tensor.shape != (*mask.shape, len(CHANNELS)):
        raise ValueError(
            f"a tensor image of shape {(*mask.shape, len(CHANNELS))} was expected for "
            f"a mask of shape {mask.shape}, got {tensor.shape}"
        )
    feature = np.where(mask[..., None], tensor, 0).astype(np.float32)
    if not np.isfinite(feature).all():
        raise ValueError("the tensor image has values that are not finite in its mask")
    if highest_md is not None:
        feature[feature[..., [0, 3, 5]].mean(-1) > highest_md] = 0
    if not feature.any():
        raise ValueError(
            "the tensor image is zero everywhere in its mask, or above "
            "'features: highest_md'"
        )
    return mirror(feature) if mirrored else feature


def describe_feature(feature, affine, space, mirrored, highest_md=None):
    """Return what the JSON file beside a feature says."""
    return {
        "shape": list(feature.shape),
        "channels": list(CHANNELS),
        "frame": "world RAS+ (Dxx along left-right)",
        "unit": "mm2/s",
        "affine": np.asarray(affine).tolist(),
        "space": space,
        "mirrored": bool(mirrored),
        "highest_md": highest_md,
    }


def tissue_feature(tissue):
    """Return a session's map of a tissue as a network gets it.

    Parameters
    ----------
    tissue : ndarray, shape (x, y, z)
        Volume or probability of the tissue; 0 outside the brain.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 1)

    Raises
    ------
    ValueError
        Values that are not finite, or nothing but zeros.
    """
    if not np.isfinite(tissue).all():
        raise ValueError("the tissue map has values that are not finite")
    if not tissue.any():
        raise ValueError("the tissue map is zero everywhere")
    return np.asarray(tissue, dtype=np.float32)[..., None]


def describe_tissue(feature, affine, tissue, space, modulated, fwhm):
    """Return what the JSON file beside a feature of a tissue says."""
    return {
        "shape": list(feature.shape),
        "channels": [tissue],
        "unit": "tissue volume / voxel volume" if modulated else "probability",
        "affine": np.asarray(affine).tolist(),
        "space": space,
        "modulated": bool(modulated),
        "fwhm": fwhm,
    }


def listed(paths):
    """Return files, with what lists name in the place of the lists.

    Parameters
    ----------
    paths : iterable of str or Path
        Arrays, and ``.json`` lists whose ``files`` are arrays: the people of one fold
        are one input of a job, not hundreds.

    Returns
    -------
    list of str or Path

    Raises
    ------
    FileNotFoundError
        A listed file is no longer there.
    """
    found = []
    for path in paths:
        if not str(path).endswith(".json"):
            found.append(path)
            continue
        for file in json.loads(Path(path).read_text())["files"]:
            if not Path(file).is_file():
                raise FileNotFoundError(
                    f"{path} lists {file}, which is no longer there: remove the list "
                    "and run Snakemake again"
                )
            found.append(file)
    return found


def read_feature(path):
    """Return a feature as memory-mapped array: a voxel is read when it is used."""
    return np.load(path, mmap_mode="r")


class MaskedFeature:
    """Maps of one session, stored in a mask, that become an image when asked for.

    Parameters
    ----------
    values : ndarray, shape (n_maps, n_voxels)
        Memory-mapped, float16 or float32; voxels in the order of ``np.nonzero(mask)``.
    mask : ndarray of bool, shape (x, y, z)
        The same for all sessions.
    channels : sequence of int, optional
        Which maps to show, counted from 0, in this order; all by default.
    """

    def __init__(self, values, mask, channels=None):
        self.values, self.mask = values, mask
        n_maps = len(values)
        self.channels = list(range(n_maps) if channels is None else channels)
        self.shape = (*mask.shape, len(self.channels))

    def voxels(self):
        """Return the values in the mask, (n_voxels, n_channels), float32."""
        return np.ascontiguousarray(self.values[self.channels].T, dtype=np.float32)

    def on_grid(self, voxels):
        """Return an image of values in the mask, 0 outside of it."""
        image = np.zeros(self.shape, dtype=np.float32)
        image[self.mask] = voxels
        return image

    def __array__(self, dtype=None, copy=None):
        image = self.on_grid(self.voxels())
        return image if dtype is None else image.astype(dtype, copy=False)


def open_features(paths, mask=None, channels=None):
    """Open the features of some sessions without reading them.

    Parameters
    ----------
    paths : iterable of str or Path
        ``.npy`` files: images (x, y, z, n_channels), or with `mask` maps
        (n_maps, n_voxels) of one session or (n_sessions, n_maps, n_voxels) of some; or
        lists of such files, as for `listed`.
    mask : ndarray of bool, shape (x, y, z), optional
        Where the maps' voxels lie.
    channels : sequence of int, optional
        Which maps a network sees, counted from 0; all by default.

    Returns
    -------
    list of array-like, shape (x, y, z, n_channels)
        One per session, in the order of the files; ``np.asarray`` reads one; 0 outside
        the mask.

    Raises
    ------
    ValueError
        A file's maps do not fit the mask, or lack a channel asked for.
    """
    paths = listed(paths)
    if mask is None:
        return [read_feature(path) for path in paths]
    return [one for path in paths for one in _open_masked(path, mask, channels)]


def open_stored(paths, mask=None, selection=None):
    """Open the features of some sessions as files say that a network sees them.

    Parameters
    ----------
    paths : iterable of str or Path
        As for `open_features`.
    mask : str or Path, optional
        Image of the mask; for maps.
    selection : str or Path, optional
        JSON whose ``selected`` are the channels.

    Returns
    -------
    list of array-like, shape (x, y, z, n_channels)
    """
    from scan2map.images import read_json, read_mask

    return open_features(
        paths,
        mask=read_mask(mask) if mask else None,
        channels=read_json(selection)["selected"] if selection else None,
    )


def _open_masked(path, mask, channels):
    """Return the maps of each session in a file."""
    values = read_feature(path)
    if values.ndim not in (2, 3) or values.shape[-1] != mask.sum():
        raise ValueError(
            f"{path} has the shape {values.shape}; maps in a mask of {mask.sum()} "
            f"voxels need (n_maps, {mask.sum()}): it was made with another mask or "
            "grid; make it anew"
        )
    absent = [c for c in channels or () if not 0 <= c < values.shape[-2]]
    if absent:
        raise ValueError(
            f"{path} has {values.shape[-2]} maps, and lacks those asked for: {absent} "
            "(counted from 0); select from the maps of this scope"
        )
    sessions = values if values.ndim == 3 else [values]
    return [MaskedFeature(maps, mask, channels) for maps in sessions]


def fingerprint(feature):
    """Return a text that differs where what a network sees of a session differs."""
    masked = isinstance(feature, MaskedFeature)
    parts = (feature.values, feature.mask, feature.channels) if masked else (feature,)
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(repr(np.shape(part)).encode())
        digest.update(np.ascontiguousarray(part))
    return digest.hexdigest()


def digest_of(facts, features):
    """Return a text that differs where facts, or what a network sees, differ.

    Parameters
    ----------
    facts : object
        Settings, labels, seeds: anything JSON can hold.
    features : iterable of array-like
        See `fingerprint`.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    text = json.dumps([facts, *map(fingerprint, features)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def inside(feature):
    """Return where a feature holds anything: voxels with any non-zero channel.

    Parameters
    ----------
    feature : ndarray, shape (..., n_channels)

    Returns
    -------
    ndarray of bool, shape (...)
    """
    return (np.asarray(feature) != 0).any(-1)


def fit_scaling(features, centre=True):
    """Fit one mean and one standard deviation per channel on some sessions.

    The moments are those of all voxels of all sessions that are not background;
    sessions are read one after the other, so that memory does not grow with their
    number.

    Parameters
    ----------
    features : iterable of ndarray, shape (x, y, z, n_channels)
        Sessions of training participants only.
    centre : bool
        False leaves 0 where it is, for features of which 0 is an amount, such as a
        tissue's. Centred, voxels that hold next to nothing would be far from those that
        hold nothing, which count as background and are 0.

    Returns
    -------
    dict of str to list of float
        ``mean``, 0 if not centred, and ``sd``, one per channel, in the unit of the
        features.

    Raises
    ------
    ValueError
        No session, one that is all background or has values that are not finite, or a
        channel that is constant.
    """
    count, mean, squares = 0, 0.0, 0.0
    for number, feature in enumerate(features, start=1):
        masked = isinstance(feature, MaskedFeature)
        voxels = feature.voxels() if masked else np.asarray(feature)
        voxels = voxels[inside(voxels)].astype(np.float64)
        if not (len(voxels) and np.isfinite(voxels).all()):
            raise ValueError(
                f"the feature of training session {number} is empty, or holds infinity "
                "or what is not a number: make it anew or exclude the session"
            )
        step = voxels.mean(0) - mean
        total = count + len(voxels)
        squares = squares + ((voxels - voxels.mean(0)) ** 2).sum(0)
        squares = squares + step**2 * count * len(voxels) / total
        mean = mean + step * len(voxels) / total
        count = total
    if not count:
        raise ValueError("scaling needs at least one session, got none")
    sd = np.sqrt(squares / count)
    if not (sd > 0).all():
        raise ValueError(f"channel {int(np.argmin(sd))} has the same value everywhere")
    return {"mean": (mean if centre else 0 * mean).tolist(), "sd": sd.tolist()}


def scale(feature, scaling):
    """Scale channels by the mean and standard deviation of the training sessions.

    Parameters
    ----------
    feature : ndarray, shape (..., n_channels)
        In its own unit; voxels whose channels are all zero are background.
    scaling : dict
        What `fit_scaling` returned.

    Returns
    -------
    ndarray of float32, shape of `feature`
        ``(feature - mean) / sd`` where there is anything, 0 in the background.
    """
    if isinstance(feature, MaskedFeature):
        return feature.on_grid(scale(feature.voxels(), scaling))
    feature = np.asarray(feature, dtype=np.float32)
    mean, sd = (np.asarray(scaling[name], np.float32) for name in ("mean", "sd"))
    return np.where(inside(feature)[..., None], (feature - mean) / sd, np.float32(0))


def shrink(image, edge):
    """Average an image over cubes of voxels.

    As Keras's average pooling with ``padding="same"`` does it: cubes at the rim that
    reach over the image are averages of what they hold of it.

    Parameters
    ----------
    image : ndarray, shape (x, y, z, n_channels)
    edge : int
        Of a cube, voxels.

    Returns
    -------
    ndarray of float32, shape (ceil(x / edge), ceil(y / edge), …, n_channels)
    """
    for axis in range(3):
        size = image.shape[axis]
        before = -size % edge // 2
        starts = np.maximum(np.arange(-before, size, edge), 0)
        held = np.diff([*starts, size]).astype(np.float32)
        image = np.add.reduceat(image, starts, axis)
        image /= held.reshape([-1 if i == axis else 1 for i in range(image.ndim)])
    return image
