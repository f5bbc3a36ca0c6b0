"""Statistics of tissue maps: VBM, maps of networks that see a tissue, volumes."""

import re

import nibabel as nib
import numpy as np
import pytest
from workflow import inputs_of_outputs, phantom_config, snakemake

from scan2map.cohort import phantom_cohort
from scan2map.images import read_json
from scan2map.splits import deal

SHUFFLE = {"scheme": "shuffle", "repeats": 2, "validation": 0.2, "test": 0.4}
SHAPE, VOXEL = (24, 28, 24), 8.0
AFFINE = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
AFFINE[:3, 3] = np.array((0.0, -18.0, 18.0)) - VOXEL * (np.array(SHAPE) - 1) / 2


def config(folds=None, statistics=None, **changes):
    """Return a small study of a network that sees white matter."""
    config = phantom_config(
        study="tissue", grid={"shape": list(SHAPE), "voxel_size": VOXEL}
    )
    config["phantom"] |= {"groups": {"control": 5, "patient": 5}, "effects": []}
    config["sanity"] = False
    config["statistics"] = {"corrections": ["bonferroni"]} | (statistics or {})
    config["experiments"] = {
        "white": {
            "label": "white matter",
            "feature": {"kind": "tissue", "tissue": "WM"},
            "folds": folds or {"k": 2, "repeats": 1},
            "network": {"name": "ng2018"},
        }
    }
    return config | changes


def people():
    return phantom_cohort(config()["phantom"]["groups"], config()["seed"])


def plan(folder, config):
    """Return {output: inputs} without the folder of results."""
    return {
        output.removeprefix("results/tissue/"): [
            path.removeprefix("results/tissue/") for path in inputs
        ]
        for output, inputs in inputs_of_outputs(folder, config).items()
    }


@pytest.mark.parametrize(
    ("modulate", "end"),
    [(True, "label-WM_desc-modulated_probseg"), (False, "label-WM_probseg")],
)
def test_vbm_tests_the_maps_of_everybody(tmp_path, modulate, end):
    changed = config()
    changed["anat"]["modulate"] = modulate
    planned = plan(tmp_path, changed)
    figure = planned["9_report/WM_groups_t.png"]
    assert "8_statistics/vbm/WM/groups_statmap.nii.gz" in figure
    maps = [f for f in planned["8_statistics/vbm/WM/stack.npy"] if "/sub-" in f]
    assert len(maps) == 10
    assert all(f.endswith(f"_space-MNI152NLin2009aSym_{end}.nii.gz") for f in maps)
    assert "9_report/vbm/WM_results.html" in planned
    assert (
        "8_statistics/vbm/WM/groups_statmap.nii.gz"
        in planned["9_report/WM_groups_t.png"]
    )


def test_a_study_with_tensors_and_tissues_has_both_analyses(tmp_path):
    changed = config()
    changed["experiments"] |= phantom_config()["experiments"]
    planned = plan(tmp_path, changed)
    assert "9_report/traditional/FA_results.html" in planned
    assert "9_report/vbm/WM_results.html" in planned


def test_vbm_has_settings_of_its_own(tmp_path):
    own = {"statistics": {"covariates": ["tiv"]}, "label": "VBM", "maps": "vbm"}
    planned = plan(tmp_path, config(analyses={"vbm": own}))
    table = "2_anat/tissue_volumes.tsv"
    needing = {output for output, inputs in planned.items() if table in inputs}
    needing.remove("9_report/tissue_volumes.png")
    assert needing and all("8_statistics/vbm/WM/groups" in f for f in needing)


def test_maps_of_networks_are_tested_each_for_itself(tmp_path):
    planned = plan(tmp_path, config())
    tested = {
        output.removeprefix("8_statistics/white/").removesuffix("_statmap.nii.gz")
        for output in planned
        if "8_statistics/white/" in output and "desc-" not in output
    }
    # A CAM has no sign: that its mean is not 0 says nothing.
    contrasts = {"cam/groups"} | {
        f"{maps}/{contrast}"
        for maps in ("gradcam", "gradient")
        for contrast in ("groups", "mean")
    }
    assert {name for name in tested if "." not in name} == contrasts
    for contrast, n in (("groups", 4), ("mean", 2)):
        figure = planned[f"9_report/WM_{contrast}_t.png"]
        assert len([f for f in figure if f.endswith(f"{contrast}_statmap.nii.gz")]) == n
    for maps in ("cam", "gradcam", "gradient"):
        assert f"9_report/white/{maps}_results.html" in planned


