"""A phantom's BOLD goes the whole way: to the T1w image, to MNI, to denoised."""

from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest
from test_phantom import PHANTOM

from scan2map.anat import scale_template, template_grey_matter, warp_to_template
from scan2map.func.confounds import tabulate
from scan2map.func.denoising import denoise, percent_change
from scan2map.func.masking import mask_bold
from scan2map.func.model import as_matrix, choose_confounds, outlier_numbers
from scan2map.func.realignment import mean_volume, realign
from scan2map.func.series import Masked
from scan2map.func.slice_timing import correct_slice_timing
from scan2map.func.smoothing import smooth_inside
from scan2map.func.tissues import core
from scan2map.func.warping import warp_volumes, with_data
from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.motion import image_centre, motion_of
from scan2map.phantom.acquisition import (
    draw_position,
    sample_model,
    scan_t1w,
    to_voxels,
)
from scan2map.phantom.anatomy import grid_points as points_of
from scan2map.phantom.anatomy import read_template, tissue_fractions
from scan2map.phantom.bold import scan_bold
from scan2map.phantom.head import build_head
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.protocol import slice_times
from scan2map.phantom.resting_state import NETWORKS, draw_expression, network_maps
from scan2map.registration import on_analysis_grid, register_epi
from scan2map.template import template_path
from scan2map.transforms import compose, grid_points, pull

TR, VOXEL, SHAPE = 2.0, 6.0, (30, 36, 30)
BOLD = {
    "voxel_size": VOXEL,
    "volumes": 60,
    "repetition_time": TR,
    "snr": 100.0,
    "percent": 3.0,
    "motion_mm": 0.1,
    "motion_degrees": 0.1,
}
SETTINGS = PHANTOM | {"bold": BOLD, "t1w_voxel_size": 4.0}
FUNC = {
    "confounds": {"motion": 12, "compcor": 2},
    "outliers": {"global_signal_z": 5.0, "displacement_mm": 0.9},
}
BAND = (0.008, 0.2)


@pytest.fixture(scope="module")
def template():
    return read_template()


@pytest.fixture(scope="module")
def scans(template):
    """What was scanned, and the truth of it."""
    row = {"participant_id": "P01", "session_id": "1", "group": "patient"}
    head = build_head(template, draw_participant(SETTINGS, row, 11), 2.0)
    rng = np.random.default_rng(5)
    position = draw_position(SETTINGS, rng)
    t1w_position = draw_position(SETTINGS, rng, 0.15) @ position
    t1w = scan_t1w(head, t1w_position, SETTINGS, rng)
    series = scan_bold(
        *(head, position, template, SETTINGS), draw_expression({}, True, rng), rng
    )
    brain = head.brain.astype(np.float32)

    def brain_on(scan, place):
        to_model = to_voxels(head, place, scan.affine)
        return sample_model(brain, to_model, scan.volumes.shape[1:]) > 0.5

    return SimpleNamespace(
        t1w=t1w.volumes[0],
        t1w_affine=t1w.affine,
        t1w_brain=brain_on(t1w, t1w_position),
        series=series,
        bold_brain=brain_on(series, position),
        to_bold=position @ np.linalg.inv(t1w_position),
    )


@pytest.fixture(scope="module")
def aligned(scans):
    """Slice-timed volumes, matrices, and their mean."""
    data, affine = np.moveaxis(scans.series.volumes, 0, -1), scans.series.affine
    times = slice_times(data.shape[2], 1000 * TR) / 1000
    data = correct_slice_timing(data, times, TR / 2, TR)
    matrices = realign(data, affine)
    return data, matrices, mean_volume(data, affine, matrices)


def register(scans, aligned, method):
    """Return the field T1w to BOLD, its grid, and the brain on it."""
    affine = scans.series.affine
    t1w, brain, grid = on_analysis_grid(
        scans.t1w, scans.t1w_brain, scans.t1w_affine, SHAPE, VOXEL
    )
    field = register_epi(
        *(aligned[2], affine, mask_bold(aligned[2], affine), t1w, grid, brain),
        phase=1,
        method=method,
    )
    return field, grid, brain


@pytest.fixture(scope="module")
def registered(scans, aligned):
    return register(scans, aligned, "syn")


