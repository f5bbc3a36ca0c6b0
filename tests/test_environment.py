"""The environments are the ones that were tested."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pins(text):
    return dict(
        re.findall(r"^\s*(?:- )?\"?([A-Za-z0-9_.-]+)==([^\s\\\",]+)", text, re.M)
    )


def test_conda_environment_has_the_versions_of_the_lock():
    lock = pins((ROOT / "requirements.lock").read_text())
    conda = pins((ROOT / "envs" / "scan2map.yaml").read_text())
    assert len(conda) > 10
    assert conda == {name: lock[name] for name in conda}


def test_lock_has_the_versions_that_the_project_asks_for():
    lock = pins((ROOT / "requirements.lock").read_text())
    asked = pins((ROOT / "pyproject.toml").read_text())
    assert len(asked) > 10
    assert asked == {name: lock[name] for name in asked}
