"""Which analyses a study has, and which of them cannot be answered."""

import copy

import pytest
from test_designs import cohort
from workflow import complete, phantom_config, resting_config

from scan2map.analyses import (
    base_and_number,
    columns_needed,
    contrasts_of,
    locate_images,
    permuted_cohort,
    plan_designs,
    spread_statistics,
    study_analyses,
    tidy_statistics,
)
from scan2map.cohort import read_cohort
from scan2map.settings import expand_protocols

GROUPS = ["control", "patient"]


def study(config=None, statistics=None, **analyses):
    """Return the analyses of a study with some of its statistics changed."""
    config = copy.deepcopy(config or phantom_config())
    config["statistics"] = {"covariates": ["age"]} | (statistics or {})
    config["analyses"] = analyses
    config = complete(config)
    return study_analyses(
        config | {"experiments": expand_protocols(config["experiments"])}
    )


def test_each_experiment_and_diffusion_itself_have_an_analysis():
    analyses = study()
    assert list(analyses) == ["preregistration", "postregistration", "traditional"]
    kinds = [analysis["kind"] for analysis in analyses.values()]
    assert kinds == ["sensitivity", "sensitivity", "diffusion"]


def test_a_replica_beside_its_honest_twin_has_none():
    analyses = study(resting_config())
    assert list(analyses) == ["asc", "ssc", "rsp"]
    assert analyses["rsp"]["kind"] == "volumes"


def test_an_experiment_changes_what_it_names_and_keeps_the_rest():
    config = phantom_config()
    config["statistics"] = {"fwhm": 6.0, "mask": {"implicit": False}}
    config["experiments"]["preregistration"]["statistics"] = {
        "alpha": 0.01,
        "mask": {"threshold": {"absolute": 0.1}},
    }
    spread = complete(config)["experiments"]["preregistration"]["statistics"]
    assert (spread["alpha"], spread["fwhm"]) == (0.01, 6.0)
    assert spread["mask"]["threshold"] == {"absolute": 0.1}
    assert not spread["mask"]["implicit"]


def test_an_unfinished_configuration_is_left_to_the_schema():
    assert spread_statistics({"experiments": {"a": 3}}) == {"experiments": {"a": 3}}


def test_contrasts_are_those_of_the_design_unless_some_are_asked_for():
    analyses = study(
        own={
            "label": "own",
            "maps": "preregistration",
            "statistics": {"contrasts": {"age": {"t": "age"}}},
        }
    )
    assert list(contrasts_of(analyses["preregistration"], GROUPS)) == ["groups", "mean"]
    assert list(contrasts_of(analyses["traditional"], GROUPS)) == ["groups"]
    assert list(contrasts_of(analyses["own"], GROUPS)) == ["age"]


def test_columns_are_those_of_covariates_globals_and_images():
    statistics = {"global": {"value": "tiv", "normalisation": "ancova"}}
    own = {"label": "own", "maps": "con", "statistics": statistics}
    assert list(columns_needed(study(vbm=own))) == ["age", "tiv", "con"]


def test_misspelt_maps_are_told_with_what_they_could_be(tmp_path):
    needed = columns_needed(study(own={"label": "own", "maps": "traditoinal"}))
    (tmp_path / "cohort.tsv").write_text(
        "participant_id\tsession_id\tgroup\tage\tsex\tsite\n01\t1\tcontrol\t60\tF\tA\n"
    )
    said = (
        "no column .*traditoinal.*\n.*'own' .* one of preregistration, postregistration"
    )
    with pytest.raises(ValueError, match=f"{said}, traditional, or a column"):
        read_cohort(tmp_path / "cohort.tsv", GROUPS, "bids", needed)


