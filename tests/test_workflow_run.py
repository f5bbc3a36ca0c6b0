"""A tiny phantom study, from DICOM to its figures."""

import csv
import json
import shutil
import subprocess

import nibabel as nib
import numpy as np
from workflow import contents, dry_run, snakemake, tiny_config

from scan2map.cohort import phantom_cohort
from scan2map.phantom.dicom import session_header, uid
from scan2map.phantom.protocol import NOBODY
from scan2map.splits import derive_seed

SPACE = "space-MNI152NLin2009aSym"

OWN = "tabulate_resources"


def benchmarks(study):
    """Return the tables that Snakemake left beside jobs, from their folder."""
    folder = study / "results/phantom/benchmarks"
    return [path.relative_to(folder) for path in folder.rglob("*.tsv")]


def test_nothing_that_identifies_a_person_leaves_stage_1(study, tmp_path):
    headers = [
        session_header(
            row,
            derive_seed(1, "scan_phantom", row["participant_id"], row["session_id"]),
        )
        for row in phantom_cohort(tiny_config()["phantom"]["groups"], 1)
    ]
    traces = {NOBODY.encode()}
    for header in headers:
        uids = header["StudyInstanceUID"], header["FrameOfReferenceUID"]
        traces |= {one.encode() for one in (*uids, uid(uids[0], 2), uid(uids[0], 3))}
        traces.add(f"{header['start']:%Y%m%d}".encode())
    report = tmp_path / "report.html"
    process = snakemake(
        study, "--report", str(report), config=tiny_config(), project=study
    )
    assert process.returncode == 0, process.stdout[-3000:]
    places = [study / name for name in ("results", "logs", ".snakemake")]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(files) > 100
    for path in [report, *files]:
        content = contents(path)
        assert not [trace for trace in traces if trace in content], path


def test_every_session_has_its_maps_on_the_grid(study):
    maps = sorted(
        (study / "results/phantom/7_maps").rglob(f"*{SPACE}_desc-FA_*.nii.gz")
    )
    assert len(maps) == 2 * 4
    for path in maps:
        image = nib.load(path)
        assert image.shape == (24, 28, 24)
        assert np.isfinite(image.get_fdata()).all() and image.get_fdata().any()


def test_of_a_session_stays_what_somebody_may_want(study):
    session = "sub-control001/ses-1/sub-control001_ses-1"
    for gone in ("0_phantom/sub-control001/ses-1/dicom", f"3_dwi/{session}_desc-*dwi*"):
        assert not list((study / "results/phantom").glob(gone))
    assert not list((study / "results/phantom/7_maps").rglob("sensitivity.npy"))
    for kept in ("tensor.nii.gz", "tensor.json", "FA.nii.gz"):
        assert (study / f"results/phantom/3_dwi/{session}_{SPACE}_{kept}").is_file()
    assert len(list((study / "results/phantom/6_folds").rglob("model.keras"))) == 4


def test_resources_are_tabulated_for_every_rule_that_ran(study):
    report = study / "results/phantom/9_report"
    with open(report / "resources.tsv") as table:
        rows = {row["rule"]: row for row in csv.DictReader(table, delimiter="\t")}
    ran = {path.parts[1] for path in benchmarks(study)}
    assert set(rows) == {name.removesuffix(".tsv") for name in ran} - {OWN}
    assert (rows["scan_phantom"]["jobs"], rows["train_fold"]["jobs"]) == ("4", "4")
    for row in rows.values():
        assert float(row["asked_mem_mb"]) >= 500 and float(row["asked_runtime"]) >= 5


def test_suggested_resources_are_what_a_profile_takes(study, tmp_path):
    report = study / "results/phantom/9_report"
    shutil.copy(report / "suggested_resources.yaml", tmp_path / "profile.yaml")
    options = ["--dry-run", "--force", "results/phantom/9_report/cohort.png"]
    options += ["--workflow-profile", str(tmp_path)]
    process = snakemake(study, *options, config=tiny_config(), project=study)
    assert "mem_mb=500, " in process.stdout and "runtime=10, " in process.stdout


