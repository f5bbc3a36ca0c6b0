from itertools import product

import pytest
from studies import read_study, resolved

from scan2map.cohort import phantom_cohort
from scan2map.methods import methods_html, methods_text, package_versions
from scan2map.methods.analysis import describe_activation
from scan2map.methods.experiments import describe_experiment
from scan2map.methods.imaging import describe_anat, describe_given_tissue
from scan2map.methods.references import REFERENCES
from scan2map.sensitivity.activation_kinds import KINDS

STUDIES = ("config", "estudillo2022", "teh2022", "ng2018")


@pytest.fixture
def diffusion():
    return read_study("estudillo2022")


@pytest.fixture
def resting():
    return read_study("teh2022")


def text(study, sessions=None):
    """Return the whole text of a study, given as its file has it."""
    config = resolved(study)
    groups = {
        group: number for number, group in enumerate(config["groups"].values(), 2)
    }
    sessions = sessions or phantom_cohort(groups, seed=1)
    networks = dict.fromkeys(config["experiments"], {"parameters": 12345})
    return methods_text(config, sessions, networks, {"Keras": "3.15.1"})


def joined(*arguments):
    return " ".join(paragraph for _, paragraph in text(*arguments))


def paragraph(study, heading):
    return dict(text(study))[heading]


def people():
    return phantom_cohort({"control": 3, "patient": 2}, seed=1)


def test_numbers_of_the_configuration_are_in_the_text(diffusion):
    diffusion["statistics"]["fwhm"] = 6.5
    diffusion["experiments"]["preregistration"]["training"]["epochs"] = 171
    written = joined(diffusion)
    assert "6.5 mm" in written and "171 epochs" in written
    assert "12,345 parameters" in written and "Keras 3.15.1" in written


def test_the_choice_of_each_tool_changes_the_text(diffusion):
    choices = (
        ["robex", "template"],
        ["dipy", "mrtrix", "none"],
        ["ants", "fsl", "none"],
    )
    texts = set()
    for brain, denoise, eddy in product(*choices):
        diffusion["anat"]["brain_mask"] = brain
        diffusion["dwi"] |= {"denoise": denoise, "eddy": eddy}
        texts.add(joined(diffusion))
    assert len(texts) == 18


def test_the_choice_of_each_step_of_bold_and_group_ica_changes_the_text(resting):
    choices = {
        "slice_timing": [True, False],
        "registration": ["syn", "rigid"],
        "fwhm": [5.0, 0.0],
        "confounds": [{"motion": 12, "compcor": 5}, {"motion": 24, "compcor": 0}],
    }
    texts = set()
    for values in product(*choices.values()):
        resting["func"] |= dict(zip(choices, values, strict=True))
        texts.add(paragraph(resting, "Resting-state BOLD"))
    for algorithm, back in product(
        ["fastica", "infomax"], ["dual_regression", "gica1"]
    ):
        resting["ica"] |= {"algorithm": algorithm, "back_projection": back}
        texts.add(paragraph(resting, "Group ICA"))
    assert len(texts) == 2**4 + 2**2


def test_only_what_was_done_is_cited(diffusion):
    diffusion["anat"] |= {"brain_mask": "template", "n4": False, "denoise": "none"}
    written = joined(diffusion)
    assert not any(k in written for k in ("iglesias2011", "tustison2010", "coupe2008"))


def test_a_study_speaks_of_the_images_it_has_and_of_no_others(diffusion, resting):
    headings = [
        [heading for heading, _ in text(study)] for study in (diffusion, resting)
    ]
    of_diffusion = {"Diffusion-weighted images", "Sensitivity maps"}
    of_bold = {"Resting-state BOLD", "Group ICA", "Gradients"}
    assert of_diffusion < set(headings[0]) and not of_bold & set(headings[0])
    assert of_bold < set(headings[1]) and not of_diffusion & set(headings[1])
    assert "Atropos" in joined(resting) and "Atropos" not in joined(diffusion)


def test_preprocessed_images_have_no_preprocessing_but_their_denoising(resting):
    resting["source"] = "derivatives"
    resting["derivatives"] = {"confounds": ["trans_*", "rot_*"]}
    written = joined(resting)
    assert "realigned" not in written and "T1-weighted images" not in dict(
        text(resting)
    )
    assert "the columns trans_* and rot_* of the table" in written
    assert not any(name in written for name in ("dcm2niix", "ANTsPy", "Nipype"))