def images(tmp_path, n=12):
    paths = [tmp_path / f"con{number}.nii.gz" for number in range(n)]
    for path in paths:
        path.touch()
    low = [str(number % 5) for number in range(n)]
    return cohort(
        n, con=[str(path) for path in paths], sex=["F", "M"] * (n // 2), low=low
    )


def of_images(**statistics):
    own = {"label": "own", "maps": "con", "statistics": statistics}
    return {"vbm": study(vbm=own)["vbm"]}


def test_an_analysis_of_images_is_planned(tmp_path):
    design = plan_designs(of_images(), images(tmp_path), GROUPS)["vbm"]
    assert design.columns == ["control", "patient", "age"]


@pytest.mark.parametrize(
    ("statistics", "sentence"),
    [
        ({"covariates": ["age", "age"]}, "'age' twice"),
        ({"covariates": ["group"]}, "'group', which is compared"),
        ({"groups": ["healthy"]}, "'groups' has 'healthy'"),
        ({"groups": ["control"]}, "two samples need two"),
        ({"mask": {"explicit": "no.nii"}}, "no.nii, which is no file"),
        ({"atlas": {"labels": __file__}}, "needs an image and its labels"),
        ({"sessions": "each", "corrections": ["bonferroni"]}, "not independent"),
        (
            {"design": "one-sample", "variance": "unequal"},
            "'variance: unequal' is for two samples",
        ),
        ({"contrasts": {"iq": {"t": "iq"}}}, "contrast 'iq': 'iq' is no column"),
        ({"design": "regression"}, "needs 'regressor'"),
        ({"permutations": 19, "alpha": 0.01}, "has no p below 0.05, and none"),
        (
            {"global": {"value": "sex", "normalisation": "proportional"}},
            "'sex' of participant p0 is 'F', others have|covariate 'sex'",
        ),
        ({"global": {"value": "low", "grand_mean": 100}}, "which has 0 for partic"),
        ({"design": "paired", "sessions": [1, 1]}, "names '1' twice"),
        ({"sessions": [7, 8]}, r"'sessions: \[7, 8\]' names two .* is two-sample"),
    ],
)
def test_an_analysis_that_cannot_be_answered_says_why(tmp_path, statistics, sentence):
    with pytest.raises(ValueError, match=f"analysis 'vbm': .*{sentence}"):
        plan_designs(of_images(**statistics), images(tmp_path), GROUPS)


def test_an_atlas_is_looked_at_before_anything_is_trained(tmp_path):
    (tmp_path / "atlas.tsv").write_text("")
    atlas = {"image": __file__, "labels": str(tmp_path / "atlas.tsv")}
    with pytest.raises(ValueError, match="atlas.tsv has no column 'index', it is emp"):
        plan_designs(of_images(atlas=atlas), images(tmp_path), GROUPS)


def test_an_image_that_is_no_file_is_named(tmp_path):
    rows = cohort(con=["there.nii"] * 12)
    with pytest.raises(ValueError, match="'con' names 'there.nii' for participant p0"):
        plan_designs(of_images(), rows, GROUPS)


def test_an_image_that_two_participants_share_is_named(tmp_path):
    rows = images(tmp_path)
    (tmp_path / "link.nii.gz").symlink_to(rows[0]["con"])
    rows[1]["con"] = str(tmp_path / "link.nii.gz")
    said = "p0 .* and p1 .* have one image, .* column 'con' should name an image of"
    with pytest.raises(ValueError, match=said):
        plan_designs(of_images(), rows, GROUPS)


def test_sessions_that_are_averaged_may_have_one_image(tmp_path):
    rows = images(tmp_path)
    rows += [row | {"session_id": "2"} for row in rows]
    assert len(plan_designs(of_images(), rows, GROUPS)["vbm"].labels) == 12
    each = of_images(sessions="each", corrections=["permutation-max-t"])
    with pytest.raises(ValueError, match="sessions 1 and 2 of participant p0 are the"):
        plan_designs(each, rows, GROUPS)


@pytest.mark.parametrize(
    ("column", "use"),
    [
        ("group", "meaning of its own"),
        ("age", "meaning of its own"),
        ("iq", "covariate"),
    ],
)
def test_a_column_of_images_cannot_mean_anything_else(column, use, tmp_path):
    own = {"label": "own", "maps": column, "statistics": {"covariates": ["iq"]}}
    analyses = {"own": study(own=own)["own"]}
    rows = cohort(iq=["7"] * 12)
    with pytest.raises(ValueError, match=f"'own' has 'maps: {column}', .*{use}"):
        locate_images(rows, analyses, tmp_path / "cohort.tsv")
    assert rows == cohort(iq=["7"] * 12)


def test_who_takes_no_part_needs_no_value(tmp_path):
    rows = images(tmp_path)
    for row in rows[::2]:
        row |= {"con": "", "score": ""}
    for number, row in enumerate(rows[1::2]):
        row["score"] = str(number**2)
    patients = {"groups": ["patient"], "design": "regression", "regressor": "score"}
    design = plan_designs(of_images(**patients, covariates=[]), rows, GROUPS)["vbm"]
    assert len(design.matrix) == 6


def test_random_fields_need_some_degrees_of_freedom(tmp_path):
    few = of_images(covariates=[], corrections=["rft-cluster", "bonferroni"])
    with pytest.raises(ValueError, match="6 images leave 4 degrees .* as rft-cluster"):
        plan_designs(few, images(tmp_path, 6), GROUPS)


def test_a_column_of_images_must_make_a_name():
    own = {"label": "own", "maps": "grey matter"}
    with pytest.raises(ValueError, match="'maps' is 'grey matter': .* rename it"):
        plan_designs({"vbm": study(vbm=own)["vbm"]}, cohort(), GROUPS)


def test_too_few_arrangements_for_alpha_are_told(tmp_path):
    said = "only 6 arrangements, of which 2 always have .*, so that no p .* 0.33"
    with pytest.raises(ValueError, match=said):
        plan_designs(of_images(covariates=[]), images(tmp_path, 4), GROUPS)


def test_arrangements_that_suffice_for_one_tail_may_not_for_two(tmp_path):
    rows = images(tmp_path, 6)
    plan_designs(of_images(covariates=[], tails="positive"), rows, GROUPS)
    with pytest.raises(ValueError, match="only 20 arrangements, .* smaller than 0.1,"):
        plan_designs(of_images(covariates=[], tails="two"), rows, GROUPS)
    scaled = {"value": "mean", "normalisation": "ancova"}
    plan_designs(of_images(covariates=[], **{"global": scaled}), rows, GROUPS)


def test_arrangements_of_many_participants_are_counted(tmp_path):
    for wanted in ({}, {"contrasts": {"mean": {"t": "mean"}}}):
        plan_designs(of_images(**wanted), images(tmp_path, 1200), GROUPS)


def test_permuted_labels_keep_group_sizes_and_a_participants_sessions_together():
    rows = cohort(10) + [row | {"session_id": "2"} for row in cohort(10)[:3]]
    permuted = permuted_cohort(rows, seed=1)
    assert permuted == permuted_cohort(rows, seed=1) != permuted_cohort(rows, seed=2)
    groups = {row["participant_id"]: row["group"] for row in permuted}
    assert sorted(groups.values()) == sorted(row["group"] for row in rows[:10])
    assert all(row["group"] == groups[row["participant_id"]] for row in permuted)
    assert [r | {"group": ""} for r in permuted] == [r | {"group": ""} for r in rows]


def test_names_of_permuted_labels_are_taken_apart():
    assert base_and_number("post_null12") == ("post", 12)
    assert base_and_number("post") == ("post", None)


@pytest.mark.parametrize(
    ("statistics", "sentence"),
    [
        ({"null": "retrain", "retrainings": 10}, "no p below 0.091"),
        ({"null": "models", "corrections": ["rft-peak"]}, "needs a correction by perm"),
    ],
)
def test_retraining_that_cannot_be_significant_is_refused(statistics, sentence):
    with pytest.raises(ValueError, match=sentence):
        plan_designs(study(statistics=statistics), cohort(), GROUPS)


def test_maps_of_group_ica_are_not_retrained():
    analyses = study(resting_config(), {"null": "retrain"})
    with pytest.raises(ValueError, match="a new group ICA"):
        plan_designs(analyses, cohort(), GROUPS)


def test_a_problem_that_analyses_share_is_told_once():
    with pytest.raises(ValueError) as told:
        plan_designs(study(statistics={"covariates": ["iq"]}), cohort(), GROUPS)
    assert len(str(told.value).splitlines()) == 1


def test_sessions_are_labels_and_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/someone")
    statistics = of_images(sessions=[1, "ses-2"], mask={"explicit": "~/m.nii"})
    tidy = tidy_statistics(statistics["vbm"]["statistics"])
    assert tidy["sessions"] == ["1", "2"]
    assert tidy["mask"]["explicit"] == "/home/someone/m.nii"
