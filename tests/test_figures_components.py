import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from scan2map.figures.components import draw_components, found_again, power_spectra
from scan2map.figures.glass import AXIAL, CORONAL, SAGITTAL, project
from scan2map.figures.slices import bounding_box
from scan2map.images import MNI_CENTRE, analysis_grid

SHAPE = (24, 28, 24)
GRID = analysis_grid(MNI_CENTRE, SHAPE, 8.0)


def ball(centre, radius, value=1.0):
    """Return an image that is `value` around a world point."""
    voxels = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), -1)
    world = voxels @ GRID[:3, :3].T + GRID[:3, 3]
    inside = ((world - np.array(centre)) ** 2).sum(-1) < radius**2
    return nib.Nifti1Image((value * inside).astype("f4"), GRID)


@pytest.fixture
def brain():
    return ball((0, -18, 18), 70)


@pytest.fixture
def gallery(brain):
    """Return what a gallery of two components is drawn of."""
    balls = [ball((-30, -40, 18), 16, 8.0), ball((30, 10, 30), 16, -8.0)]
    maps = np.stack([b.get_fdata(dtype="f4") for b in balls], axis=-1)
    components = pd.DataFrame(
        {
            "component": [1, 2],
            "iq": [0.98, 0.41],
            "share": [0.7, 0.3],
            "label": ["default_mode", np.nan],
            "label_r": [0.91, np.nan],
        }
    )
    return {
        "maps": nib.Nifti1Image(maps, GRID),
        "components": components,
        "spectra": (np.linspace(0, 0.25, 9), np.ones((2, 9))),
        "matches": [pd.DataFrame({"matched": [2, 1], "r": [0.3, -0.9]})] * 4,
        "background": brain,
        "mask": brain,
        "title": "a study",
    }


def texts(figure):
    return [text.get_text() for text in figure.texts]


def test_a_spectrum_peaks_at_the_frequency_of_its_course():
    times = np.arange(120) * 2.0
    course = np.sin(2 * np.pi * 0.05 * times)[:, None]
    frequencies, power = power_spectra([course], [2.0])
    assert frequencies[power[0].argmax()] == pytest.approx(0.05, abs=1e-9)
    assert frequencies[0] == 0 and frequencies[-1] == 0.25


def test_sessions_count_alike_however_strong_their_fluctuation(rng):
    slow, fast = (np.sin(2 * np.pi * f * np.arange(200))[:, None] for f in (0.05, 0.2))
    _, power = power_spectra([slow, 100 * fast], [1.0, 1.0])
    assert power[0][10] == pytest.approx(power[0][40], rel=1e-9)


def test_spectra_of_runs_of_different_length_end_at_the_lowest_nyquist_frequency(rng):
    courses = [rng.normal(size=(100, 3)), rng.normal(size=(60, 3))]
    frequencies, power = power_spectra(courses, [2.0, 2.5])
    assert frequencies[-1] == pytest.approx(0.2) and power.shape == (
        3,
        len(frequencies),
    )
    # What the first run has between 0.2 and 0.25 Hz is cut off.
    assert (np.trapezoid(power, frequencies) < 1.02).all()


def test_components_are_found_again_with_either_sign():
    match = pd.DataFrame({"matched": [2, 1], "r": [0.3, -0.9]})
    counts, mean_r = found_again([match, match], 2)
    assert list(counts) == [2, 0]
    np.testing.assert_allclose(mean_r, [0.9, 0.3])


def test_each_component_says_how_sure_it_is(gallery):
    written = texts(draw_components(**gallery))
    assert "IC 1  default mode (r = 0.91)" in written and "IC 2" in written
    assert (
        "Iq 0.98, 70.0 % of variance; again in 4 of 4 folds, mean |r| 0.90" in written
    )


def test_without_folds_nothing_is_said_of_finding_again(gallery):
    written = texts(draw_components(**gallery | {"matches": []}))
    assert "Iq 0.41, 30.0 % of variance" in written


def test_glass_brains_show_left_on_the_left_front_up_and_the_sign(brain):
    views = project(ball((-30, -40, 18), 16, -8.0), bounding_box(brain))
    assert views[AXIAL].min() == pytest.approx(-8)
    rows, columns = np.nonzero(views[AXIAL] < -4)
    assert columns.mean() < views[AXIAL].shape[1] / 2
    assert rows.mean() < views[AXIAL].shape[0] / 2
    assert np.nonzero(views[CORONAL] < -4)[1].mean() < views[CORONAL].shape[1] / 2
    assert np.nonzero(views[SAGITTAL] < -4)[1].mean() < views[SAGITTAL].shape[1] / 2


def test_the_stronger_of_two_values_on_a_line_of_sight_is_shown(brain):
    data = (
        ball((0, -40, 18), 12, 3.0).get_fdata() + ball((0, 0, 18), 12, -5).get_fdata()
    )
    view = project(nib.Nifti1Image(data.astype("f4"), GRID), bounding_box(brain))
    assert view[CORONAL].min() == pytest.approx(-5)
    assert view[CORONAL].max() < 3


def test_a_table_of_another_number_of_components_is_refused(gallery):
    gallery["components"] = gallery["components"][:1]
    with pytest.raises(ValueError, match="got 2 maps, 1 rows and 2 spectra"):
        draw_components(**gallery)
