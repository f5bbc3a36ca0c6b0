"""The leak audit follows Snakemake's notes from a network back to the scanner."""

import json

import pytest

from scan2map.audit import audit, check_honesty, record_path, recorded_inputs

NETWORK = "results/6_folds/asc/repeat-1_fold-1/model.keras"


def feature(who, scope="repeat-1_fold-1"):
    return f"results/5_features/ica/{scope}/sub-{who}_ses-1_maps.npy"


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """Return a function that writes the note on a file, and its sources beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake/metadata").mkdir(parents=True)

    def write(output, inputs, sources=None):
        path = record_path(output)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"input": inputs}))
        if sources is not None:
            described = (tmp_path / output).with_suffix(".json")
            described.parent.mkdir(parents=True, exist_ok=True)
            described.write_text(json.dumps({"Sources": sources}))

    return write


def study_of(notes, training, owners=()):
    """Write the notes of a network that learnt from some people's DICOM."""
    notes(NETWORK, [feature(who) for who in training])
    for who in training:
        notes(feature(who), [f"results/4_func/sub-{who}/bold.nii.gz"])
        notes(f"results/4_func/sub-{who}/bold.nii.gz", [f"scans/{who}.zip"])


def audited(tested, owners=None):
    return audit([(1, 1, NETWORK)], {(1, 1): tested}, owners or {})


def test_everybody_upstream_is_found_however_far_back(notes):
    study_of(notes, ["A", "B"])
    (row,) = audited({"C"})
    assert (row["people"], row["test_people"], row["files"]) == (2, 0, 6)
    check_honesty([row], "asc", "honest")


def test_a_test_participant_upstream_fails_the_build_with_name_and_way(notes):
    study_of(notes, ["A", "B"])
    rows = audited({"B"})
    with pytest.raises(
        ValueError, match="not honest.* depends on B, by the way"
    ) as told:
        check_honesty(rows, "asc", "honest")
    assert f"{NETWORK} <- {feature('B')}" in str(told.value)


def test_a_replica_may_leak_as_it_was_published(notes):
    study_of(notes, ["A", "B"])
    rows = audited({"B"})
    check_honesty(rows, "asc", "replica")
    assert rows[0]["names"] == "B"


def test_a_source_whose_path_names_nobody_belongs_to_its_row_of_the_cohort(notes):
    notes(NETWORK, ["scans/0815"])
    (row,) = audited({"A"}, {"scans/0815": "A"})
    assert row["names"] == "A"


def test_a_folder_above_the_dataset_is_nobody(notes):
    notes(NETWORK, ["/archive/sub-studies/sub-A/func/sub-A_task-rest_bold.nii.gz"])
    assert audited({"A"})[0]["names"] == "A"


def test_a_job_of_many_files_is_followed_file_by_file(notes):
    ours, theirs = (f"results/5_features/ica/{s}/maps.npy" for s in ("mine", "other"))
    notes(NETWORK, [feature("A")])
    notes(
        feature("A"), ["sub-A/bold.nii.gz", ours, theirs], ["sub-A/bold.nii.gz", ours]
    )
    notes(ours, ["results/reduced/sub-A_ses-1.npy"])
    notes(theirs, ["results/reduced/sub-B_ses-1.npy"])
    assert audited({"B"})[0]["test_people"] == 0


def batch_of(notes, sources):
    """Write the notes of a job that trained the networks of two folds."""
    other = NETWORK.replace("fold-1", "fold-2")
    read = [feature("A"), feature("B"), feature("C")]
    for network, whom in zip([NETWORK, other], sources, strict=True):
        notes(network, read, [feature(who) for who in whom])
    for who in "ABC":
        notes(feature(who), [f"scans/{who}.zip"])
    tested = {(1, 1): {"A"}, (1, 2): {"B"}}
    return audit([(1, 1, NETWORK), (1, 2, other)], tested, {})


def test_networks_of_one_job_are_followed_each_by_its_own_sources(notes):
    rows = batch_of(notes, ["BC", "AC"])
    assert [row["people"] for row in rows] == [2, 2]
    check_honesty(rows, "asc", "honest")


def test_a_network_of_a_job_that_opened_a_test_participant_fails_the_build(notes):
    rows = batch_of(notes, ["BC", "ABC"])
    with pytest.raises(ValueError, match="repeat 1, fold 2 depends on B"):
        check_honesty(rows, "asc", "honest")


def test_networks_of_one_job_without_sources_are_taken_to_have_read_all(notes):
    notes(NETWORK, [feature("A"), feature("B")])
    assert audited({"B"})[0]["names"] == "B"


def test_sources_that_the_job_did_not_read_are_refused(notes):
    notes(feature("A"), ["sub-A/bold.nii.gz"], ["sub-B/bold.nii.gz"])
    with pytest.raises(ValueError, match="sub-B/bold.nii.gz among its sources"):
        recorded_inputs(feature("A"))


def test_a_network_without_a_note_is_not_passed_in_silence(notes):
    with pytest.raises(ValueError, match="no note on .*model.keras"):
        audited({"A"})


def test_long_paths_are_found_where_snakemake_splits_them(notes):
    path = "results/" + "a" * 300 + "/sub-A_maps.npy"
    notes(path, ["x"])
    assert len(record_path(path).parts) > 3 and recorded_inputs(path) == ["x"]
