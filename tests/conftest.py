"""Fixtures that all tests share."""

from pathlib import Path

import numpy as np
import pytest

import scan2map  # noqa: F401 - before TensorFlow, which reads what it sets

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def shared_data():
    if not SHARED_DATA.is_dir():
        pytest.skip(f"reference data are not at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """A copy of the project in which the tiny study has run."""
    from workflow import copy_project, run_study, tiny_config

    project = copy_project(tmp_path_factory.mktemp("project"))
    return run_study(project, tiny_config(), project)
