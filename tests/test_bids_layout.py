"""Sessions are found in BIDS datasets with and without sessions and inheritance."""

from pathlib import Path

import pytest

from scan2map.bids_layout import (
    entities_of,
    find_bids_images,
    find_dataset_images,
    inherited,
)

SESSION = "sub-01/ses-a"
DIFFUSION = ["T1w", "dwi"]


def dataset(root, *files):
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return root


def names(found):
    """The names of all files found, without their folders."""
    return {
        key: [Path(p).name for p in value]
        if isinstance(value, list)
        else Path(value).name
        for key, value in found.items()
    }


def complete(prefix, stem, extension=".nii.gz"):
    """Files of one session; the prefix is its folder."""
    images = [f"{prefix}/anat/{stem}_T1w{extension}", f"{prefix}/anat/{stem}_T1w.json"]
    dwi = [f"{prefix}/dwi/{stem}_dwi.{e}" for e in ("json", "bval", "bvec")]
    return [*images, f"{prefix}/dwi/{stem}_dwi{extension}", *dwi]


@pytest.mark.parametrize("extension", [".nii", ".nii.gz"])
@pytest.mark.parametrize(
    ("prefix", "stem"), [(SESSION, "sub-01_ses-a"), ("sub-01", "sub-01")]
)
def test_images_are_found_with_and_without_sessions(tmp_path, prefix, stem, extension):
    dataset(tmp_path, *complete(prefix, stem, extension))
    assert names(find_bids_images(tmp_path, "01", "a", wanted=DIFFUSION)) == {
        "t1w": f"{stem}_T1w{extension}",
        "t1w_json": [f"{stem}_T1w.json"],
        "dwi": f"{stem}_dwi{extension}",
        "dwi_json": [f"{stem}_dwi.json"],
        "bval": f"{stem}_dwi.bval",
        "bvec": f"{stem}_dwi.bvec",
    }


def test_sidecars_are_inherited_from_above_nearest_last(tmp_path):
    root = dataset(
        tmp_path,
        "T1w.json",
        "acq-other_T1w.json",
        "sub-01/sub-01_T1w.json",
        "sub-01/sub-01_inplaneT1w.json",
        f"{SESSION}/anat/sub-01_ses-a_T1w.nii.gz",
        f"{SESSION}/anat/sub-01_ses-a_T1w.json",
    )
    image = root / SESSION / "anat" / "sub-01_ses-a_T1w.nii.gz"
    found = [Path(path).name for path in inherited(image, ".json", root)]
    assert found == ["T1w.json", "sub-01_T1w.json", "sub-01_ses-a_T1w.json"]


def test_gradients_may_lie_at_the_top(tmp_path):
    image = f"{SESSION}/dwi/sub-01_ses-a_dwi.nii.gz"
    dataset(tmp_path, image, "dwi.bval", "dwi.bvec")
    found = names(find_bids_images(tmp_path, "01", "a", wanted=["dwi"]))
    assert (found["bval"], found["bvec"]) == ("dwi.bval", "dwi.bvec")


def test_a_dataset_given_as_relative_path_inherits_too(tmp_path, monkeypatch):
    dataset(tmp_path, f"data/{SESSION}/anat/sub-01_ses-a_T1w.nii.gz", "data/T1w.json")
    monkeypatch.chdir(tmp_path)
    found = find_bids_images("data", "01", "a", wanted=["T1w"])
    assert found["t1w_json"] == [str(Path("data/T1w.json"))]


def two_runs(root):
    return dataset(
        root,
        f"{SESSION}/anat/sub-01_ses-a_T1w.nii.gz",
        f"{SESSION}/anat/sub-01_ses-a_acq-mprage_run-02_T1w.nii.gz",
    )


def test_several_images_are_refused_with_a_listing(tmp_path):
    with pytest.raises(ValueError, match="2 images match the wanted image T1w") as said:
        find_bids_images(two_runs(tmp_path), "01", "a", wanted=DIFFUSION)
    assert "acq-mprage_run-02_T1w.nii.gz" in str(said.value)


def test_an_image_that_is_there_packed_and_unpacked_is_left_to_the_user(tmp_path):
    dataset(tmp_path, *complete(SESSION, "sub-01_ses-a"))
    dataset(tmp_path, f"{SESSION}/anat/sub-01_ses-a_T1w.nii")
    with pytest.raises(ValueError, match="No entity tells them apart: leave one"):
        find_bids_images(tmp_path, "01", "a", wanted=["T1w"])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"acq": "mprage", "run": 2}, "sub-01_ses-a_acq-mprage_run-02_T1w.nii.gz"),
        ({"acq": None}, "sub-01_ses-a_T1w.nii.gz"),
    ],
)
def test_entities_choose_among_several_images(tmp_path, asked, expected):
    root = two_runs(tmp_path)
    found = find_bids_images(root, "01", "a", wanted=["T1w"], entities={"T1w": asked})
    assert names(found)["t1w"] == expected


@pytest.mark.parametrize(
    ("subject", "session", "complaint"),
    [
        ("02", "a", "no folder sub-02"),
        ("01", "b", "no session ses-b, only ses-a"),
        ("01", "a", "has no image .*_dwi.nii.gz under dwi: add it"),
    ],
)
def test_what_is_not_there_is_named(tmp_path, subject, session, complaint):
    dataset(tmp_path, f"{SESSION}/anat/sub-01_ses-a_T1w.nii.gz")
    with pytest.raises(ValueError, match=complaint):
        find_bids_images(tmp_path, subject, session, wanted=DIFFUSION)