def test_conn_is_named_where_the_denoising_is_its_default(resting):
    assert "whitfield2012" in joined(resting)
    resting["func"]["confounds"]["motion"] = 24
    assert "whitfield2012" not in joined(resting)


def test_honest_experiments_fit_to_training_participants_and_replicas_do_not(resting):
    honest = paragraph(resting, "Classification: selected components (honest)")
    assert "among the training participants" in honest
    assert "20 % of the training participants" in honest
    assert "Nothing was chosen or fitted on held-out participants" in honest
    replica = paragraph(resting, "Classification: selected components (replica)")
    assert "among all participants" in replica
    assert "cross-entropy of the held-out participants" in replica
    leaks = "group ICA, the selection of components and early stopping saw"
    assert leaks in replica and "optimistic" in replica


def test_a_replica_without_its_honest_twin_is_described_in_full(resting):
    resting["experiments"]["asc"]["run_as"] = ["replica"]
    written = paragraph(resting, "Classification: all components")
    assert "12,345 parameters" in written and "group ICA and early stopping" in written


@pytest.mark.parametrize(
    ("kind", "cited"),
    [("cam", "ng2018"), ("gradcam", "selvaraju2017"), ("gradient", "scaled input")],
)
def test_activation_maps_are_described_where_they_were_made(kind, cited):
    groups = {"reference": "control", "affected": "patient"}
    described = [
        describe_activation([{"explain": kinds}], groups)
        for kinds in ([kind], [other for other in KINDS if other != kind])
    ]
    assert cited in described[0] and cited not in described[1]
    assert methods_html([("Activation maps", one) for one in described], "study")


def test_tuned_settings_are_not_given_as_numbers(resting):
    resting["experiments"] = {"asc": resting["experiments"]["asc"]}
    resting["experiments"]["asc"] |= {"tune": "quick", "run_as": ["honest"]}
    written = paragraph(resting, "Classification: all components")
    assert "6 trials" in written and "2-fold cross-validation" in written
    assert "0.001" not in written and "dropout of" not in written


def test_the_phantoms_effects_are_named(resting):
    resting["phantom"]["bold"]["effects"] = {"default_mode": -0.25, "auditory": 0}
    data = paragraph(resting, "Data")
    assert "default mode network changed by \N{MINUS SIGN}25 %" in data
    assert "auditory" not in data


def test_planted_changes_of_volume_are_named_whatever_is_scanned(resting):
    region = {"left_insula": {"centre": [-36, 16, 0], "radius": 10}}
    effect = {"name": "small", "kind": "volume", "regions": region, "change": -0.2}
    resting["phantom"]["effects"] = [effect]
    data = paragraph(resting, "Data")
    assert "volume of the left insula changed by \N{MINUS SIGN}20 %" in data


def test_sessions_left_out_are_counted_with_their_reason(diffusion):
    sessions = people()
    sessions[0]["exclude"] = "moved 4 mm"
    written = joined(diffusion, sessions)
    assert "2 in the group 'control'" in written and "1 for 'moved 4 mm'" in written


def test_mirrored_sessions_are_counted(diffusion):
    sessions = people()
    sessions[4]["onset_side"] = "left"
    assert "Images of 1 session with onset on the left" in joined(diffusion, sessions)


def test_checks_of_maps_are_told_as_they_were_made(diffusion):
    diffusion["sanity"] = {"sessions": 3}
    said = paragraph(diffusion, "Checks of maps")
    assert "up to 3 held-out sessions" in said and "permuted among" in said
    assert "ICC(2,1)" in said and "planted regions" in said
    diffusion["source"] = "dicom"
    assert "planted regions" not in paragraph(diffusion, "Checks of maps")
    diffusion["sanity"] = False
    assert "Checks of maps" not in dict(text(diffusion))


def test_citations_are_numbered_in_order_and_listed():
    page = methods_html(
        [("H", "A [molder2021]. B [abadi2016, molder2021].")], title="t"
    )
    assert "A [1]. B [2, 1]." in page
    assert page.index("Snakemake") < page.index("TensorFlow")


@pytest.mark.parametrize("study", STUDIES)
def test_every_citation_has_a_source(study):
    page = methods_html(text(read_study(study)), title="Methods")
    assert "<ol>" in page and "2021]" not in page


