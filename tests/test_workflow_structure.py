"""Statistics of tissue maps: VBM, maps of networks that see a tissue, volumes."""

import re

import nibabel as nib
import numpy as np
import pytest
from workflow import inputs_of_outputs, phantom_config, snakemake

from scan2map.cohort import phantom_cohort
from scan2map.images import read_json
from scan2map.splits import deal, never_tested

SHUFFLE = {"scheme": "shuffle", "repeats": 2, "validation": 0.2, "test": 0.2}
SHAPE, VOXEL = (24, 28, 24), 8.0
AFFINE = np.diag([VOXEL, VOXEL, VOXEL, 1.0])
AFFINE[:3, 3] = np.array((0.0, -18.0, 18.0)) - VOXEL * (np.array(SHAPE) - 1) / 2


def config(folds=None, statistics=None, **changes):
    """Return a small study of a network that sees white matter."""
    config = phantom_config(
        study="tissue", grid={"shape": list(SHAPE), "voxel_size": VOXEL}
    )
    config["phantom"] |= {"groups": {"control": 5, "patient": 5}, "effects": []}
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
    needing = [output for output, inputs in planned.items() if table in inputs]
    assert needing and all("8_statistics/vbm/WM/groups" in f for f in needing)


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


@pytest.fixture
def measured(tmp_path):
    """Tissue maps and volumes as stage 2 leaves them; the study, and a target."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "results/tissue/2_anat"
    lines, maps, tivs = ["participant_id\tsession_id\tgm\twm\tcsf\ttiv"], [], []
    for row in people():
        who, tiv = row["participant_id"], rng.uniform(1300, 1700)
        stem = folder / f"sub-{who}/ses-1/sub-{who}_ses-1_space-MNI152NLin2009aSym"
        stem.parent.mkdir(parents=True)
        data = (0.5 + 0.1 * rng.random(SHAPE) + tiv / 10000).astype(np.float32)
        path = f"{stem}_label-WM_desc-modulated_probseg.nii.gz"
        nib.save(nib.Nifti1Image(data, AFFINE), path)
        lines.append(f"{who}\t1\t600\t500\t400\t{tiv:.3f}")
        maps.append(data)
        tivs.append(round(tiv, 3))
    (folder / "tissue_volumes.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path, np.array(maps), np.array(tivs)


def run_vbm(folder, statistics):
    target = "results/tissue/8_statistics/vbm/WM/groups_statmap.nii.gz"
    options = (target, "--rerun-triggers", "mtime")
    process = snakemake(folder, *options, config=config(statistics=statistics))
    return process, folder / target


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
