"""People who are the same scan are found, however the file was copied."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.copies import refuse_copies


@pytest.fixture
def scan(tmp_path):
    """Write the scan of one head, its noise by seed; return its path."""

    def write(name, seed, change=lambda data: data):
        noise = np.random.default_rng(seed).normal(0, 20, (24, 28, 26))
        x, y, z = np.indices(noise.shape)
        head = (x - 12) ** 2 + (y - 14) ** 2 + (z - 13) ** 2 < 100
        data = np.abs(600 * head + noise).astype(np.int16)
        nib.save(nib.Nifti1Image(change(data), np.eye(4)), tmp_path / name)
        return tmp_path / name

    return write


def test_people_with_scans_of_their_own_pass(scan):
    refuse_copies(
        [scan("a.nii", 1), scan("b.nii", 2)], [("A", "1", ""), ("B", "1", "")]
    )


def faceless(data):
    rim = np.random.default_rng(len(data)).integers(4, 9, data.shape[1:])
    data[np.arange(len(data))[:, None, None] < rim] = 0
    return data


def turned(data):
    return data[::-1].transpose(2, 0, 1)


def cut(data):
    return data[4:, :-8]


def series(data):
    return np.stack([data, data[::-1]], axis=-1)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("b.nii.gz", np.copy),
        ("b.nii", faceless),
        ("b.nii", turned),
        ("b.nii", cut),
        ("b.nii", lambda data: np.pad(data, 9)),
        ("b.nii", np.float64),
    ],
)
def test_a_scan_that_was_copied_to_another_person_is_named(scan, name, change):
    with pytest.raises(
        ValueError, match=rf"A \(session 1\) and B .*a.nii and .*{name}"
    ):
        refuse_copies(
            [scan("a.nii", 1), scan(name, 1, change)], [("A", "1", ""), ("B", "2", "")]
        )


def test_series_are_compared_by_their_first_volume(scan):
    images = [scan("a.nii", 1, series), scan("b.nii", 1, series)]
    with pytest.raises(ValueError, match="same image"):
        refuse_copies(images, [("A", "1", ""), ("B", "1", "")])


def test_sessions_of_one_person_and_people_of_one_family_may_be_equal(scan):
    images = [scan("a.nii", 1), scan("b.nii", 1)]
    refuse_copies(images, [("A", "1", ""), ("A", "2", "")])
    refuse_copies(images, [("A", "1", "f"), ("B", "1", "f")])


def test_scans_that_hold_few_values_are_not_taken_for_copies(scan):
    images = [scan(f"{seed}.nii", seed, lambda data: data // 40) for seed in (1, 2)]
    refuse_copies(images, [("A", "1", ""), ("B", "1", "")])


def test_images_without_anything_are_not_taken_for_copies(scan):
    images = [scan(name, 1, np.zeros_like) for name in ("a.nii", "b.nii")]
    refuse_copies(images, [("A", "1", ""), ("B", "1", "")])
