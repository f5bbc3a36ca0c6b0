import numpy as np
import pandas as pd
import pytest
import yaml

from scan2map.resources import (
    profile_text,
    read_benchmarks,
    rule_folder,
    suggest_memory,
    use_of_rules,
)

COLUMNS = (
    "s", "h:m:s", "max_rss", "max_vms", "max_uss", "max_pss", "io_in", "io_out",
    "mean_load", "cpu_time",
)  # fmt: skip


def write(folder, name, seconds, memory, cpu_seconds):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    row = [seconds, "0:00:00", memory, 0, 0, 0, 0, 0, 0, cpu_seconds]
    path.write_text(
        "\n".join("\t".join(map(str, line)) for line in (COLUMNS, row)) + "\n"
    )


@pytest.fixture
def jobs(tmp_path):
    """Two trainings, one table, and a job that was over before it was looked at."""
    write(tmp_path, "6_folds/train_fold/a_fold-1.tsv", 3600, 1000, 7000)
    write(tmp_path, "6_folds/train_fold/b/fold-2.tsv", 1800, 2000, 3000)
    write(tmp_path, "6_folds/split_cohort.tsv", 0.2, "NA", "NA")
    return read_benchmarks(tmp_path)


TRAINING = {
    "rule": "train_fold",
    "benchmark": "6_folds/train_fold/{experiment}_fold-{fold}.tsv",
    "threads": 2,
    "mem_mb": 4000,
    "runtime": 600,
    "gpu": 1,
}
BATCH = TRAINING | {"rule": "train_folds_1_to_5", "mem_mb": 3000, "gpu": None}
SPLIT = {"rule": "split_cohort", "benchmark": "6_folds/split_cohort.tsv", "gpu": None}


def test_hours_are_summed_and_the_most_of_any_job_is_found(jobs):
    row = use_of_rules(jobs, [TRAINING, BATCH]).set_index("rule").loc["train_fold"]
    assert (row["jobs"], row["memory_mb"], row["longest_minutes"]) == (2, 2000, 60)
    assert row["core_hours"] == pytest.approx(10000 / 3600)
    assert row["reserved_core_hours"] == pytest.approx(2 * 1.5)
    assert row["gpu_hours"] == pytest.approx(1.5)


def test_suggestions_leave_room_above_the_most_that_was_seen(jobs):
    row = use_of_rules(jobs, [TRAINING, BATCH]).set_index("rule").loc["train_fold"]
    assert row["suggested_mem_mb"] == 2750  # 2000 x 1.25 + 250
    assert row["suggested_runtime"] == 90


def test_what_is_not_known_stays_unknown(jobs):
    row = use_of_rules(jobs, [TRAINING, BATCH]).set_index("rule").loc["split_cohort"]
    unknown = ["memory_mb", "asked_mem_mb", "reserved_core_hours", "suggested_mem_mb"]
    assert row[unknown].isna().all()
    assert (row["core_hours"], row["gpu_hours"]) == (0, 0)


def test_of_rules_that_share_a_folder_the_most_is_asked_for(jobs):
    row = use_of_rules(jobs, [BATCH, TRAINING]).set_index("rule").loc["train_fold"]
    assert (row["asked_mem_mb"], row["asked_gpu"]) == (4000, 1)


def test_rules_stand_in_the_order_in_which_the_workflow_has_them(jobs):
    for rules in ([TRAINING, SPLIT], [SPLIT, TRAINING]):
        table = use_of_rules(jobs, rules)
        assert list(table["rule"]) == [rule["rule"] for rule in rules]


def test_the_block_for_a_profile_names_every_rule_of_a_folder(jobs):
    block = yaml.safe_load(profile_text(use_of_rules(jobs, [TRAINING, BATCH])))
    expected = {"mem_mb": "2750 * attempt", "runtime": "90 * attempt"}
    assert block["set-resources"] == dict.fromkeys(
        ["train_fold", "train_folds_1_to_5"], expected
    )


def test_little_memory_is_suggested_with_room_for_snakemake():
    assert [suggest_memory(mb) for mb in (1, 200, 201)] == [500, 500, 750]


def test_a_rule_with_one_job_has_a_file_where_others_have_a_folder():
    assert rule_folder("9_report/draw_cohort.tsv") == "9_report/draw_cohort"
    assert (
        rule_folder("8_statistics/test_maps/a/FA_mean.tsv") == "8_statistics/test_maps"
    )


def test_a_table_that_is_no_benchmark_is_named(tmp_path):
    (tmp_path / "6_folds").mkdir()
    (tmp_path / "6_folds/mine.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(ValueError, match="mine.tsv is not a table of Snakemake's"):
        read_benchmarks(tmp_path)


def test_an_empty_folder_is_said_to_be_empty(tmp_path):
    with pytest.raises(ValueError, match="no job has left what it used"):
        read_benchmarks(tmp_path)


def test_of_thousands_of_jobs_the_95th_percentile_is_told_apart_from_the_highest():
    memory = np.r_[np.full(99, 100.0), 5000]
    jobs = pd.DataFrame({"memory_mb": memory, "seconds": 1.0, "cpu_seconds": 1.0})
    row = use_of_rules(jobs.assign(rule="1_bids/convert"), []).iloc[0]
    assert (row["memory_p95_mb"], row["memory_mb"]) == (100, 5000)
