"""Nothing broken gets in: each way to break a series is refused for its reason."""

import re

import pytest
from dicom_mutations import (
    EVERY,
    HARMLESS,
    SERIES,
    admit,
    clean_series,
    copy_series,
    harmful_cases,
    harmless,
    name_of_mutation,
)

CASES = harmful_cases(all_of_them=False)


@pytest.fixture(scope="session")
def clean(tmp_path_factory, shared_data):
    """Folders of clean series, by name."""
    return clean_series(shared_data, tmp_path_factory.mktemp("clean"))


@pytest.mark.parametrize("name", EVERY)
def test_a_clean_series_passes(clean, tmp_path, name):
    admitted = admit(name, clean[name], tmp_path / "work")
    assert not admitted.findings and SERIES[name].suffix in admitted.chosen


@pytest.mark.parametrize(
    ("name", "mutate", "kinds"),
    CASES,
    ids=[f"{name}: {name_of_mutation(mutate)}" for name, mutate, _ in CASES],
)
def test_a_broken_series_is_refused_for_its_reason(
    clean, tmp_path, name, mutate, kinds
):
    folder = copy_series(clean[name], tmp_path / "dicom")
    mutate(folder)
    with pytest.raises(ValueError) as refused:
        admit(name, folder, tmp_path / "work")
    assert kinds & set(re.findall(r"\[(\w+)\]$", str(refused.value), re.M))


@pytest.mark.parametrize("beside", HARMLESS)
@pytest.mark.parametrize("name", ["mosaic", "GE", "enhanced T1"])
def test_what_does_no_harm_is_passed_over(clean, tmp_path, name, beside):
    folder = copy_series(clean[name], tmp_path / "dicom")
    harmless(beside)(folder)
    assert not admit(name, folder, tmp_path / "work").findings
