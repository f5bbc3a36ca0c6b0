"""The calibration of tests on maps of networks: its draws, its tests, its table."""

import numpy as np
import pandas as pd
import pytest
import yaml
from workflow import ROOT, complete

from scan2map.cohort import phantom_cohort
from scan2map.figures.network_calibration import TITLES, draw_network_rates
from scan2map.statistics.network_calibration import (
    draw_labellings,
    similarity,
    smallest_p,
)
from scan2map.statistics.network_rates import (
    bootstrap_interval,
    exact_interval,
    markdown_table,
    network_rates,
    retrained_p,
)

GROUPS = ["control", "patient"]
POOL = phantom_cohort({"control": 5, "patient": 5}, seed=1)


def settings():
    path = ROOT / "calibration/networks_pool.yaml"
    return complete(yaml.safe_load(path.read_text()))


def recorded(largest_t, p=0.5, study=0):
    """Return what a study of one test has recorded, a row per labelling."""
    about = {
        "study": study,
        "maps": "sensitivity",
        "metric": "FA",
        "contrast": "groups",
    }
    about |= {"correction": "rft-peak", "p": p}
    return pd.DataFrame(
        [
            about | {"labelling": labelling, "largest_t": t}
            for labelling, t in enumerate(largest_t)
        ]
    )


def test_all_labellings_are_of_the_same_people_in_equal_groups():
    drawn = draw_labellings(POOL, GROUPS, per_group=3, labellings=8, seed=2)
    people = {tuple(row["participant_id"] for row in rows) for rows in drawn}
    assert len(people) == 1 and len(set(*people)) == 6
    dealt = [tuple(row["group"] for row in rows) for rows in drawn]
    assert all(groups.count("patient") == 3 for groups in dealt)
    assert len(set(dealt)) > 4


def test_the_observed_labelling_is_dealt_like_the_others():
    first = [
        draw_labellings(POOL, GROUPS, 3, 1, seed)[0][0]["group"] for seed in range(200)
    ]
    assert first.count("patient") == pytest.approx(100, abs=25)


def test_labels_of_the_pool_mean_nothing():
    drawn = draw_labellings(POOL, GROUPS, 5, 40, seed=3)
    kept = [
        row["participant_id"].startswith(row["group"]) for rows in drawn for row in rows
    ]
    assert np.mean(kept) == pytest.approx(0.5, abs=0.1)


def test_more_labellings_keep_those_there_were():
    assert (
        draw_labellings(POOL, GROUPS, 3, 2, 5)
        == draw_labellings(POOL, GROUPS, 3, 4, 5)[:2]
    )


def test_the_study_of_the_pool_has_no_effect():
    for effect in settings()["phantom"]["effects"]:
        sizes = [effect.get(key, 0) for key in ("md", "anisotropy", "difference")]
        assert sizes == [0, 0, 0]


def test_retraining_counts_labellings_with_as_large_a_statistic():
    found = recorded([3.0, 2.0, 3.0, 5.0])
    assert retrained_p(found)["p"].tolist() == [3 / 4]
    assert retrained_p(recorded([6.0] + [3.0] * 19))["p"].tolist() == [0.05]


def test_rates_of_recorded_p_are_those_counted_by_hand():
    studies = [
        recorded([1.0, 2.0], p=p, study=i) for i, p in enumerate((0.01, 0.5, 0.9))
    ]
    studies[0].loc[1, "p"] = 0.3
    rates = network_rates(pd.concat(studies), alpha=0.05, samples=500, seed=0)
    row = rates.set_index("correction").loc["rft-peak"]
    assert (row["studies"], row["errors"], row["tests"]) == (3, 1, 6)
    assert (row["rate"], row["rate_all"]) == pytest.approx((1 / 3, 1 / 6))
    assert row["low_all"] == 0 and row["high_all"] == 0.5
    retrain = rates.set_index("correction").loc["retrain"]
    assert retrain["errors"] == 0 and np.isnan(retrain["rate_all"])


