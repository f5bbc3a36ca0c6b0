"""A configuration that cannot be run is refused; another spelling is the same one."""

import re

import pytest
import yaml
from jsonschema import Draft202012Validator
from workflow import ROOT, complete, phantom_config, resting_config

from scan2map.settings import (
    canonical,
    check_files,
    check_finite,
    check_place,
    check_settings,
    check_sides,
    expand_home,
    expand_protocols,
    read_numbers,
    read_switches,
    schema_sentence,
    wanted_images,
)

SCHEMA = ROOT / "config/schemas/config.schema.yaml"


def defaults():
    """Return the phantom study's settings, complete."""
    return complete(phantom_config())


def test_the_phantom_study_can_be_run():
    check_settings(defaults())


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("groups/affected", "control", "are both 'control'"),
        ("groups/affected", "None", "'None', which stands for a missing value"),
        ("grid/voxel_size", 2.0, "72 x 88 x 72 mm, and cut the brain off"),
        ("grid/shape", [34, 42, 34], "x 153 mm, and cut .* 150 x 185 x 160 mm"),
        ("bids/series/T1w", {"ProtocolName": "*mprage"}, "T1w: ProtocolName' is '.mpr"),
        ("experiments/postregistration/label", "pre-registration", "label of .experim"),
        ("experiments/postregistration/label", "traditional", "diffusion maps thems"),
        (
            "experiments/preregistration/network/pool_after",
            [9],
            "convolutions .9., but",
        ),
        (
            "experiments/preregistration/published",
            {"test_accuracy": {"highest": 0.4, "lowest": 0.85}},
            "test_accuracy' has lowest 0.85, highest 0.4: they should rise",
        ),
        ("phantom/effects/0/name", "nonlocal", "the name 'nonlocal' more than once"),
        (
            "phantom/effects/1/regions",
            {"front": {"centre": [0, 0, 0]}},
            "must start with left_ or right_",
        ),
        (
            "phantom/effects/1/regions",
            {"left_front": {"centre": [-20, 0, 0]}},
            "has no region right_",
        ),
        (
            "phantom/effects/0/regions/right_corona_radiata/centre",
            [26, 90, 28],
            "'right_corona_radiata' has its centre at .26, 90, 28., outside the brain",
        ),
        (
            "phantom/effects/0/change",
            0.5,
            "local': change belongs to .* volume .*: give md",
        ),
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


def test_regions_that_change_their_volume_keep_apart():
    config = defaults()
    regions = {"one": {"centre": [20, 0, 20], "radius": 10},
               "two": {"centre": [-15, 0, 20], "radius": 8}}  # fmt: skip
    effect = {"name": "grown", "kind": "volume", "regions": regions, "change": 0.2}
    config["phantom"]["effects"] = [effect]
    with pytest.raises(ValueError, match="'two' of 'grown' .* 35 mm .* least 36 mm"):
        check_settings(config)
    regions["two"]["centre"] = [-16, 0, 20]
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


@pytest.mark.parametrize(
    ("key", "read_as"), [("1", "a number"), ("yes", "true or false"), ("~", "nothing")]
)
def test_a_key_that_yaml_takes_for_no_text_is_found_with_its_line(
    tmp_path, key, read_as
):
    path = tmp_path / "my.yaml"
    path.write_text(f"seed: 1\nanalyses:\n  {key}: {{}}\n")
    with pytest.raises(ValueError, match=f"line 3: the key '{key}' is .* {read_as}:"):
        check_files([path])