def whom_shuffles_test():
    parts = deal(people(), config()["seed"], **SHUFFLE)
    return {who for (_, who), part in parts.items() if part == 1}


def test_who_is_never_tested_has_no_map_and_takes_no_part(tmp_path):
    planned = plan(tmp_path, config(folds=SHUFFLE))
    maps = planned["8_statistics/white/gradient/stack.npy"]
    found = set(re.findall(r"/sub-(\w+)/", " ".join(maps)))
    assert found == whom_shuffles_test() and len(found) < 10
    everybody = planned["8_statistics/vbm/WM/stack.npy"]
    assert len(set(re.findall(r"/sub-(\w+)/", " ".join(everybody)))) == 10


def test_networks_can_be_trained_on_permuted_labels(tmp_path):
    retrain = {"null": "models", "retrainings": 10}
    retrain |= {"corrections": ["permutation-max-t"]}
    planned = plan(tmp_path, config(statistics=retrain))
    null = planned["8_statistics/white/cam/null/3_statmaps.nii.gz"]
    stacks = [f for f in null if f.endswith("activation.npy")]
    assert len(stacks) == 2 and all("white_null3" in f for f in stacks)


TIV = {"global": {"value": "tiv", "normalisation": "proportional"}}


@pytest.mark.parametrize(
    ("statistics", "needing"),
    [
        ({"covariates": ["age"]}, set()),
        ({"covariates": ["age", "tiv"]}, {"groups_statmap.nii.gz"}),
        (TIV, {"stack.npy"}),
    ],
)
def test_only_what_uses_volumes_depends_on_their_table(tmp_path, statistics, needing):
    planned = plan(tmp_path, config(statistics=statistics))
    folder = "8_statistics/vbm/WM"
    found = {
        name
        for name in ("stack.npy", "groups_statmap.nii.gz")
        if "2_anat/tissue_volumes.tsv" in planned[f"{folder}/{name}"]
    }
    assert found == needing


def test_a_column_of_the_cohort_is_taken_and_not_measured(tmp_path):
    lines = ["participant_id\tsession_id\tgroup\tage\tsex\tsite\tdicom\ttiv"]
    for number, row in enumerate(people()):
        (tmp_path / f"scan{number}").mkdir()
        who = [row["participant_id"], "1", row["group"], row["age"], "F", "A"]
        lines.append("\t".join([*who, f"scan{number}", str(1400 + number**2)]))
    (tmp_path / "cohort.tsv").write_text("\n".join(lines) + "\n")
    changed = config(statistics={"covariates": ["tiv"]})
    changed |= {"source": "dicom", "cohort": str(tmp_path / "cohort.tsv")}
    planned = plan(tmp_path, changed)
    inputs = planned["8_statistics/vbm/WM/groups_statmap.nii.gz"]
    assert inputs and "2_anat/tissue_volumes.tsv" not in inputs


def write_volumes(folder, tivs):
    """Write the table of volumes that stage 2 leaves."""
    lines = ["participant_id\tsession_id\tgm\twm\tcsf\ttiv"]
    for row, tiv in zip(people(), tivs, strict=True):
        lines.append(f"{row['participant_id']}\t1\t600\t500\t400\t{tiv:.3f}")
    table = folder / "results/tissue/2_anat/tissue_volumes.tsv"
    table.write_text("\n".join(lines) + "\n")


