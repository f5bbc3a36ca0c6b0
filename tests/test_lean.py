import subprocess
import sys
from pathlib import Path

import pytest

from scan2map.lean import without

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
HEAVY = {"matplotlib", "numba", "pandas", "pydicom", "requests", "scipy.stats"}


def test_a_hidden_module_is_not_found_until_the_block_ends(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys"), pytest.raises(ImportError):
        import colorsys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_an_empty_module_is_found_until_the_block_ends(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with without("colorsys", empty=True):
        import colorsys

        assert not hasattr(colorsys, "rgb_to_hsv")
    import colorsys

    assert hasattr(colorsys, "rgb_to_hsv")


def test_a_module_that_is_there_already_is_not_hidden():
    with without("pytest"):
        import pytest as found
    assert found is pytest


def run(code):
    """Return what a fresh process prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_what_scipy_imports_and_does_not_use_runs_when_it_is_read():
    ran = "print([type(sys.modules[name]) is ModuleType for name in postponed])"
    code = (
        "import scan2map, sys, scipy.ndimage; from types import ModuleType;"
        f"postponed = 'numpy.f2py', 'scipy.linalg'; {ran};"
        f"print(scipy.linalg.norm([3, 4])); {ran}"
    )
    assert run(code).split("\n")[:3] == ["[False, False]", "5.0", "[False, True]"]


def test_jobs_on_images_and_maps_import_nothing_heavy_that_they_do_not_use():
    code = (
        "import sys; from scan2map.registration import use_ants; use_ants(1);"
        "import scan2map.statistics.analysis, scan2map.func.series, scan2map.ica;"
        "print(*sys.modules)"
    )
    assert HEAVY.isdisjoint(run(code).split())
