"""Activation maps in the workflow: planned, and made of features and networks."""

import json
import re

import numpy as np
import pytest
from test_workflow_plan import ancestors
from workflow import inputs_of_outputs, snakemake, tissue_config

from scan2map.images import read_array, read_json, write_image
from scan2map.nifti import nib

MAPS = "results/wm/7_maps/wm"
SPACE = "space-MNI152NLin2009aSym"


def group_maps(kind):
    names = ("group-control", "group-patient", "contrast-groups")
    return [f"{MAPS}/{name}_{SPACE}_desc-{kind}_map.nii.gz" for name in names]


def session_maps(plan, kind):
    return [file for file in plan if re.search(rf"/ses-1/.*_desc-{kind}_map\.", file)]


SHUFFLE = {"scheme": "shuffle", "repeats": 3, "validation": 0.34, "test": 0.34}


@pytest.mark.parametrize("folds", [{"k": 3, "repeats": 2}, SHUFFLE])
def test_each_session_is_explained_by_networks_that_have_not_seen_it(tmp_path, folds):
    config = tissue_config()
    config["experiments"]["wm"]["folds"] = folds
    plan = inputs_of_outputs(tmp_path, config, *group_maps("cam"))
    maps = session_maps(plan, "cam")
    assert len(maps) == 6 if "k" in folds else 2 <= len(maps) <= 6
    for file in maps:
        subject = re.search(r"sub-(\w+?)/", file).group(1)
        models = [f for f in ancestors(plan, file) if f.endswith("model.keras")]
        assert len(models) == 2 if "k" in folds else models
        for model in models:
            assert f"sub-{subject}_" not in " ".join(ancestors(plan, model))


def test_the_order_of_maps_makes_no_difference(tmp_path):
    config = tissue_config()
    base = config["experiments"]["wm"]
    other = base | {"label": "other", "explain": ["gradient", "gradcam", "cam"]}
    config["experiments"]["other"] = other
    plan = inputs_of_outputs(tmp_path, config, *group_maps("cam"))
    assert len(session_maps(plan, "gradcam")) == 6


def test_only_maps_that_are_asked_for_are_made(tmp_path):
    config = tissue_config()
    config["experiments"]["wm"]["explain"] = ["gradient", "cam"]
    plan = inputs_of_outputs(tmp_path, config, *group_maps("cam"))
    assert len(session_maps(plan, "cam")) == len(session_maps(plan, "gradient")) == 6
    assert not session_maps(plan, "gradcam")


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """A folder with trained networks and features, and the maps made of them."""
    keras = pytest.importorskip("keras")
    from scan2map import networks
    from scan2map.images import write_json

    folder, config = tmp_path_factory.mktemp("explained"), tissue_config()
    rng, shape = np.random.default_rng(0), config["grid"]["shape"]
    results = folder / "results/wm"
    (results / "2_anat/template").mkdir(parents=True)
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    mask = np.ones(shape, bool)
    write_image(mask, affine, results / "2_anat/template/grid_brain_mask.nii.gz")
    people = [f"{group}{n:03d}" for group in ("control", "patient") for n in (1, 2, 3)]
    feature = results / "5_features/tissue-WM"
    feature.mkdir(parents=True)
    for who in people:
        np.save(feature / f"sub-{who}_ses-1.npy", rng.random((*shape, 1), np.float32))
    for repeat in (1, 2):
        for fold in (1, 2, 3):
            keras.utils.set_random_seed(10 * repeat + fold)
            model = networks.build(shape, 1, **config["experiments"]["wm"]["network"])
            place = results / f"6_folds/wm/repeat-{repeat}_fold-{fold}"
            place.mkdir(parents=True)
            networks.save(model, place / "model.keras")
            write_json({"mean": [0.5], "sd": [0.3]}, place / "scaling.json")
    atlas = np.zeros(shape, np.float32)
    atlas[12:] = 3
    write_image(atlas, affine, folder / "atlas.nii.gz")
    (folder / "atlas.tsv").write_text("index\tname\n3\tright half\n")
    config["statistics"]["atlas"] = {
        "image": str(folder / "atlas.nii.gz"),
        "labels": str(folder / "atlas.tsv"),
    }
    targets = [path for kind in ("cam", "gradient") for path in group_maps(kind)]
    targets += ["results/wm/9_report/wm_regions.html"]
    rules = ("activation_map", "average_activation", "average_groups")
    allowed = [*rules, "tabulate_activation", "check_atlas", "list_features"]
    process = snakemake(
        folder, *targets, "--allowed-rules", *allowed, "--notemp", config=config
    )
    assert process.returncode == 0, process.stdout[-4000:]
    return folder


