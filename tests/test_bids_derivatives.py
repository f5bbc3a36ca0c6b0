"""Preprocessed images are found in the output of other programmes."""

from pathlib import Path

import pytest
from test_bids_layout import dataset, names

from scan2map.derivatives_layout import find_derivatives, find_tissue_maps

ROWS = [{"participant_id": "01", "session_id": "a"}]
GRID = "space-MNI152NLin2009cAsym_res-2"


def session(stem="sub-01_ses-a_task-rest", grid=GRID, table="timeseries"):
    """Files of one run, as fMRIPrep calls them."""
    folder = "sub-01/ses-a/func" if "ses-" in stem else "sub-01/func"
    return [
        f"{folder}/{stem}_{grid}_desc-preproc_bold.nii.gz",
        f"{folder}/{stem}_{grid}_desc-preproc_bold.json",
        f"{folder}/{stem}_{grid}_desc-brain_mask.nii.gz",
        f"{folder}/{stem}_desc-confounds_{table}.tsv",
    ]


@pytest.mark.parametrize("table", ["timeseries", "regressors"])
@pytest.mark.parametrize("stem", ["sub-01_ses-a_task-rest", "sub-01_task-rest"])
def test_a_run_is_found_with_its_mask_and_confounds(tmp_path, stem, table):
    dataset(tmp_path, *session(stem, table=table))
    found = find_derivatives(str(tmp_path), ROWS)
    assert names(found["01", "a"]) == {
        "bold": f"{stem}_{GRID}_desc-preproc_bold.nii.gz",
        "bold_json": [f"{stem}_{GRID}_desc-preproc_bold.json"],
        "mask": f"{stem}_{GRID}_desc-brain_mask.nii.gz",
        "confounds": f"{stem}_desc-confounds_{table}.tsv",
    }


def test_a_space_that_is_not_of_mni_is_not_taken(tmp_path):
    dataset(tmp_path, *session(), *session(grid="space-T1w"))
    found = find_derivatives(str(tmp_path), ROWS)
    assert GRID in found["01", "a"]["bold"]


def test_entities_choose_among_runs_and_spaces(tmp_path):
    dataset(
        tmp_path,
        *session(),
        *session(grid="space-MNI152NLin6Asym"),
        *session("sub-01_ses-a_task-nback"),
    )
    asked = {"task": "rest", "res": None}
    found = find_derivatives(str(tmp_path), ROWS, asked)["01", "a"]
    assert "task-rest_space-MNI152NLin6Asym" in Path(found["bold"]).name
    with pytest.raises(ValueError, match="3 images match .* exactly one") as said:
        find_derivatives(str(tmp_path), ROWS)
    assert "task-nback" in str(said.value)
    assert "'derivatives: entities'" in str(said.value)


def test_confounds_are_those_of_the_run(tmp_path):
    runs = [session(f"sub-01_ses-a_task-rest_run-{n}") for n in (1, 2)]
    dataset(tmp_path, *runs[0], *runs[1])
    found = find_derivatives(str(tmp_path), ROWS, {"run": 2})["01", "a"]
    assert "run-2_desc-confounds" in found["confounds"]


def test_a_run_without_its_mask_or_its_confounds_is_refused(tmp_path):
    image, _, mask, table = session()
    dataset(tmp_path, image, table)
    with pytest.raises(ValueError, match="has no brain mask beside it, .*brain_mask"):
        find_derivatives(str(tmp_path), ROWS)
    dataset(tmp_path, mask)
    (tmp_path / table).rename((tmp_path / table).with_name("x_desc-confounds_a.tsv"))
    with pytest.raises(ValueError, match="needed. There are:\n  x_desc-confounds_a"):
        find_derivatives(str(tmp_path), ROWS)


@pytest.mark.parametrize(
    ("files", "asked", "complaint"),
    [
        (["sub-01/ses-a/func/x.tsv"], {}, "has no image .*run fMRIPrep with an output"),
        (session(grid="space-T1w"), {}, "no image matches the wanted BOLD"),
        (session(), {"task": "nback"}, r"no image matches .*\(entities task: nback"),
        (["sub-02/x"], {}, "no folder sub-01: .*'derivatives: dataset'"),
    ],
)
def test_what_is_not_there_is_named(tmp_path, files, asked, complaint):
    dataset(tmp_path, *files)
    with pytest.raises(ValueError, match=complaint):
        find_derivatives(str(tmp_path), ROWS, asked)


def test_two_sessions_cannot_be_the_same_run(tmp_path):
    dataset(tmp_path, *session("sub-01_task-rest"))
    rows = [*ROWS, {"participant_id": "01", "session_id": "b"}]
    with pytest.raises(ValueError, match="sessions a and b of participant 01 are the"):
        find_derivatives(str(tmp_path), rows)


