import nibabel as nib
import numpy as np
import pytest
from PIL import Image

from scan2map.figures.qc import direction_colours, draw_session_qc, read_motion
from scan2map.figures.style import write_png

AFFINE = np.diag([6.0, 6.0, 6.0, 1.0])


@pytest.fixture
def session(rng):
    """Return the images of a ball-shaped brain and its motion table."""
    voxels = np.stack(np.meshgrid(*[np.arange(16.0)] * 3, indexing="ij"), -1)
    inside = ((voxels - 7.5) ** 2).sum(-1) < 36
    noise = rng.random(inside.shape)
    tensor = np.where(inside[..., None], [2e-3, 0, 0, 1e-3, 0, 1e-3], 0)
    names = ("t1w", "brain", "t1w_mni", "template", "template_brain", "b0", "fa")
    arrays = dict.fromkeys(names, inside * (1 + noise)) | {"tensor": tensor}
    arrays |= {"brain": inside, "template_brain": inside}
    images = {n: nib.Nifti1Image(a.astype("f4"), AFFINE) for n, a in arrays.items()}
    columns = [f"{kind}_{a}" for kind in ("trans", "rot") for a in "xyz"]
    motion = {column: rng.normal(size=5) for column in columns}
    motion["framewise_displacement"] = np.array([np.nan, 0.1, 0.2, 0.3, 0.4])
    return images | {"motion": motion}


def test_red_is_left_right_green_front_back_blue_up_down():
    along = {"x": [2, 0, 0, 1, 0, 1], "y": [1, 0, 0, 2, 0, 1], "z": [1, 0, 0, 1, 0, 2]}
    colours, _ = direction_colours(np.array(list(along.values())) * 1e-3, np.ones(3))
    np.testing.assert_allclose(colours, np.eye(3), atol=1e-12)


def test_colours_are_as_bright_as_the_anisotropy_and_air_is_black():
    tensor = np.array([[2.0, 0, 0, 1, 0, 1], [0, 0, 0, 0, 0, 0]]) * 1e-3
    colours, directions = direction_colours(tensor, np.array([0.4, 0.9]))
    np.testing.assert_allclose(colours, [[0.4, 0, 0], [0, 0, 0]], atol=1e-12)
    assert not directions[1].any()


def test_session_figure_names_the_session(session):
    figure = draw_session_qc("sub-01, ses-2", **session)
    assert figure.get_suptitle() == "sub-01, ses-2"


def test_same_session_gives_the_same_bytes_below_300_kilobytes(session, tmp_path):
    for name in "ab":
        write_png(draw_session_qc("sub-01", **session), tmp_path / name, dpi=110)
    first, second = ((tmp_path / name).read_bytes() for name in "ab")
    assert first == second and len(first) < 300_000


def test_a_motion_table_without_a_column_is_refused(session):
    del session["motion"]["rot_y"]
    with pytest.raises(ValueError, match="lacks rot_y"):
        draw_session_qc("sub-01", **session)


def test_white_and_black_survive_the_reduction_of_levels(session, tmp_path):
    write_png(draw_session_qc("sub-01", **session), tmp_path / "a.png", dpi=50)
    pixels = np.asarray(Image.open(tmp_path / "a.png"))
    assert pixels.min() == 0 and pixels.max() == 255


def test_motion_tables_may_hold_missing_values(tmp_path):
    path = tmp_path / "motion.tsv"
    path.write_text("trans_x\tframewise_displacement\n0.5\tn/a\n1.5\t0.25\n")
    motion = read_motion(path)
    np.testing.assert_array_equal(motion["trans_x"], [0.5, 1.5])
    np.testing.assert_array_equal(motion["framewise_displacement"], [np.nan, 0.25])
