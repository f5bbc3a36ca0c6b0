import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).parents[1]
CAPTIONS = sorted((ROOT / "report").glob("*.rst"))


def render(caption, **wildcards):
    """Render a caption as Snakemake's report does, but fail on what is undefined."""
    effects = wildcards.pop("effects", ["local"])
    snakemake = SimpleNamespace(
        config=yaml.safe_load((ROOT / "config" / "config.yaml").read_text()),
        params=SimpleNamespace(
            label="pre", approaches=["pre", "post"], effects=effects
        ),
        output=SimpleNamespace(tsv="scores.tsv", html="scores.html"),
        wildcards=SimpleNamespace(
            subject="01", session="1", metric="MD", contrast="groups"
        ),
    )
    vars(snakemake.wildcards).update(wildcards)
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    source = (ROOT / "report" / caption).read_text()
    text = environment.from_string(source).render(snakemake=snakemake)
    # Level 2 is a warning: markup that docutils could not make sense of.
    publish_parts(text, writer="html", settings_overrides={"halt_level": 2})
    return " ".join(text.split())


@pytest.mark.parametrize("caption", [path.name for path in CAPTIONS])
def test_each_caption_is_sound_and_ends_as_a_sentence(caption):
    assert render(caption).endswith(".")


def test_every_caption_named_by_a_rule_exists_and_none_is_left_over():
    rules = "".join(p.read_text() for p in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r'caption="\.\./report/(.+?\.rst)"', rules))
    assert named == {path.name for path in CAPTIONS} - {"workflow.rst"}


def test_the_t_map_caption_tells_the_contrasts_apart():
    assert "minus" in render("t_maps.rst", contrast="groups")
    assert "against zero" in render("t_maps.rst", contrast="mean")


def test_nothing_is_said_of_planted_effects_where_none_are():
    assert "planted" in render("t_maps.rst")
    assert "planted" not in render("t_maps.rst", effects=[])