def test_anchors_and_merged_blocks_are_no_repetition(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("a: &a {k: 1}\nb:\n  <<: *a\n  k: 2\nc: *a\n")
    check_files([path])


def test_numbers_are_read_as_people_write_them():
    read = read_numbers({"rates": [{"learning_rate": "1e-5"}, "1e", "E5", "5E+2"]})
    assert read == {"rates": [{"learning_rate": 1e-5}, "1e", "E5", 500.0]}


def test_texts_that_look_like_numbers_stay_texts():
    chosen = {"entities": {"run": "2e3"}, "label": "1e5"}
    assert read_numbers(chosen) == chosen


def test_numbers_that_are_infinite_or_none_are_told_by_their_keys():
    text = "anat: {tissue_fwhm: .nan}\ngrid: {voxel_size: .inf}\nrates: [1, 1e999]\n"
    with pytest.raises(ValueError) as told:
        check_finite(read_numbers(yaml.safe_load(text)))
    keys = [re.search("s '(.*?)' is", line)[1] for line in str(told.value).splitlines()]
    assert keys == ["anat: tissue_fwhm", "grid: voxel_size", "rates: 1"]
    check_finite(defaults())


def test_the_same_settings_written_differently_are_the_same():
    one, other = (
        {"b": 30.0, "a": [{"d": 1, "c": 2.5}]},
        {"a": [{"c": 2.5, "d": 1.0}], "b": 30},
    )
    assert repr(canonical(one)) == repr(canonical(other))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"study": "my study"}, "'study'; 'my study' has characters that .* letters"),
        ({"bids": {"entities": {"task": "rest"}}}, "as in 'bold: {task: rest}'"),
        ({"statistics": {"alfa": 0.1}}, "did you mean .*'alpha'"),
        (
            {"bids": {"gate": {"volume_mising": "warn"}}},
            "'bids: gate'; 'volume_mising' is not known; did you mean 'volume_missing'",
        ),
        (
            {"sanity": True},
            "'sanity'; True does not fit; expected: a block .* or false",
        ),
        ({"bids": {"gate": {"quatsch": "warn"}}}, "known: several_patients, .*affine"),
        ({"statistics": {"covariates": [5]}}, "s: 0'; 5 does not fit; .* A column of"),
        ({"statistics": {"covariates": [{"nam": "age"}]}}, "did you mean 'name'"),
        ({"statistics": {"regressor": {"nam": "age"}}}, "did you mean 'name'"),
        ({"analyses": {"a": {"label": " "}}}, "expected: .*; not blank"),
        ({"analyses": {"a": {"label": "$1 and $2"}}}, "no dollar sign"),
        ({"statistics": None}, "'statistics'; nothing is written there: fill it in"),
        (
            {"experiments": {"a": {"folds": {"repeats": 3, "test": 0.2}}}},
            "known: scheme, repeats, k; .* for 'scheme: shuffle'",
        ),
    ],
)
def test_what_does_not_fit_the_schema_is_told_in_words(change, sentence):
    with open(SCHEMA, encoding="utf-8") as file:
        validator = Draft202012Validator(yaml.safe_load(file))
    errors = validator.iter_errors(phantom_config() | change)
    assert any(re.search(sentence, schema_sentence(error)) for error in errors)


@pytest.mark.parametrize(
    ("study", "own", "where"),
    [
        ({"tails": "both"}, {}, "statistics: tails"),
        ({"mask": {"treshold": 1}}, {"mask": {"implicit": True}}, "statistics: mask"),
        ({"alfa": 1}, {"alpha": 0.01}, "statistics"),
        ({}, {"tails": "both"}, "experiments: postregistration: statistics: tails"),
        ({}, {"alfa": 1}, "experiments: postregistration: statistics"),
    ],
)
def test_a_fault_of_statistics_is_told_where_it_is_written(study, own, where):
    with open(SCHEMA, encoding="utf-8") as file:
        validator = Draft202012Validator(yaml.safe_load(file))
    written = phantom_config() | {"statistics": study}
    written["experiments"]["postregistration"]["statistics"] = own
    errors = validator.iter_errors(written)
    said = [schema_sentence(e) for e in errors if "statistics" in e.path]
    assert {sentence.split("'")[2] for sentence in said} == {where}


def test_an_environment_below_a_folder_with_a_space_is_refused():
    with pytest.raises(ValueError, match="'/home/my study/.venv' has a space"):
        check_place("/home/my study/.venv/bin/python")
    check_place("/home/study/.venv/bin/python")


def resting():
    """Return the settings of a study of resting-state networks, complete."""
    return complete(resting_config())


def test_a_study_of_networks_can_be_run():
    check_settings(resting())


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("experiments/ssc/folds/k", 3, "differ in 'folds' .asc: k 2, ssc: k 3."),
        ("experiments/asc/training/augmentation/flip", "both", "made for tensors"),
        ("experiments/asc/explain", ["cam"], "has 'feature: kind: ica': delete it"),
        ("func/band", [0.1, 0.01], "it should rise"),
        ("ica/reduce_to", 3, "is 3, fewer than the 4 components"),
        ("ica/templates", "nowhere.nii.gz", "nowhere.nii.gz, which is no file"),
        ("source", "derivatives", "'derivatives: dataset' is not set"),
        ("source", "derivatives", "not given: say which of MNI's spaces"),
        ("experiments/rsp/training/early_stopping", None, "see the people it tests"),
    ],
)
def test_a_setting_of_networks_that_cannot_be_meant_is_refused(path, value, sentence):
    config = resting()
    *parents, key = path.split("/")
    block = config
    for parent in parents:
        block = block[parent]
    block[key] = value
    with pytest.raises(ValueError, match=sentence):
        check_settings(config)


