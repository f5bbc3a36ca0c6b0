"""Figures of tissues: a session's page, volumes and homogeneity of everybody."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.figures.homogeneity import (
    MOST_LISTED,
    draw_homogeneity,
    draw_volumes,
    far_volumes,
    unlike_others,
)
from scan2map.figures.style import settle, write_png
from scan2map.figures.tissue_qc import draw_given_tissue, draw_tissue_qc
from scan2map.homogeneity import correlate

AFFINE = np.diag([6.0, 6.0, 6.0, 1.0])
ORDER = ["control", "patient"]


@pytest.fixture
def session(rng):
    """Return the images of a ball-shaped brain, white inside and grey outside."""
    voxels = np.stack(np.meshgrid(*[np.arange(16.0)] * 3, indexing="ij"), -1)
    distance = ((voxels - 7.5) ** 2).sum(-1)
    inside, white = distance < 36, distance < 16
    names = ("t1w", "t1w_mni", "template")
    arrays = dict.fromkeys(names, inside * (1 + rng.random(inside.shape)) + white)
    arrays |= dict.fromkeys(("brain", "template_brain"), inside)
    arrays |= {"gm": inside & ~white, "wm": white}
    images = {n: nib.Nifti1Image(a.astype("f4"), AFFINE) for n, a in arrays.items()}
    maps = {"GM in MNI": images["gm"], "WM in MNI": images["wm"]}
    return images | {"maps": maps, "volumes": {"GM": 650.4, "WM": 500.0}}


@pytest.fixture
def people():
    return {
        "names": [f"sub-{n:02d}_ses-1" for n in range(12)],
        "groups": ["patient", "control"] * 6,
        "order": ORDER,
    }


def written(figure):
    """Return everything that is written outside of the panels."""
    return "\n".join(text.get_text() for part in figure.subfigs for text in part.texts)


def test_a_sessions_page_names_it_with_its_volumes(session):
    figure = draw_tissue_qc("sub-01, ses-2", **session)
    assert figure.get_suptitle() == "sub-01, ses-2: GM 650 mL, WM 500 mL"


def test_maps_from_elsewhere_are_shown_each_in_the_templates_brain(session):
    given = {name: session[name] for name in ("maps", "template_brain")}
    figure = draw_given_tissue("sub-01, ses-2", **given)
    titles = [part.get_suptitle() for part in figure.subfigs]
    assert titles == ["GM in MNI", "WM in MNI"]
    panels = [axes for part in figure.subfigs for axes in part.axes]
    assert all(axes.images for axes in panels) and len(panels) == 6


def test_same_session_gives_the_same_bytes_below_300_kilobytes(session, tmp_path):
    for name in "ab":
        write_png(draw_tissue_qc("sub-01", **session), tmp_path / name, dpi=110)
    first, second = ((tmp_path / name).read_bytes() for name in "ab")
    assert first == second and len(first) < 300_000


def test_boxes_of_a_page_lie_where_a_last_bit_cannot_move_them(session):
    figure = draw_tissue_qc("sub-01", **session)
    settle(figure, 110)
    boxes = [axes.get_position(original=True) for axes in figure.axes]
    boxes += [part.bbox_relative for row in figure.subfigs for part in row.subfigs]
    corners = np.array([box.get_points() for box in boxes])
    np.testing.assert_array_equal(corners, np.round(corners, 6))
    assert len(np.unique(corners[:, 0], axis=0)) > 10


def test_a_volume_far_from_the_others_is_named(people, rng):
    volumes = {"GM": rng.normal(650, 40, 12), "WM": rng.normal(500, 40, 12)}
    volumes["WM"][3] = 1200
    assert [far[:2] for far in far_volumes(volumes, people["names"])] == [
        ("sub-03_ses-1", "WM")
    ]
    assert "sub-03_ses-1: WM 1200 mL (robust z = +" in written(
        draw_volumes(volumes, **people)
    )


def test_alike_people_are_said_to_be_so(people):
    volumes = {"GM": np.linspace(600, 700, 12)}
    assert "Far from the others: none." in written(draw_volumes(volumes, **people))


def test_not_more_are_listed_than_can_be_read(rng):
    volumes = {"GM": np.r_[rng.normal(650, 1, 100), np.full(30, 900.0)]}
    names = [f"sub-{n}_ses-1" for n in range(130)]
    figure = draw_volumes(volumes, names, ["control", "patient"] * 65, ORDER)
    assert f"and {30 - MOST_LISTED} more" in written(figure)


def test_a_map_unlike_the_others_is_named(people, rng):
    maps = rng.normal(size=300) + 0.5 * rng.normal(size=(12, 300))
    maps[4] = rng.normal(size=300)
    matrix = correlate(maps, people["names"])
    assert [one[0] for one in unlike_others(matrix, people["names"])] == [
        "sub-04_ses-1"
    ]
    figure = draw_homogeneity(matrix, **people, title="Homogeneity of WM maps")
    assert "sub-04_ses-1: mean correlation" in written(figure)
    assert figure.get_suptitle() == "Homogeneity of WM maps of 12 sessions"


def test_the_matrix_is_sorted_by_group(people):
    same = np.equal.outer(people["groups"], people["groups"])
    figure = draw_homogeneity(same.astype(float), **people, title="maps")
    shown = figure.axes[0].images[0].get_array()
    assert shown[:6, :6].all() and not shown[:6, 6:].any()
