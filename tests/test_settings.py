"""A configuration that cannot be run is refused; another spelling is the same one."""

import pytest
from workflow import phantom_config

from scan2map.settings import (
    canonical,
    check_files,
    check_place,
    check_settings,
    read_numbers,
)


def defaults():
    """Return the phantom study's settings; what the schema would add is written out."""
    return phantom_config()


def test_the_phantom_study_can_be_run():
    check_settings(defaults())


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("groups/affected", "control", "are both 'control'"),
        ("groups/affected", "None", "'None', which stands for a missing value"),
        ("statistics/covariates", ["age", "age"], "has 'age' twice"),
        ("statistics/covariates", ["group"], "'group', which is compared"),
        ("grid/voxel_size", 2.0, "88 x 104 x 88 mm, and cut the brain off"),
        ("bids/series/T1w", {"ProtocolName": "*mprage"}, "T1w: ProtocolName' is '.mpr"),
        ("experiments/postregistration/label", "pre-registration", "label of experim"),
        ("experiments/postregistration/label", "traditional", "diffusion maps thems"),
        (
            "experiments/preregistration/network/pool_after",
            [9],
            "convolutions .9., but",
        ),
        ("phantom/effects/0/name", "nonlocal", "the name 'nonlocal' more than once"),
        ("phantom/effects/1/regions", {"front": {}}, "must start with left_ or right_"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(path, value, sentence):
    config = defaults()
    *parents, key = path.split("/")
    block = config
    for parent in parents:
        block = block[int(parent) if parent.isdigit() else parent]
    block[key] = value
    with pytest.raises(ValueError, match=sentence):
        check_settings(config)


def test_all_problems_are_told_at_once():
    config = defaults()
    config["grid"]["voxel_size"] = 1.0
    config["groups"]["affected"] = "control"
    with pytest.raises(ValueError) as told:
        check_settings(config)
    assert len(str(told.value).splitlines()) == 2


def test_a_key_written_twice_is_found_with_its_lines(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("seed: 1\nanat:\n  n4: true\nseed: 2\n")
    with pytest.raises(ValueError, match="my.yaml, lines 1 and 4: the key 'seed'"):
        check_files([path])


def test_anchors_and_merged_blocks_are_no_repetition(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("a: &a {k: 1}\nb:\n  <<: *a\n  k: 2\nc: *a\n")
    check_files([path])


def test_numbers_are_read_as_people_write_them():
    read = read_numbers({"rates": [{"learning_rate": "1e-5"}, "1e", "E5", "5E+2"]})
    assert read == {"rates": [{"learning_rate": 1e-5}, "1e", "E5", 500.0]}


def test_the_same_settings_written_differently_are_the_same():
    one, other = (
        {"b": 30.0, "a": [{"d": 1, "c": 2.5}]},
        {"a": [{"c": 2.5, "d": 1.0}], "b": 30},
    )
    assert repr(canonical(one)) == repr(canonical(other))


def test_an_environment_below_a_folder_with_a_space_is_refused():
    with pytest.raises(ValueError, match="'/home/my study/.venv' has a space"):
        check_place("/home/my study/.venv/bin/python")
    check_place("/home/study/.venv/bin/python")