@pytest.mark.parametrize("wanted", [["T1w"], ["bold", "T1w"]])
def test_two_sessions_cannot_be_the_same_images(tmp_path, wanted):
    files = "anat/sub-01_T1w.nii.gz", "func/sub-01_task-rest_bold.nii.gz"
    dataset(tmp_path, *(f"sub-01/{file}" for file in files))
    rows = [{"participant_id": "01", "session_id": session} for session in "ab"]
    found = find_dataset_images(tmp_path, rows[:1], wanted=wanted)
    assert list(found) == [("01", "a")]
    with pytest.raises(ValueError, match="sessions a and b of participant 01 are the"):
        find_dataset_images(tmp_path, rows, wanted=wanted)


def test_two_participants_cannot_have_one_image_behind_a_link(tmp_path):
    first = complete("sub-01", "sub-01")
    dataset(tmp_path, *first, *complete("sub-02", "sub-02"))
    rows = [{"participant_id": who, "session_id": "a"} for who in ("01", "02")]
    find_dataset_images(tmp_path, rows, wanted=DIFFUSION)
    for name in ("anat/sub-02_T1w.nii.gz", "dwi/sub-02_dwi.nii.gz"):
        link = tmp_path / "sub-02" / name
        link.unlink()
        link.symlink_to(tmp_path / "sub-01" / name.replace("02", "01"))
        with pytest.raises(ValueError, match=f"01 .* and 02 .* one image.*{link}"):
            find_dataset_images(tmp_path, rows, wanted=DIFFUSION)
        link.unlink()
        link.write_text("")


def test_a_link_to_nothing_is_named_with_where_it_points_to(tmp_path):
    (tmp_path / "sub-01/anat").mkdir(parents=True)
    link = tmp_path / "sub-01/anat/sub-01_T1w.nii.gz"
    link.symlink_to(tmp_path / "annex/1234")
    rows = [{"participant_id": "01", "session_id": "a"}]
    with pytest.raises(ValueError, match=f"{link} is a link to .*annex/1234.*datalad"):
        find_dataset_images(tmp_path, rows, wanted=["T1w"])


@pytest.mark.parametrize(
    ("stem", "said"),
    [
        ("sub-02_ses-a", "folder of sub-01, and its name says sub-02"),
        ("sub-01_ses-b", "folder of ses-a, and its name says ses-b"),
    ],
)
def test_a_name_that_contradicts_its_folder_is_refused(tmp_path, stem, said):
    dataset(tmp_path, *complete(SESSION, stem))
    rows = [{"participant_id": "01", "session_id": "a"}]
    with pytest.raises(ValueError, match=said):
        find_dataset_images(tmp_path, rows, wanted=["T1w"])


def test_sessions_of_one_participant_may_share_an_image(tmp_path):
    for session in "ab":
        folder = f"sub-01/ses-{session}"
        dataset(tmp_path, *complete(folder, f"sub-01_ses-{session}"))
    link = tmp_path / "sub-01/ses-b/anat/sub-01_ses-b_T1w.nii.gz"
    link.unlink()
    link.symlink_to(tmp_path / "sub-01/ses-a/anat/sub-01_ses-a_T1w.nii.gz")
    rows = [{"participant_id": "01", "session_id": session} for session in "ab"]
    assert len(find_dataset_images(tmp_path, rows, wanted=DIFFUSION)) == 2
    with pytest.raises(ValueError, match="sessions a and b of participant 01"):
        find_dataset_images(tmp_path, rows, wanted=["T1w"])


def test_one_bold_of_several_is_chosen_with_what_it_inherits(tmp_path):
    stem = f"{SESSION}/func/sub-01_ses-a"
    dataset(
        tmp_path,
        f"{stem}_task-rest_run-1_bold.nii.gz",
        f"{stem}_task-rest_run-1_sbref.nii.gz",
        f"{stem}_task-rest_run-1_echo-1_bold.nii.gz",
        f"{stem}_task-nback_run-1_bold.nii.gz",
        "task-rest_bold.json",
        "task-nback_bold.json",
    )
    asked = {"bold": {"task": "rest", "run": 1, "echo": None}}
    found = find_bids_images(tmp_path, "01", "a", wanted=["bold"], entities=asked)
    assert names(found) == {
        "bold": "sub-01_ses-a_task-rest_run-1_bold.nii.gz",
        "bold_json": ["task-rest_bold.json"],
    }


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("", "is not set"),
        ("nowhere", "nowhere does not exist"),
        (__file__, "is no folder"),
    ],
)
def test_a_dataset_that_is_not_there_is_asked_for(path, complaint):
    with pytest.raises(ValueError, match=complaint):
        find_dataset_images(path, [], wanted=DIFFUSION)


def test_a_dwi_without_directions_is_named(tmp_path):
    stem = f"{SESSION}/dwi/sub-01_ses-a_dwi"
    dataset(tmp_path, f"{stem}.nii.gz", f"{stem}.bval")
    with pytest.raises(ValueError, match="has no .bvec"):
        find_bids_images(tmp_path, "01", "a", wanted=["dwi"])


def test_entities_are_read_from_the_name():
    expected = {"sub": "01", "dir": "AP"}
    assert entities_of("/x/sub-01_dir-AP_dwi.nii.gz") == expected
