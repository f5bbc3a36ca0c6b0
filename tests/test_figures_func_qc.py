import nibabel as nib
import numpy as np
import pytest
from matplotlib.text import Text

from scan2map.figures.func_qc import MOST_ROWS, draw_func_qc
from scan2map.figures.style import write_png

AFFINE = np.diag([6.0, 6.0, 6.0, 1.0])
N = 12


@pytest.fixture
def run(rng):
    """Return a BOLD run of a ball-shaped brain, as another programme delivers it."""
    voxels = np.stack(np.meshgrid(*[np.arange(16.0)] * 3, indexing="ij"), -1)
    inside = ((voxels - 7.5) ** 2).sum(-1) < 36
    names = ("mask", "boldref", "template", "template_brain")
    images = {n: nib.Nifti1Image(inside.astype("f4"), AFFINE) for n in names}
    bold = rng.normal(1000, 10, (N, inside.sum())).astype("f4")
    columns = ("framewise_displacement", "std_dvars", "global_signal")
    confounds = {name: rng.random(N) for name in columns}
    confounds["std_dvars"][0] = np.nan
    facts = {"RepetitionTime": 2.0, "OutlierVolumes": [3], "DegreesOfFreedom": 4}
    return images | {
        "bold": bold,
        "denoised": rng.normal(size=bold.shape),
        "confounds": confounds,
        "facts": facts,
    }


def texts(figure):
    """Return all that is written in a figure."""
    return "\n".join(text.get_text() for text in figure.findobj(match=Text))


def carpets(figure):
    """Return the carpets before and after denoising, (voxels, volumes)."""
    drawn = [i.get_array() for axes in figure.axes for i in axes.images]
    return [np.asarray(pixels) for pixels in drawn if pixels.shape[1] == N]


def test_the_figure_says_what_was_done_and_what_is_left(run):
    facts = run["facts"] | {"SliceTimingCorrected": True, "StartTime": 1.0}
    said = texts(draw_func_qc("sub-01, ses-2", **run | {"facts": facts}))
    assert "sub-01, ses-2" in said and "12 volumes of 2 s" in said
    assert "slices shifted to 1 s after a volume's start" in said
    assert "outlier volumes (dotted lines): 1" in said
    assert "degrees of freedom left after denoising: 4" in said


def test_the_figure_says_why_slices_were_not_shifted(run):
    run["facts"]["SliceTimingNote"] = "the sidecar has no SliceTiming"
    said = texts(draw_func_qc("sub-01", **run))
    assert "no slice timing: the sidecar has no SliceTiming" in said


def test_an_outlier_does_not_flatten_the_trace_of_all_other_volumes(run):
    run["confounds"]["global_signal"][3] = 1e4
    lines = [line for a in draw_func_qc("sub-01", **run).axes for line in a.lines]
    trace = next(line for line in lines if np.max(line.get_ydata()) == 1e4)
    assert trace.axes.get_ylim()[1] < 2


def test_grey_matter_is_on_top_of_the_carpet(run):
    voxels = run["bold"].shape[1]
    grey = np.arange(voxels) % 2 == 0
    run["bold"][:, grey] += 100 * (np.arange(N) == 5)[:, None]
    tissues = {"gm": grey, "wm": ~grey, "csf": np.zeros(voxels)}
    before, _ = carpets(draw_func_qc("sub-01", tissues=tissues, **run))
    half = len(before) // 2
    assert before[: half - 5, 5].min() > before[half + 5 :, 5].max()


def test_carpets_have_no_more_rows_than_pixels(run):
    assert run["bold"].shape[1] > MOST_ROWS
    assert all(len(c) <= MOST_ROWS for c in carpets(draw_func_qc("sub-01", **run)))


def test_traces_that_a_table_lacks_are_left_out(run):
    del run["confounds"]["std_dvars"]
    said = texts(draw_func_qc("sub-01", **run))
    assert "global\nsignal" in said and "DVARS" not in said


def test_the_same_run_gives_the_same_bytes_below_300_kilobytes(run, tmp_path):
    run |= {"boldref_t1w": run["boldref"], "t1w_brain": run["mask"]}
    for name in "ab":
        write_png(draw_func_qc("sub-01", **run), tmp_path / name, dpi=110)
    first, second = ((tmp_path / name).read_bytes() for name in "ab")
    assert first == second and len(first) < 300_000