@pytest.mark.parametrize("space", ["MNI/../../x", "MNI{x}"])
def test_a_space_that_files_cannot_be_named_after_is_refused(space):
    config = resting() | {"source": "derivatives"}
    config["derivatives"] |= {"dataset": "given", "entities": {"space": space}}
    with pytest.raises(ValueError, match="letters and digits were expected"):
        check_settings(config)


def test_confounds_of_another_programme_are_for_bold_alone():
    config = resting()
    config["source"] = "derivatives"
    config["derivatives"] |= {"dataset": "given", "entities": {"space": "MNI152"}}
    config["derivatives"]["confounds"] = ["trans_*"]
    check_settings(config)
    for experiment in config["experiments"].values():
        experiment["feature"] = {"kind": "tissue", "tissue": "WM"}
    with pytest.raises(ValueError, match="confounds' are regressed out of BOLD"):
        check_settings(config)


def test_networks_that_see_tissue_are_explained_by_all_maps_and_others_by_none():
    config = resting_config()
    tissue = config["experiments"]["rsp"] | {"label": "white matter"}
    config["experiments"]["wm"] = tissue | {"feature": {"kind": "tissue"}}
    config["experiments"]["wm"]["feature"]["tissue"] = "WM"
    experiments = complete(config)["experiments"]
    assert experiments["wm"]["explain"] == ["cam", "gradcam", "gradient"]
    assert not any("explain" in experiments[name] for name in ("asc", "ssc", "rsp"))


def test_only_maps_of_tissues_are_not_centred_even_where_experiments_share_settings():
    config = resting_config()
    shared = {"epochs": 3}
    config["experiments"] = {
        name: config["experiments"]["rsp"] | {"feature": feature, "training": shared}
        for name, feature in (
            ("rsp", {"kind": "ica"}),
            ("wm", {"kind": "tissue", "tissue": "WM"}),
            ("gm", {"kind": "tissue", "tissue": "GM"}),
        )
    }
    found = complete(read_numbers(config))["experiments"]
    centred = {name: one["training"]["centre"] for name, one in found.items()}
    assert centred == {"rsp": True, "wm": False, "gm": False}


def test_a_name_that_a_replica_would_have_is_refused():
    config = resting()
    config["experiments"]["asc_replica"] = config["experiments"]["asc"]
    with pytest.raises(ValueError, match="names ending in _replica"):
        check_settings(config)


def test_the_honest_run_keeps_its_name_when_a_replica_is_added():
    both = expand_protocols(resting()["experiments"])
    assert list(both)[:2] == ["asc", "asc_replica"]
    assert both["asc"]["run_as"] == "honest" and both["asc_replica"]["base"] == "asc"
    assert both["asc_replica"]["label"] == "all components (replica)"


def test_only_images_that_an_experiment_needs_are_wanted():
    assert wanted_images(defaults()) == ["T1w", "dwi"]
    assert wanted_images(resting()) == ["T1w", "bold"]
    assert wanted_images(resting() | {"source": "derivatives"}) == []


def test_a_tilde_is_the_users_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    config = defaults() | {"cohort": "~/study/cohort.tsv"}
    config["bids"] |= {"dataset": "/data/~"}
    expanded = expand_home(config)
    assert expanded["cohort"] == "/home/someone/study/cohort.tsv"
    assert expanded["bids"]["dataset"] == "/data/~"


def test_off_is_a_word():
    read = read_switches({"experiments": {"a": {"tune": False}, "b": {}}})
    assert read["experiments"] == {"a": {"tune": "off"}, "b": {}}


def test_bold_is_not_mirrored():
    rows = [{"participant_id": "P1", "onset_side": "left"}]
    check_sides(rows, defaults()["experiments"])
    with pytest.raises(
        ValueError, match="P1 has onset_side left, but experiment 'asc'"
    ):
        check_sides(rows, resting()["experiments"])
