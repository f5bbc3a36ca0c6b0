"""Volumes that are measured in T1w images become columns of the cohort."""

import pytest
from test_analyses import GROUPS, study
from test_designs import asked, cohort

from scan2map.analyses import columns_needed, plan_designs
from scan2map.designs import cohort_design, global_values, images_of
from scan2map.measured import MEASURED, read_volumes, with_places, with_volumes

SCALED = {"value": "tiv", "normalisation": "proportional", "grand_mean": None}


def write_volumes(path, tivs):
    """Write the table of volumes of the cohort's sessions."""
    lines = ["participant_id\tsession_id\tgm\twm\tcsf\ttiv"]
    lines += [f"p{i}\t1\t600\t500\t400\t{tiv}" for i, tiv in enumerate(tivs)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_design_is_planned_before_its_volumes_are_measured():
    analyses = study(statistics={"covariates": ["age", "tiv"]})
    rows = with_places(cohort(), MEASURED)
    design = plan_designs(analyses, rows, GROUPS)["preregistration"]
    assert design.columns == ["control", "patient", "age", "tiv"] and design.df == 8
    assert list(columns_needed(analyses, MEASURED)) == ["age"]


@pytest.mark.parametrize(
    ("column", "measured", "sentence"),
    [
        ("TIV", MEASURED, "'TIV': did you mean tiv, which the study measures?"),
        ("tiv", (), "volumes are measured in T1w images, which this study does not"),
    ],
)
def test_a_volume_that_nobody_has_is_explained(column, measured, sentence):
    analyses = study(statistics={"covariates": [column]})
    assert sentence in columns_needed(analyses, measured)[column]


def test_what_no_volumes_could_answer_is_told_by_the_plan():
    rows = with_places(cohort(6), MEASURED)
    with pytest.raises(ValueError, match="6 images are too few"):
        cohort_design(rows, asked(covariates=["age", "gm", "wm", "csf"]), GROUPS)


def test_a_volume_beside_all_its_parts_is_refused_by_the_plan():
    rows = with_places(cohort(), MEASURED)
    with pytest.raises(ValueError, match="'tiv' .* follows from gm, wm, csf"):
        cohort_design(rows, asked(covariates=["gm", "wm", "csf", "tiv"]), GROUPS)


def test_a_volume_of_the_cohort_need_not_add_up_with_those_measured():
    rows = cohort(gm=[str(600 + i * i % 17) for i in range(12)])
    wanted = asked(covariates=["gm", "wm", "csf", "tiv"])
    assert cohort_design(with_places(rows, MEASURED[1:]), wanted, GROUPS).df == 6


def test_the_design_has_the_measured_volumes(tmp_path):
    tivs = [1400 + 7 * i % 90 for i in range(12)]
    volumes = read_volumes(write_volumes(tmp_path / "volumes.tsv", tivs))
    rows = with_volumes(cohort(), volumes)
    design = cohort_design(rows, asked(covariates=["tiv"]), GROUPS)
    mean = sum(tivs) / len(tivs)
    assert [row[2] for row in design.matrix] == pytest.approx(
        [tiv - mean for tiv in tivs]
    )


def test_measured_volumes_that_are_all_the_same_are_refused(tmp_path):
    volumes = read_volumes(write_volumes(tmp_path / "volumes.tsv", [1500] * 12))
    rows = with_volumes(cohort(), volumes)
    with pytest.raises(ValueError, match="'tiv' is the same for all 12"):
        cohort_design(rows, asked(covariates=["tiv"]), GROUPS)


def test_maps_are_scaled_by_the_mean_of_a_participants_sessions(tmp_path):
    wanted = asked(mask={"threshold": None}, **{"global": SCALED})
    rows = [row | {"participant_id": f"q{i // 2}"} for i, row in enumerate(cohort(8))]
    rows = [
        row | {"session_id": str(i), "tiv": str(i + 1)} for i, row in enumerate(rows)
    ]
    rows = [row | {"group": GROUPS[i // 4]} for i, row in enumerate(rows)]
    sessions = images_of(cohort_design(rows, wanted, GROUPS), rows)
    assert global_values(sessions, wanted) == [1.5, 3.5, 5.5, 7.5]


def test_a_column_of_the_cohort_wins(tmp_path):
    volumes = read_volumes(write_volumes(tmp_path / "volumes.tsv", range(12)))
    rows = cohort(tiv=["1600"] * 12)
    for filled in (with_volumes(rows, volumes), with_places(rows, MEASURED)):
        assert {row["tiv"] for row in filled} == {"1600"}
        assert "gm" in filled[0]