@pytest.fixture
def measured(tmp_path):
    """Tissue maps and volumes as stage 2 leaves them; the study, and a target."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "results/tissue/2_anat"
    maps, tivs = [], np.round(rng.uniform(1300, 1700, 10), 3)
    for row, tiv in zip(people(), tivs, strict=True):
        who = row["participant_id"]
        stem = folder / f"sub-{who}/ses-1/sub-{who}_ses-1_space-MNI152NLin2009aSym"
        stem.parent.mkdir(parents=True)
        data = (0.5 + 0.1 * rng.random(SHAPE) + tiv / 10000).astype(np.float32)
        path = f"{stem}_label-WM_desc-modulated_probseg.nii.gz"
        nib.save(nib.Nifti1Image(data, AFFINE), path)
        maps.append(data)
    write_volumes(tmp_path, tivs)
    return tmp_path, np.array(maps), tivs


STAGE_8 = ("write_cohort", "prepare_template", "stack_maps", "test_maps")


def run_to(folder, target, config, *rules):
    """Run stage 8 to a target, and further rules; return the process and the file."""
    target = f"results/tissue/{target}"
    options = ("--allowed-rules", *STAGE_8, *rules)
    process = snakemake(folder, target, *options, config=config)
    return process, folder / target


def run_vbm(folder, statistics):
    target = "8_statistics/vbm/WM/groups_statmap.nii.gz"
    return run_to(folder, target, config(statistics=statistics))


def test_the_model_holds_the_measured_volume_constant(measured):
    folder, maps, tivs = measured
    process, path = run_vbm(folder, {"covariates": ["tiv"], "fwhm": 0})
    assert process.returncode == 0, process.stdout[-3000:]
    said = read_json(str(path).replace(".nii.gz", ".json"))
    assert said["Columns"] == ["control", "patient", "tiv"]
    group = np.arange(10) >= 5
    design = np.column_stack([~group, group, tivs - tivs.mean()]).astype(float)
    np.testing.assert_allclose(said["DesignMatrix"], design, atol=1e-9)
    t, place = nib.load(path).get_fdata(), (12, 14, 12)
    beta, rss, *_ = np.linalg.lstsq(design, maps[:, *place].astype(float))
    weights = np.array([-1, 1, 0])
    spread = weights @ np.linalg.inv(design.T @ design) @ weights
    # Maps are float32.
    expected = weights @ beta / np.sqrt(rss[0] / 7 * spread)
    assert t[place] == pytest.approx(expected, rel=1e-4)


def test_volumes_that_are_all_the_same_fail_before_any_output(measured):
    folder, *_ = measured
    table = folder / "results/tissue/2_anat/tissue_volumes.tsv"
    table.write_text(re.sub(r"\t[\d.]+\n", "\t1500\n", table.read_text()))
    process, path = run_vbm(folder, {"covariates": ["tiv"]})
    assert process.returncode != 0 and not path.exists()
    assert "'tiv' is the same for all 10 participants" in process.stdout


def test_maps_are_divided_by_the_measured_volume(measured):
    folder, maps, tivs = measured
    process, path = run_vbm(folder, TIV | {"covariates": [], "fwhm": 0})
    assert process.returncode == 0, process.stdout[-3000:]
    stack, mask = np.load(path.parent / "stack.npy"), path.parent / "mask.nii.gz"
    inside = np.asarray(nib.load(mask).dataobj) > 0
    expected = maps[:, inside] * 50 / tivs[:, None]
    np.testing.assert_allclose(stack, expected, rtol=1e-5)


def test_the_page_says_who_has_no_map(tmp_path):
    rng, tested = np.random.default_rng(0), whom_shuffles_test()
    for who in tested:
        folder = tmp_path / f"results/tissue/7_maps/white/sub-{who}/ses-1"
        folder.mkdir(parents=True)
        path = f"sub-{who}_ses-1_space-MNI152NLin2009aSym_desc-cam_map.nii.gz"
        data = rng.random(SHAPE).astype(np.float32)
        nib.save(nib.Nifti1Image(data, AFFINE), folder / path)
    shuffled = config(folds=SHUFFLE, statistics={"covariates": ["tiv"]})
    (tmp_path / "results/tissue/2_anat").mkdir()
    write_volumes(tmp_path, rng.uniform(1300, 1700, 10))
    page = "9_report/white/cam_results.html"
    rules = ("correct_maps", "write_results")
    process, path = run_to(tmp_path, page, shuffled, *rules)
    assert process.returncode == 0, process.stdout[-3000:]
    missing = [r["participant_id"] for r in people()]
    missing = sorted(set(missing) - tested)
    statistics = tmp_path / "results/tissue/8_statistics/white/cam"
    said = read_json(statistics / "groups_statmap.json")
    assert said["WithoutMaps"] == missing and said["Images"] == len(tested)
    assert f"they have no map: {', '.join(missing)}." in path.read_text()
    assert "tiv: measured in the T1w images" in path.read_text()
