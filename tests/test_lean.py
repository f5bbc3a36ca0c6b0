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


def test_jobs_on_images_and_maps_import_nothing_heavy_that_they_do_not_use():
    code = (
        "import sys; from scan2map.registration import use_ants; use_ants(1);"
        "import scan2map.statistics.analysis, scan2map.func.series, scan2map.ica;"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert HEAVY.isdisjoint(done.stdout.split())