def test_everybody_is_predicted_once_by_a_network_that_had_not_seen_them(study):
    for name in ("preregistration", "postregistration"):
        folder = study / "results/phantom/6_folds" / name
        with open(folder / "predictions.tsv") as table:
            rows = list(csv.DictReader(table, delimiter="\t"))
        assert len({row["participant_id"] for row in rows}) == len(rows) == 4


def test_tensors_say_their_order_frame_and_what_was_masked(study):
    paths = list((study / "results/phantom/3_dwi").rglob(f"*{SPACE}_tensor.json"))
    assert len(paths) == 4
    text = json.loads(paths[0].read_text())
    assert "Dxx" in json.dumps(text) and "mm" in json.dumps(text)


def test_the_bids_dataset_is_valid(study):
    process = subprocess.run(
        ["bids-validator-deno", str(study / "results/phantom/1_bids"), "--json"],
        capture_output=True,
        text=True,
    )
    issues = json.loads(process.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []


def test_the_report_is_one_html_file(study):
    process = snakemake(
        study, "--report", "report.html", config=tiny_config(), project=study
    )
    assert process.returncode == 0, process.stdout[-3000:]
    page = (study / "report.html").read_text()
    assert "preregistration" in page and len(page) > 500_000


def test_an_existing_bids_dataset_is_a_start_too(study, tmp_path):
    dataset = study / "results/phantom/1_bids"
    rows = ["participant_id\tsession_id\tgroup\tage\tsex\tsite"]
    for subject in sorted(path.name for path in dataset.glob("sub-*")):
        label = subject.removeprefix("sub-")
        rows.append(f"{label}\t1\t{label[:7]}\t40\tF\tA")
    (tmp_path / "cohort.tsv").write_text("\n".join(rows) + "\n")
    config = tiny_config() | {"study": "again", "source": "bids"}
    config["cohort"] = str(tmp_path / "cohort.tsv")
    config["bids"]["dataset"] = str(dataset)
    jobs = dry_run(study, config)
    assert jobs["import_bids"] == jobs["correct_t1w"] == 4
    assert "convert_dicom" not in jobs and "scan_phantom" not in jobs
    image = "1_bids/sub-control001/ses-1/dwi/sub-control001_ses-1_dwi.nii.gz"
    process = snakemake(study, f"results/again/{image}", config=config, project=study)
    assert process.returncode == 0, process.stdout[-3000:]
    ours, theirs = (study / "results" / name / image for name in ("again", "phantom"))
    assert ours.read_bytes() == theirs.read_bytes()


def retrained_config():
    """Return the tiny study in which one experiment's networks are trained anew."""
    config = tiny_config()
    config["experiments"]["postregistration"]["statistics"] = {
        "null": "retrain",
        "retrainings": 19,
        "corrections": ["permutation-max-t"],
    }
    return config


def test_a_null_by_retraining_trains_every_fold_for_each_permutation(study):
    jobs = dry_run(study, retrained_config())
    assert jobs["train_fold"] == jobs["null_sensitivity_map"] == 19 * 2
    assert jobs["null_map"] == 19 * 4 and jobs["correct_maps"] == 4 * 2
    assert "average_sensitivity" not in jobs and "stack_maps" not in jobs


def test_networks_of_permuted_labels_give_a_statistic_in_mni(study):
    folder = "results/phantom/8_statistics/postregistration/FA"
    target = f"{folder}/null/3_statmaps.nii.gz"
    process = snakemake(study, target, config=retrained_config(), project=study)
    assert process.returncode == 0, process.stdout[-3000:]
    null = nib.load(study / target).get_fdata()
    real = nib.load(study / f"{folder}/mean_statmap.nii.gz").get_fdata()
    assert null.shape == (24, 28, 24, 2)
    inside = real != 0
    assert (null[inside, 1] != 0).mean() > 0.9 and np.isfinite(null).all()
    stacks = study / "results/phantom/7_maps/postregistration_null3"
    assert not list(stacks.rglob("*.npy"))  # they would fill the disk