def test_intervals_are_those_of_clopper_and_pearson():
    # Clopper and Pearson (1934): 1 of 4; and none of 50.
    assert exact_interval(1, 4) == pytest.approx((0.0063, 0.8059), abs=1e-4)
    assert exact_interval(0, 50) == pytest.approx((0, 0.0711), abs=1e-4)


def test_resampling_studies_is_not_sure_of_a_rate_of_0():
    assert bootstrap_interval(np.zeros(50), 100, 0) == exact_interval(0, 50)
    low, high = bootstrap_interval(np.repeat([0.0, 1.0], 25), 2000, 0)
    assert (low, high) == pytest.approx((0.36, 0.64), abs=0.03)


def test_the_table_has_a_row_per_correction():
    rates = network_rates(recorded([1.0, 2.0]), alpha=0.05, samples=100, seed=0)
    lines = markdown_table(rates, observed=True).splitlines()
    assert lines[0] == "| correction | sensitivity, `groups`, FA |"
    assert lines[2] == "| rft-peak | 0.0 (0.0 to 97.5) |"
    assert lines[3].startswith("| permutation-max-t, `null: retrain` | 0.0")
    assert len(markdown_table(rates, observed=False).splitlines()) == 3


def test_the_figure_has_a_panel_per_question():
    rates = network_rates(recorded([1.0, 2.0]), alpha=0.05, samples=100, seed=0)
    figure = draw_network_rates(rates, alpha=0.05)
    assert [axes.get_title() for axes in figure.axes] == list(TITLES.values())


def test_maps_of_the_same_network_are_told_from_others(rng):
    networks = rng.normal(size=(2, 500))
    maps = np.repeat(networks, 3, axis=0) + 0.1 * rng.normal(size=(6, 500))
    same, different = similarity(maps, [1, 1, 1, 2, 2, 2])
    assert same > 0.97 and abs(different) < 0.2


def test_a_planted_difference_is_found_by_each_correction(rng):
    rows = draw_labellings(POOL, GROUPS, 5, 1, 0)[0]
    mask = np.zeros((10, 10, 10), dtype=bool)
    mask[1:-1, 1:-1, 1:-1] = True
    maps = rng.normal(size=(10, 10, 10, 10))
    for one, row in zip(maps, rows, strict=True):
        one[3:7, 3:7, 3:7] += 20 * (row["group"] == "patient")
    asked = settings()["experiments"]["preregistration"]["statistics"]
    affine = np.diag([8.0, 8, 8, 1])
    found = smallest_p(maps, rows, "diffusion", asked, GROUPS, mask, affine, seed=0)
    assert {row["correction"] for row in found} == set(asked["corrections"])
    assert all(row["p"] <= 0.05 and row["contrast"] == "groups" for row in found)


def test_a_study_of_networks_records_every_test(rng):
    pytest.importorskip("keras")
    from scan2map.sensitivity.null_study import Pool, run_study

    study = settings()
    experiment = dict(study["experiments"]["preregistration"])
    experiment["network"] |= {"filters": [2], "pool_after": [1], "dense": [2]}
    experiment["training"] |= {"epochs": 1}
    brain = np.ones((8, 8, 8), dtype=bool)
    tensors = 1e-3 * (1 + 0.1 * rng.normal(size=(10, 8, 8, 8, 6)))
    pool = Pool(
        rows=POOL,
        groups=GROUPS,
        features=tensors.astype(np.float32),
        masks=[brain] * 10,
        diffusion=rng.normal(size=(10, 1, 8, 8, 8)),
        metrics=["FA"],
        brain=brain,
        affine=np.diag([8.0, 8, 8, 1]),
    )
    statistics = experiment["statistics"] | {"permutations": 19}
    found = pd.DataFrame(run_study(0, pool, experiment, statistics, 3, 2, seed=1))
    # Networks: two contrasts; diffusion: one.
    assert len(found) == 2 * 3 * len(statistics["corrections"])
    assert found["p"].between(0, 1).all()
    networks = found[found["maps"] == "sensitivity"]
    assert networks["same_network"].between(-1, 1).all()
