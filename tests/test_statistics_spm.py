"""Second-level analyses come out as in SPM12, digit by digit."""

import json

import nibabel as nib
import numpy as np
import pytest

from scan2map.images import read_array, read_grid, read_mask
from scan2map.statistics import glm, random_fields, reml, smoothness, tables

CASES = [
    "a_ttest2_equal",
    "b_ttest2_cov",
    "c_ttest2_unequal",
    "d_ttest1",
    "j_smooth14_ttest2_cov",
]


class Case:
    """One of SPM's analyses, and ours of the same images."""

    def __init__(self, folder, name):
        self.said = json.loads((folder / f"cases/{name}.json").read_text())
        self.maps = folder / "maps" / name
        self.mask = read_mask(self.maps / "mask.nii.gz")
        self.affine = read_grid(self.maps / "mask.nii.gz")[1]
        self.data = np.stack(
            [read_array(folder / "input" / p)[self.mask] for p in self.said["images"]]
        )
        design = np.array(self.said["X"], dtype=float).reshape(len(self.data), -1)
        weights = None
        if "unequal" in name:
            groups = [np.diag(column) for column in design[:, :2].T]
            pooled = reml.pool(self.data, design, range(design.shape[1]))
            covariance = reml.covariance(pooled, design, groups)
            weights = 1 / np.sqrt(np.diag(covariance))
        self.model = glm.fit(self.data, design, weights)
        images = smoothness.chosen_images(len(self.data))
        self.smoothness = smoothness.estimate_smoothness(
            glm.standardised_residuals(self.data, self.model, images),
            n_images=len(self.data),
            df=self.model.df,
            mask=self.mask,
        )
        self.resels = smoothness.count_resels(self.mask, self.smoothness.fwhm)

    def statistic(self, contrast):
        """Return the map and where it is searched."""
        c = np.atleast_1d(np.array(contrast["c"], dtype=float))
        kind, numerator = contrast["STAT"], 1
        if kind == "T":
            values, _ = glm.t_contrast(self.model, c)
        else:
            c = c.reshape(self.model.design.shape[1], -1).T
            values, _, numerator = glm.f_contrast(self.model, c)
        search = random_fields.Search(
            statistic=kind,
            df=(numerator, self.model.df),
            resels=tuple(self.resels),
            fwhm=tuple(self.smoothness.fwhm),
            voxels=int(self.mask.sum()),
        )
        image = np.zeros(self.mask.shape, dtype=np.float32)
        image[self.mask] = values
        return image, search

    def tables(self):
        """Yield each of SPM's tables, and ours of the same threshold and extent."""
        for contrast in self.said["contrasts"]:
            image, search = self.statistic(contrast)
            for table in contrast["tables"]:
                u, k = table["u"], table["k"]
                yield table, tables.results_table(image, self.affine, u, search, k)


@pytest.fixture(scope="module", params=CASES)
def case(request, shared_data):
    return Case(shared_data / "spm12", request.param)


def in_mask(case, name):
    """Return one of SPM's maps, in the precision of its file."""
    image = nib.load(case.maps / f"{name}.nii.gz")
    return np.asarray(image.dataobj, dtype=np.float64)[case.mask]


def test_residual_variance_and_resels_per_voxel_are_spms(case):
    # The files are float32, half a unit of whose last digit is 6e-8.
    np.testing.assert_allclose(case.model.variance, in_mask(case, "ResMS"), rtol=6e-8)
    ours = case.smoothness.rpv[case.mask]
    np.testing.assert_allclose(ours, in_mask(case, "RPV"), rtol=6e-8)


def test_smoothness_and_resels_are_spms(case):
    said = case.said
    assert case.mask.sum() == said["S"]
    np.testing.assert_allclose(case.smoothness.fwhm, said["FWHM_vox"], rtol=1e-8)
    np.testing.assert_allclose(case.resels, said["R"], rtol=1e-8)
    np.testing.assert_allclose(case.model.df, said["erdf"], rtol=1e-8)


def test_statistics_are_spms_to_the_last_digit_of_their_files(case):
    for number, contrast in enumerate(case.said["contrasts"], start=1):
        image, _ = case.statistic(contrast)
        name = f"spm{contrast['STAT']}_{number:04d}"
        expected = in_mask(case, name)
        # A few units of the last digit of a float32, with unequal variances, too.
        np.testing.assert_allclose(image[case.mask], expected, rtol=2e-7, atol=1e-15)


def test_thresholds_are_spms(case):
    for contrast in case.said["contrasts"]:
        _, search = case.statistic(contrast)
        for alpha, key in ((0.05, "p0_05"), (0.01, "p0_01"), (0.001, "p0_001")):
            found = {
                "u_FWE": random_fields.peak_threshold(alpha, search),
                "u_RF": random_fields.field_threshold(alpha, search),
                "u_Bonf": random_fields.uncorrected_threshold(
                    alpha / search.voxels, search
                ),
                "u_unc": random_fields.uncorrected_threshold(alpha, search),
            }
            for name, threshold in found.items():
                assert threshold == pytest.approx(contrast[name][key], abs=1e-6)


ROW = {
    "cluster_p_fwe": "clus_pFWE",
    "cluster_p_fdr": "clus_pFDR",
    "voxels": "clus_k",
    "cluster_p": "clus_punc",
    "peak_p_fwe": "peak_pFWE",
    "peak_p_fdr": "peak_pFDR",
    "value": "T",
    "p": "punc",
}
"""Our names of a row's cells, and SPM's."""


def test_tables_of_clusters_and_peaks_are_spms(case):
    for table, ours in case.tables():
        assert len(ours["rows"]) == len(table["rows"])
        for mine, spms in zip(ours["rows"], table["rows"], strict=True):
            assert [mine[f"{axis}_mm"] for axis in "xyz"] == spms["xyz"]
            for name, spm_name in ROW.items():
                expected = None if spms[spm_name] == [] else spms[spm_name]
                assert mine[name] == pytest.approx(expected, abs=1e-6)
        if table["rows"]:
            found = (ours["set"]["p"], ours["set"]["clusters"])
            said = (table["set_p"], table["set_c"])
            assert found == pytest.approx(said, abs=1e-6)


def test_significant_sizes_and_peaks_are_those_of_spms_footer(case):
    for table, ours in case.tables():
        said = table["uc_FWEp_FDRp_FWEc_FDRc"]
        said = [np.inf if value is None else value for value in said]
        assert list(ours["thresholds"].values()) == pytest.approx(said, abs=1e-6)
