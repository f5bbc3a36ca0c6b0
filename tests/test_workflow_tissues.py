"""Tissue maps of another programme in the workflow: planned, and put on the grid."""

from pathlib import Path

import numpy as np
from workflow import planned_jobs, snakemake, tissue_config

from scan2map.images import downsample
from scan2map.nifti import nib
from scan2map.template import template_path


def given_tissue(tmp_path, write=Path.touch):
    """A study of CAT12's maps of six people, each written by a function of its path."""
    lines = ["participant_id\tsession_id\tgroup\tage\tsex\tsite"]
    for number in range(1, 7):
        folder = tmp_path / f"cat12/sub-{number}/anat/mri"
        folder.mkdir(parents=True)
        write(folder / f"mwp2sub-{number}_T1w.nii")
        group = "patient" if number % 2 else "control"
        lines.append(f"{number}\t1\t{group}\t{30 + number}\t{'FM'[number // 4]}\tA")
    (tmp_path / "cohort.tsv").write_text("\n".join(lines) + "\n")
    given = {
        "dataset": str(tmp_path / "cat12"),
        "entities": {"space": "MNI152NLin2009cAsym"},
    }
    config = tissue_config(source="derivatives", derivatives=given)
    config["cohort"] = str(tmp_path / "cohort.tsv")
    return config


def test_tissue_maps_from_elsewhere_need_no_t1w_images(tmp_path):
    said = snakemake(tmp_path, "--dry-run", config=given_tissue(tmp_path))
    assert said.returncode == 0, said.stdout
    jobs = planned_jobs(said)
    assert jobs["import_tissue"] == jobs["make_tissue_feature"] == 6
    assert jobs["draw_given_tissue"] == 6
    assert not jobs.keys() & {"correct_t1w", "draw_tissue_qc", "draw_tissue_volumes"}
    assert "space-MNI152NLin2009cAsym_label-WM_desc-modulated_probseg" in said.stdout
    assert "space-MNI152NLin2009cAsym_desc-cam_map" in said.stdout


def test_tissue_maps_from_elsewhere_come_onto_the_grid_the_right_way_round(tmp_path):
    stored = np.diag([-3.0, 3, 3, 1])  # as SPM and CAT12: the first voxel is right
    stored[:3, 3] = [84, -120, -72]
    template = nib.load(template_path("WM"))
    white = template.get_fdata(dtype=np.float32) / 255
    data = downsample(white, template.affine, (57, 69, 57), stored)
    data[10:20, 30:40, 20:30] = 1.25  # x from 27 to 54 mm

    def write(path):
        nib.save(nib.Nifti1Image(data, stored), path)

    config = given_tissue(tmp_path, write)
    config["grid"] = {"shape": [61, 73, 61], "voxel_size": 3}
    stem = "results/wm/2_anat/sub-1/ses-1/sub-1_ses-1_space-MNI152NLin2009cAsym"
    target = f"{stem}_label-WM_desc-modulated_probseg.nii.gz"
    said = snakemake(tmp_path, target, config=config)
    assert said.returncode == 0, said.stdout
    image = nib.load(tmp_path / target)
    marked = np.argwhere(image.get_fdata() == 1.25)
    there = marked @ image.affine[:3, :3] + image.affine[:3, 3]
    np.testing.assert_allclose(there.min(0), [27, -30, -12])
    np.testing.assert_allclose(there.max(0), [54, -3, 15])
    assert image.shape == (61, 73, 61) and image.get_fdata().max() == 1.25


def test_a_map_that_was_copied_to_another_person_stops_a_study(tmp_path, rng):
    def write(path):
        nib.save(nib.Nifti1Image(rng.random((9, 9, 9)), np.eye(4)), path)

    config = given_tissue(tmp_path, write)
    maps = [tmp_path / f"cat12/sub-{n}/anat/mri/mwp2sub-{n}_T1w.nii" for n in (2, 5)]
    target = "results/wm/6_folds/no_copies.json"
    assert snakemake(tmp_path, target, config=config).returncode == 0
    maps[1].write_bytes(maps[0].read_bytes())
    said = snakemake(tmp_path, target, "--forcerun", "find_copies", config=config)
    assert said.returncode != 0
    assert "the participants 2 (session 1) and 5 (session 1) have the same" in (
        said.stdout
    )