def test_a_sessions_map_is_the_mean_of_the_networks_that_tested_it(explained):
    path = f"{MAPS}/sub-patient002/ses-1/sub-patient002_ses-1_{SPACE}_desc-cam_map"
    stacks = []
    for table in sorted((explained / MAPS).glob("repeat-*/activation.json")):
        said = json.loads(table.read_text())
        assert said["kinds"] == ["cam", "gradcam", "gradient"]
        if "patient002" in said["subjects"]:
            stack = np.load(table.with_suffix(".npy"))
            stacks.append(stack[said["subjects"].index("patient002"), 0])
    assert len(stacks) == 2
    image = read_array(explained / f"{path}.nii.gz")
    np.testing.assert_allclose(image, np.mean(stacks, 0), rtol=1e-6)
    said = read_json(explained / f"{path}.json")
    assert said["Repeats"] == 2 and said["Units"] == "1"
    assert image.min() >= 0 and image.max() <= 1


def test_maps_of_groups_differ_by_their_difference(explained):
    control, patient, difference = (
        nib.load(explained / path) for path in group_maps("gradient")
    )
    expected = patient.get_fdata() - control.get_fdata()
    np.testing.assert_allclose(difference.get_fdata(), expected, atol=1e-7)
    assert np.abs(expected).max() > 0


def test_regions_are_tabulated_for_each_map_and_group(explained):
    table = (explained / "results/wm/9_report/wm_regions.tsv").read_text().splitlines()
    assert table[0].split("\t")[:4] == ["map", "index", "region", "voxels"]
    rows = [line.split("\t") for line in table[1:]]
    assert [(row[0], row[4]) for row in rows] == [
        (kind, group)
        for kind in ("cam", "gradcam", "gradient")
        for group in ("control", "patient")
    ]
    control = nib.load(explained / group_maps("cam")[0]).get_fdata()
    assert float(rows[0][6]) == pytest.approx(control[12:].mean(), rel=1e-4)


def test_an_atlas_that_lies_elsewhere_is_told_before_networks_are_trained(tmp_path):
    config, mask = tissue_config(), np.ones((24, 28, 24), bool)
    template = tmp_path / "results/wm/2_anat/template"
    template.mkdir(parents=True)
    write_image(mask, np.eye(4), template / "grid_brain_mask.nii.gz")
    elsewhere = np.eye(4)
    elsewhere[0, 3] = 500
    write_image(mask, elsewhere, tmp_path / "atlas.nii.gz")
    (tmp_path / "atlas.tsv").write_text("index\tname\n1\tbrain\n")
    paths = {"image": tmp_path / "atlas.nii.gz", "labels": tmp_path / "atlas.tsv"}
    config["statistics"]["atlas"] = {key: str(path) for key, path in paths.items()}
    target = "results/wm/8_statistics/wm/atlas.json"
    plan = inputs_of_outputs(tmp_path, config)
    assert target in plan["results/wm/9_report/wm_regions.html"]
    assert not [file for file in ancestors(plan, target) if file.endswith(".keras")]
    process = snakemake(
        tmp_path, target, "--allowed-rules", "check_atlas", config=config
    )
    assert process.returncode != 0
    assert re.search("atlas.nii.gz has no region with a name in", process.stdout)
