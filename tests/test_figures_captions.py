import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined
from studies import read_study, resolved

ROOT = Path(__file__).parents[1]
CAPTIONS = sorted((ROOT / "report").glob("*.rst"))
STUDIES = ("estudillo2022", "teh2022")


def render(caption, study="estudillo2022", **wildcards):
    """Render a caption as Snakemake's report does, but fail on what is undefined."""
    effects = wildcards.pop("effects", ["local"])
    kinds = wildcards.pop("kinds", ["cam", "gradcam", "gradient"])
    published = wildcards.pop("published", {"test_accuracy": {"mean": 0.9}})
    config = resolved(read_study(study))
    experiment = next(iter(config["experiments"]))
    own = config["experiments"][experiment]["statistics"]
    own["atlas"] = wildcards.pop("atlas", own["atlas"])
    snakemake = SimpleNamespace(
        config=config,
        params=SimpleNamespace(
            label="pre",
            approaches=["pre", "post"],
            corrections=["bonferroni", "permutation-max-t", "bonferroni"],
            contrasts=["groups", "mean"],
            notes=["These are approximate."],
            effects=effects,
            experiments=[{"label": "pre", "published": published}],
            kinds=kinds,
            title="all",
        ),
        output=SimpleNamespace(
            tsv="scores.tsv", html="scores.html", profile="resources.yaml"
        ),
        wildcards=SimpleNamespace(
            experiment=experiment,
            subject="01",
            session="1",
            metric="MD",
            contrast="groups",
            kind="cam",
            tissue="WM",
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


@pytest.mark.parametrize("study", [*STUDIES, "config"])
@pytest.mark.parametrize("caption", [path.name for path in CAPTIONS])
def test_each_caption_is_sound_and_ends_as_a_sentence(caption, study):
    assert render(caption, study).endswith(".")


def test_every_caption_named_by_a_rule_exists_and_none_is_left_over():
    rules = "".join(p.read_text() for p in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r'caption="\.\./report/(.+?\.rst)"', rules))
    assert named == {path.name for path in CAPTIONS} - {"workflow.rst"}


@pytest.mark.parametrize("caption", ["t_maps.rst", "component_t_maps.rst"])
def test_captions_of_t_maps_tell_the_contrasts_apart(caption):
    assert "minus" in render(caption, contrast="groups")
    assert "against zero" in render(caption, contrast="mean")


@pytest.mark.parametrize(
    ("caption", "said"),
    [("t_maps.rst", "planted"), ("activation.rst", "volume was changed")],
)
def test_nothing_is_said_of_planted_effects_where_none_are(caption, said):
    assert said in render(caption)
    assert said not in render(caption, effects=[])


def test_captions_of_t_maps_explain_the_rows_that_there_are():
    grad_cam = render("t_maps.rst", contrast="mean", metric="WM", kinds=["gradcam"])
    assert "speaks for" in grad_cam and "rises with" not in grad_cam
    assert "VBM" not in grad_cam and "traditional" not in grad_cam
    groups = render("t_maps.rst", metric="WM", kinds=["tissue", "gradient"])
    assert "VBM" in groups and "speaks for" not in groups


def test_captions_of_t_maps_name_each_correction_once():
    assert "(bonferroni, permutation-max-t;" in render("t_maps.rst")


def test_published_runs_are_explained_where_they_are_drawn():
    assert "what the paper prints" in render("runs.rst")
    assert "what the paper prints" not in render("runs.rst", published={"auc": 0.9})


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("cam", "not what decides"),
        ("gradcam", "speaks for"),
        ("gradient", "more tissue"),
    ],
)
def test_captions_of_groups_say_what_their_kind_of_map_means(kind, said):
    assert said in render("group_activation.rst", kind=kind)


def test_the_caption_of_regions_names_the_atlas_of_the_experiment():
    atlas = {"image": "own/labels.nii.gz", "labels": "own/labels.tsv"}
    said = render("regional_activation.rst", atlas=atlas)
    assert "regions of the atlas labels.tsv, by group" in said


def test_the_front_page_speaks_of_what_the_study_has():
    diffusion, resting = (render("workflow.rst", study) for study in STUDIES)
    assert "diffusion-weighted MRI" in diffusion and "BOLD" not in diffusion
    assert "resting-state BOLD" in resting and "diffusion" not in resting


def test_the_front_page_marks_what_leaks():
    resting = render("workflow.rst", "teh2022")
    assert resting.count("as published, leaks included.") == 3
    assert "Replicas are the exception" in resting