def test_an_unknown_citation_is_refused():
    with pytest.raises(ValueError, match="nobody1999"):
        methods_html([("H", "A [nobody1999].")], title="t")


def test_references_end_in_an_address_or_are_proceedings():
    bare = [k for k, r in REFERENCES.items() if "doi:" not in r and "arXiv" not in r]
    assert sorted(bare) == ["abadi2016", "chollet2015", "glorot2010"]


def test_versions_are_those_installed():
    import numpy

    versions = package_versions({"numpy": "NumPy", "no-such-package": "Nothing"})
    assert versions == {"NumPy": numpy.__version__}


def test_models_and_their_contrasts_are_told(diffusion):
    diffusion["statistics"] |= {
        "covariates": ["age", {"name": "iq", "centring": "group", "interaction": True}],
        "contrasts": {"less": {"t": {"control": 1, "patient": -1}}, "any": {"f": "iq"}},
        "global": {"value": "tiv", "normalisation": "proportional"},
        "mask": {"threshold": {"relative": 0.8}},
    }
    written = joined(diffusion)
    assert "less (t: control +1 patient -1)" in written.replace("\N{MINUS SIGN}", "-")
    assert "any (f: iq)" in written
    assert "iq (centred: group, a slope for each group)" in written
    assert "divided by its 'tiv'" in written and "exceed 0.8 of its global" in written


def test_an_analysis_of_its_own_has_its_own_paragraph(diffusion):
    diffusion["analyses"] = {
        "severity": {
            "label": "severity",
            "maps": "preregistration",
            "statistics": {
                "design": "regression",
                "regressor": "updrs",
                "groups": ["patient"],
                "corrections": ["permutation-tfce", "rft-cluster"],
            },
        }
    }
    said = dict(text(diffusion))["Statistics: severity"]
    assert "the slope of updrs was tested in 'patient'" in said
    assert "threshold-free cluster enhancement" in said and "p < 0.001" in said


def test_shuffles_and_the_network_of_three_convolutions_are_described():
    experiment = resolved(read_study("ng2018"))["experiments"]["shuffle"]
    groups = {"reference": "control", "affected": "migraine"}
    written = describe_experiment(experiment, groups, 48_637_826)
    assert "Maps of white matter in MNI space were classified" in written
    assert "3 convolutions of 3×3×3 voxels with 20, 10 and 5 filters" in written
    assert "shuffled 10 times" in written and "10 % were tested" in written
    assert "dropout" not in written and "fold" not in written
    assert "not centred" in written


def test_early_stopping_of_a_shuffle_looks_at_the_people_who_validate():
    study = read_study("ng2018")
    training = study["experiments"]["shuffle"]["training"]
    training["early_stopping"] = {"patience": 5}
    experiment = resolved(study)["experiments"]["shuffle"]
    groups = {"reference": "control", "affected": "migraine"}
    written = describe_experiment(experiment, groups, 1)
    assert "cross-entropy of the validation participants had" in written


def structural(diffusion, **anat):
    """The study of diffusion, its networks on white matter instead."""
    diffusion["anat"] |= anat
    for experiment in diffusion["experiments"].values():
        experiment["feature"] = {"kind": "tissue", "tissue": "WM"}
        experiment["training"].pop("augmentation", None)
    return diffusion


def anat_paragraph(diffusion, **anat):
    config = resolved(structural(diffusion, **anat))
    return describe_anat(config["anat"], True, config["grid"])


def test_the_way_of_tissue_maps_changes_the_text(diffusion):
    modulated = anat_paragraph(diffusion, modulate=True, tissue_fwhm=6.0)
    plain = anat_paragraph(diffusion, modulate=False, tissue_fwhm=0.0)
    assert "Jacobian" in modulated and "6 mm full width" in modulated
    assert "not modulated" in plain and "smoothed" not in plain
    assert "estimated anew" not in anat_paragraph(diffusion, n4=False)
    assert "cubes of 5 voxels" in anat_paragraph(diffusion, registration="syn-cc")
    config = resolved(diffusion)
    anat, space = config["anat"] | {"modulate": True}, "MNI152NLin2009cAsym"
    given = describe_given_tissue(anat, config["grid"], space)
    assert "modulated maps" in given and f"({space})" in given