def test_two_participants_cannot_have_one_map_behind_a_link(tmp_path):
    dataset(tmp_path, CAT12)
    link = tmp_path / CAT12.replace("sub-01", "sub-02")
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / CAT12)
    rows = [*ROWS, {"participant_id": "02", "session_id": "a"}]
    with pytest.raises(ValueError, match="01 .* and 02 .* have one image"):
        find_tissue_maps(str(tmp_path), rows, ["WM"], modulated=True)


def test_a_dataset_that_is_not_there_is_asked_for():
    with pytest.raises(ValueError, match="'derivatives: dataset' is not set"):
        find_derivatives("", ROWS)


CAT12 = "sub-01/ses-a/anat/mri/mwp2sub-01_ses-a_T1w.nii"
PROBSEG = f"sub-01/ses-a/anat/sub-01_ses-a_{GRID}_label-WM_probseg.nii.gz"


def white(tmp_path, modulated=True, entities=None):
    found = find_tissue_maps(str(tmp_path), ROWS, ["WM"], modulated, entities)
    return Path(found["01", "a"]["WM"]).name


@pytest.mark.parametrize(
    "path, modulated",
    [
        (CAT12, True),
        ("sub-01/ses-a/anat/mwp2sub-01_ses-a_T1w.nii.gz", True),
        ("sub-01/ses-a/anat/mwc2sub-01_ses-a_T1w.nii", True),
        ("sub-01/anat/mri/wp2sub-01_T1w.nii", False),
        (PROBSEG, False),
        (PROBSEG.replace("_probseg", "_desc-modulated_probseg"), True),
    ],
)
def test_the_map_of_a_tissue_is_found_by_the_name_that_its_programme_gives(
    tmp_path, path, modulated
):
    others = [
        path.replace("p2", "p1").replace("c2", "c1").replace("WM", "GM"),
        path.replace("p2", "p3").replace("c2", "c3").replace("WM", "CSF"),
    ]
    native = "sub-01/ses-a/anat/sub-01_ses-a_label-WM_probseg.nii.gz"
    smoothed = "sub-01/ses-a/anat/mri/s8mwp2sub-01_ses-a_T1w.nii"
    extra = [native, smoothed] if "ses-a" in path else []
    dataset(tmp_path, path, *others, *extra)
    assert white(tmp_path, modulated) == Path(path).name


def test_entities_choose_among_tissue_maps_whose_names_may_not_say_their_space(
    tmp_path,
):
    runs = [CAT12.replace("_T1w", f"_run-{n}_T1w") for n in (1, 2)]
    dataset(tmp_path, *runs)
    asked = {"space": "MNI152NLin2009cAsym", "run": 2}
    assert "run-2" in white(tmp_path, entities=asked)
    with pytest.raises(ValueError, match="2 images match the wanted modulated map"):
        white(tmp_path)


@pytest.mark.parametrize("twin", [f"{CAT12}.gz", CAT12.replace("mwp", "mwc")])
def test_maps_that_no_entity_tells_apart_are_listed_with_their_folders(tmp_path, twin):
    dataset(tmp_path, CAT12, twin)
    with pytest.raises(ValueError, match="(?s)anat/mri/mw.*Nothing in the") as error:
        white(tmp_path)
    assert "entities' in the configuration" not in str(error.value)


def test_a_participants_map_is_its_sessions_where_they_have_none(tmp_path):
    whole = f"sub-01/anat/sub-01_{GRID}_label-WM_probseg.nii.gz"
    dataset(tmp_path, *session(), whole)
    assert white(tmp_path, modulated=False) == Path(whole).name
    (tmp_path / "sub-01/ses-b").mkdir()
    rows = [*ROWS, {"participant_id": "01", "session_id": "b"}]
    with pytest.raises(ValueError, match="sessions a and b of participant 01 are the"):
        find_tissue_maps(str(tmp_path), rows, ["WM"], modulated=False)
    dataset(tmp_path, PROBSEG)
    assert white(tmp_path, modulated=False) == Path(PROBSEG).name


def test_maps_by_two_programmes_are_not_compared(tmp_path):
    dataset(tmp_path, CAT12, "sub-02/anat/mwc2sub-02_T1w.nii")
    rows = [*ROWS, {"participant_id": "02", "session_id": "a"}]
    with pytest.raises(ValueError, match="by different programmes") as error:
        find_tissue_maps(str(tmp_path), rows, ["WM"], modulated=True)
    assert "mwp2sub-01" in str(error.value) and "mwc2sub-02" in str(error.value)


def test_maps_that_all_lie_in_one_folder_are_asked_for_otherwise(tmp_path):
    dataset(tmp_path, "mri/mwp201.nii")
    with pytest.raises(ValueError, match="no folders sub-.*with a link in each"):
        white(tmp_path)


def test_a_map_that_is_not_there_or_not_modulated_is_named(tmp_path):
    dataset(tmp_path, PROBSEG)
    with pytest.raises(ValueError, match="modulate: true.: write false there"):
        white(tmp_path)
    (tmp_path / PROBSEG).unlink()
    with pytest.raises(ValueError, match=r"no modulated map of WM .*mwp2\*.nii"):
        white(tmp_path)
