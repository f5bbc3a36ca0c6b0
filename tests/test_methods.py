from copy import deepcopy
from itertools import product
from pathlib import Path

import pytest
import yaml

from scan2map.cohort import phantom_cohort
from scan2map.methods import methods_html, methods_text, package_versions
from scan2map.methods.references import REFERENCES

CONFIG = yaml.safe_load(
    (Path(__file__).parents[1] / "config" / "config.yaml").read_text()
)


@pytest.fixture
def config():
    return deepcopy(CONFIG)


def text(config, sessions=None):
    """Return the whole text of a study as one string."""
    sessions = sessions or phantom_cohort({"control": 3, "patient": 2}, seed=1)
    networks = dict.fromkeys(config["experiments"], {"parameters": 12345})
    return methods_text(config, sessions, networks, {"Keras": "3.15.1"})


def joined(*arguments):
    return " ".join(paragraph for _, paragraph in text(*arguments))


def test_numbers_of_the_configuration_are_in_the_text(config):
    config["statistics"]["fwhm"] = 6.5
    config["experiments"]["preregistration"]["training"]["epochs"] = 171
    written = joined(config)
    assert "6.5 mm" in written and "171 epochs" in written
    assert "12,345 parameters" in written and "Keras 3.15.1" in written


def test_the_choice_of_each_tool_changes_the_text(config):
    choices = (
        ["robex", "template"],
        ["dipy", "mrtrix", "none"],
        ["ants", "fsl", "none"],
    )
    texts = set()
    for brain, denoise, eddy in product(*choices):
        config["anat"]["brain_mask"] = brain
        config["dwi"] |= {"denoise": denoise, "eddy": eddy}
        texts.add(joined(config))
    assert len(texts) == 18


def test_only_what_was_done_is_cited(config):
    config["anat"] |= {"brain_mask": "template", "n4": False, "denoise": "none"}
    written = joined(config)
    assert not any(k in written for k in ("iglesias2011", "tustison2010", "coupe2008"))


def test_sessions_left_out_are_counted_with_their_reason(config):
    sessions = phantom_cohort({"control": 3, "patient": 2}, seed=1)
    sessions[0]["exclude"] = "moved 4 mm"
    written = joined(config, sessions)
    assert "2 in the group 'control'" in written and "1 for 'moved 4 mm'" in written


def test_mirrored_sessions_are_counted(config):
    sessions = phantom_cohort({"control": 3, "patient": 2}, seed=1)
    sessions[4]["onset_side"] = "left"
    assert "Images of 1 session with onset on the left" in joined(config, sessions)


def test_citations_are_numbered_in_order_and_listed():
    page = methods_html(
        [("H", "A [molder2021]. B [abadi2016, molder2021].")], title="t"
    )
    assert "A [1]. B [2, 1]." in page
    assert page.index("Snakemake") < page.index("TensorFlow")


def test_every_citation_of_the_demo_has_a_source(config):
    page = methods_html(text(config), title="Methods")
    assert "2022" in page and "[estudillo" not in page


def test_an_unknown_citation_is_refused():
    with pytest.raises(ValueError, match="nobody1999"):
        methods_html([("H", "A [nobody1999].")], title="t")


def test_references_end_in_an_address_or_are_proceedings():
    bare = [k for k, r in REFERENCES.items() if "doi:" not in r and "arXiv" not in r]
    assert sorted(bare) == ["abadi2016", "chollet2015"]


def test_versions_are_those_installed():
    import numpy

    versions = package_versions({"numpy": "NumPy", "no-such-package": "Nothing"})
    assert versions == {"NumPy": numpy.__version__}