@pytest.fixture(scope="module")
def in_mni(scans, aligned, registered):
    """BOLD within the brain in MNI, its mask, and the field MNI to T1w."""
    image = nib.load(template_path("T1"))
    coarse, _, affine = scale_template(image.get_fdata(), image.affine, 4.0)
    grid = analysis_grid(MNI_CENTRE, SHAPE, VOXEL)
    to_t1w, *_ = warp_to_template(
        brain=(scans.t1w * scans.t1w_brain, scans.t1w_affine),
        template=(coarse, affine),
        grid=(SHAPE, grid),
        method="affine",
    )
    brain = scans.t1w_brain.astype(float)
    inside = pull(brain, scans.t1w_affine, to_t1w, grid) >= 0.5
    data, matrices, _ = aligned
    field = compose(to_t1w, grid, *registered[:2])
    values = warp_volumes(
        np.moveaxis(data, -1, 0),
        scans.series.affine,
        (grid_points(SHAPE, grid) + field)[inside],
        matrices,
    )
    return *with_data(values, inside), grid


@pytest.fixture(scope="module")
def confounds(scans, aligned, template, in_mni):
    """The table; tissues are the template's here."""
    values, mask, grid = in_mni
    fractions = tissue_fractions(template, points_of(grid, SHAPE))
    grey = template_grey_matter(SHAPE, grid)
    cores = {
        name: core(fractions[tissue].reshape(SHAPE), grey, mask, name)[0]
        for name, tissue in {"csf": "CSF", "white_matter": "WM"}.items()
    }
    centre = image_centre(aligned[0].shape, scans.series.affine)
    return tabulate(values, mask, cores, motion_of(aligned[1], centre), TR, FUNC)


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def test_the_brain_is_found_in_the_mean_bold(scans, aligned):
    mask = mask_bold(aligned[2], scans.series.affine)
    assert dice(mask, scans.bold_brain) > 0.85  # generous by a layer of fluid


@pytest.mark.parametrize("method", ["rigid", "syn"])
def test_bold_is_brought_to_the_t1w_image(scans, aligned, method):
    field, grid, brain = register(scans, aligned, method)
    points = grid_points(SHAPE, grid)[brain]
    true = points @ scans.to_bold[:3, :3].T + scans.to_bold[:3, 3] - points
    off = np.linalg.norm(field[brain] - true, axis=1)
    assert np.median(off) < VOXEL / 2  # the image is distorted by 1.5 mm


def test_an_unknown_registration_is_refused(scans, aligned):
    with pytest.raises(ValueError, match="of syn, rigid, affine, got 'nonlinear'"):
        register(scans, aligned, "nonlinear")


def test_air_is_no_brain():
    with pytest.raises(ValueError, match="nothing in the mean BOLD image is as large"):
        mask_bold(np.zeros((10, 10, 10)), np.diag([6.0, 6, 6, 1]))


def test_in_mni_the_brain_is_where_the_templates_is(template, in_mni):
    _, mask, grid = in_mni
    fractions = tissue_fractions(template, points_of(grid, SHAPE))
    assert dice(mask, sum(fractions.values()).reshape(SHAPE) > 0.5) > 0.9


def test_the_table_has_fmripreps_columns(confounds):
    wanted = ["global_signal", "csf", "white_matter", "dvars", "std_dvars"]
    wanted += ["trans_x", "rot_z_derivative1_power2", "framewise_displacement"]
    wanted += ["w_comp_cor_00", "c_comp_cor_01"]
    assert set(wanted) <= set(confounds)
    first = {name for name in confounds if np.isnan(confounds[name][0])}
    assert {"dvars", "std_dvars", "framewise_displacement"} < first
    assert all(np.isfinite(values[1:]).all() for values in confounds.values())
    assert 0.7 < np.nanmedian(confounds["std_dvars"]) < 1.5


def test_what_networks_do_is_left_after_denoising(scans, in_mni, confounds, template):
    values, mask, grid = in_mni
    smooth = smooth_inside(Masked(values, mask), mask, grid, 5.0)
    chosen = choose_confounds(confounds, FUNC)
    assert len(chosen) == 12 + 4 + len(outlier_numbers(chosen))
    cleaned, df = denoise(
        percent_change(smooth)[0], as_matrix(chosen, len(values)), TR, BAND
    )
    assert df > 20
    points = points_of(grid, SHAPE)
    grey = tissue_fractions(template, points)["GM"]
    agreement = []
    for network, name in zip(network_maps(points, grey), NETWORKS, strict=True):
        inside = network.reshape(SHAPE)[mask]
        course = cleaned[:, inside > 0.6 * inside.max()].mean(1)
        true = np.array(scans.series.truth["time_courses"][name])
        kept, _ = denoise(true[:, None], as_matrix(chosen, len(true)), TR, BAND)
        agreement.append(np.corrcoef(course, kept[:, 0])[0, 1])
    assert np.median(agreement) > 0.8
