"""A second-level analysis as SPM12 does it: model, smoothness, contrasts."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scan2map.statistics import glm, reml, smoothness
from scan2map.statistics.effect_size import effect_size
from scan2map.statistics.random_fields import Search


@dataclass(frozen=True)
class SecondLevel:
    """A model of images, and the smoothness of what it leaves.

    Attributes
    ----------
    data : array-like, shape (n, voxels)
        May be memory-mapped.
    mask : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    columns : list of str
        Names of the design's columns.
    model : glm.Fit
    smoothness : smoothness.Smoothness
    resels : ndarray, shape (4,)
    intercept : list of int
        Columns that add up to 1 in every row, if any.
    """

    data: np.ndarray
    mask: np.ndarray
    affine: np.ndarray
    columns: list
    model: glm.Fit
    smoothness: smoothness.Smoothness
    resels: np.ndarray
    intercept: tuple

    def test(self, weights, statistic="T"):
        """Test a contrast at each voxel.

        Parameters
        ----------
        weights : array_like, shape (k,) or (q, k)
            Of the columns of the design.
        statistic : {"T", "F"}

        Returns
        -------
        ContrastMap

        Raises
        ------
        ValueError
            The contrast cannot be estimated; the columns that keep it from being.
        """
        weights = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        for row in weights:
            blocking = glm.dependent_columns(self.model.design, row)
            if blocking:
                names = ", ".join(self.columns[number] for number in blocking)
                raise ValueError(
                    f"the contrast {row.tolist()} cannot be estimated, since these "
                    f"columns of the design are linearly dependent: {names}"
                )
        if statistic == "T":
            values, effect = glm.t_contrast(self.model, weights[0])
            numerator = 1
        else:
            values, effect, numerator = glm.f_contrast(self.model, weights)
        search = Search(
            statistic=statistic,
            df=(numerator, self.model.df),
            resels=tuple(self.resels),
            fwhm=tuple(self.smoothness.fwhm),
            voxels=int(self.mask.sum()),
        )
        name, size = effect_size(statistic, values, effect, weights, self)
        return ContrastMap(values, effect, name, size, search, weights)

    def image(self, values, outside=0.0):
        """Return values of the mask's voxels as an image (x, y, z)."""
        image = np.full(self.mask.shape, outside, dtype=np.float64)
        image[self.mask] = values
        return image


class ContrastMap(NamedTuple):
    """A tested contrast.

    Attributes
    ----------
    values : ndarray of float32, shape (voxels,)
        t or F.
    effect : ndarray of float32, shape (voxels,)
        Of t: the weighted sum of regression weights, in the unit of the data; of F: the
        extra sum of squares.
    size_name : {"hedges_g", "partial_r2"}
    size : ndarray of float32, shape (voxels,)
        See `effect_size.effect_size`.
    search : random_fields.Search
    weights : ndarray, shape (q, k)
    """

    values: np.ndarray
    effect: np.ndarray
    size_name: str
    size: np.ndarray
    search: Search
    weights: np.ndarray


def fit_second_level(
    data,
    mask,
    affine,
    design,
    *,
    columns=None,
    intercept=(),
    unequal=None,
    effects=None,
):
    """Fit a model to images, and estimate how smooth its residuals are.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
        An image per row, such as `stacks.stack_images` writes; may be memory-mapped.
    mask : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    design : array_like, shape (n, k)
        May be rank deficient, as SPM's paired design is.
    columns : list of str, optional
        Names for messages.
    intercept : sequence of int
        Columns of the design that add up to 1 in every row, such as one per group;
        contrasts of these have Hedges' g for an effect size.
    unequal : sequence, length n, optional
        Group of each image: their variances are estimated by ReML, as in SPM.
    effects : sequence of int, optional
        Columns whose effects choose the voxels that ReML pools: by default all, as in
        SPM, where participants and global values do not count.

    Returns
    -------
    SecondLevel

    Raises
    ------
    ValueError
        Numbers of images differ, images are fewer than columns, or smoothness or
        variances cannot be estimated.
    """
    design = np.asarray(design, dtype=np.float64)
    columns = columns or [f"column {number}" for number in range(design.shape[1])]
    weights = None
    if unequal is not None:
        effects = range(design.shape[1]) if effects is None else effects
        weights = _weights(data, design, list(unequal), effects)
    model = glm.fit(data, design, weights)
    images = smoothness.chosen_images(len(data))
    estimate = smoothness.estimate_smoothness(
        glm.standardised_residuals(data, model, images),
        n_images=len(data),
        df=model.df,
        mask=mask,
    )
    resels = smoothness.count_resels(mask, estimate.fwhm)
    return SecondLevel(
        data, mask, affine, columns, model, estimate, resels, tuple(intercept)
    )


def _weights(data, design, groups, effects):
    """Return the factors that make the variances of groups equal."""
    names = list(dict.fromkeys(groups))
    inside = [np.array([group == name for group in groups], float) for name in names]
    if len(names) < 2 or min(member.sum() for member in inside) < 2:
        return None  # as SPM: one image has no variance of its own
    pooled = reml.pool(data, design, effects)
    components = [np.diag(member) for member in inside]
    return 1 / np.sqrt(np.diag(reml.covariance(pooled, design, components)))
