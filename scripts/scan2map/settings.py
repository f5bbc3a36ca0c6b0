"""What a configuration must be beyond its schema; no imaging library is needed."""

import difflib
import os
import re
from itertools import combinations
from math import dist, isfinite
from pathlib import Path

import yaml

from scan2map.analyses import NULL_NAME, tidy_statistics, tissues_of
from scan2map.cohort import MISSING
from scan2map.networks.pooling import check_network
from scan2map.splits import is_shuffle

SCIENTIFIC = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")
"""Numbers such as 1e-5, which YAML 1.1 takes for words."""

SMALLEST_GRID_MM = (150, 185, 160)
"""Extent of a grid along x, y, z: what the template's brain needs, rounded up; along z,
where the middle of a grid lies high in the brain, the lowest 10 mm may be lost."""

BRAIN_MM = ((-72, 72), (-107, 73), (-72, 82))
"""From where to where the template's brain reaches along x, y, z."""

EFFECT_SIZES = {
    "local": ("md", "anisotropy"),
    "nonlocal": ("difference", "shared_sd"),
    "volume": ("change",),
}
"""Keys that say how large an effect of each kind is."""

SIDES = ("left_", "right_")
"""What names of a non-local effect's regions start with."""


READ_AS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
    "timestamp": "a date",
}
"""What YAML reads words as that are no text."""

TEXTS = ("study", "reference", "affected", "label", "entities", "series")
"""Keys whose values are texts, even those that look like numbers."""


class StrictKeys(yaml.SafeLoader):
    """Reads YAML, and refuses a key that is written twice, or is no text."""

    def construct_mapping(self, node, deep=False):
        seen = {}
        for key, _ in node.value:
            kind = key.tag.removeprefix("tag:yaml.org,2002:")
            if kind == "merge":
                continue
            line = key.start_mark.line + 1
            if kind != "str":
                raise ValueError(
                    f"{self.name}, line {line}: the key '{key.value}' is read as "
                    f"{READ_AS.get(kind, 'no text')}: write a word, or put it in quotes"
                )
            if key.value in seen:
                raise ValueError(
                    f"{self.name}, lines {seen[key.value]} and {line}: the key "
                    f"'{key.value}' is written twice, and only the last would count; "
                    "rename or delete one"
                )
            seen[key.value] = line
        return super().construct_mapping(node, deep)


def check_files(paths):
    """Raise ValueError where a file has a key twice, or one that is no text."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            loader = StrictKeys(file)
            loader.name = str(path)
            try:
                loader.get_single_data()
            finally:
                loader.dispose()


def read_numbers(settings):
    """Return settings in which texts like 1e-5 are the numbers they look like."""
    if isinstance(settings, dict):
        return {
            key: value if key in TEXTS else read_numbers(value)
            for key, value in settings.items()
        }
    if isinstance(settings, list):
        return [read_numbers(value) for value in settings]
    if isinstance(settings, str) and SCIENTIFIC.fullmatch(settings):
        return float(settings)
    return settings


def check_finite(settings):
    """Raise ValueError where numbers are infinite or none, saying all of their keys."""
    wrong = [
        f"the configuration's '{where}' is {value}: a finite number was expected"
        for where, value in _numbers(settings)
        if not isfinite(value)
    ]
    if wrong:
        raise ValueError("\n".join(wrong))


def _numbers(settings, where=()):
    """Yield each decimal number of nested settings, and where it is."""
    if isinstance(settings, float):
        yield ": ".join(map(str, where)), settings
    elif isinstance(settings, dict):
        for key, value in settings.items():
            yield from _numbers(value, (*where, key))
    elif isinstance(settings, list):
        for number, value in enumerate(settings):
            yield from _numbers(value, (*where, number))


def read_switches(config):
    """Return a configuration in which ``tune: off`` is the word, not YAML's false."""
    experiments = config.get("experiments")
    if not isinstance(experiments, dict):
        return config
    read = {
        name: {**experiment, "tune": "off"}
        if isinstance(experiment, dict) and experiment.get("tune") is False
        else experiment
        for name, experiment in experiments.items()
    }
    return {**config, "experiments": read}


def expand_home(config):
    """Return a configuration in which paths that begin with ``~`` are the user's."""
    inside = {"bids": "dataset", "derivatives": "dataset", "ica": "templates"}
    expanded = {
        part: {**config[part], key: os.path.expanduser(config[part][key])}
        for part, key in inside.items()
    }
    expanded["statistics"] = tidy_statistics(config["statistics"])
    for part in ("experiments", "analyses"):
        expanded[part] = {
            name: {**one, "statistics": tidy_statistics(one["statistics"])}
            for name, one in config[part].items()
        }
    return {**config, **expanded, "cohort": os.path.expanduser(config["cohort"])}


def canonical(settings):
    """Return settings as they compare: keys in order, 30.0 as 30.

    A file that is only written differently then asks for no rerun.
    """
    if isinstance(settings, dict):
        return {key: canonical(settings[key]) for key in sorted(settings)}
    if isinstance(settings, list):
        return [canonical(value) for value in settings]
    if isinstance(settings, float) and settings.is_integer():
        return int(settings)
    return settings


def schema_sentence(error):
    """Say in a sentence what does not fit the schema.

    Parameters
    ----------
    error : jsonschema.ValidationError

    Returns
    -------
    str
        Where, what, the key that was perhaps meant, and what the schema says of it.
    """
    error = _innermost(error)
    where = ": ".join(str(part) for part in error.absolute_path)
    parts = [f"the configuration's '{where}'" if where else "the configuration"]
    if error.instance is None and error.validator in ("type", "enum", "anyOf"):
        parts.append("nothing is written there: fill it in, or delete the key")
    elif error.validator == "pattern":
        parts.append(f"{error.instance!r} has characters that cannot be used")
    elif error.validator in ("const", "anyOf"):
        parts.append(f"{error.instance!r} does not fit")
    elif error.validator == "enum" and len(error.message) >= 300:
        allowed = list(map(str, error.validator_value))
        parts.append(f"{error.instance!r} is not known")
        parts.append(_nearest(str(error.instance), allowed))
    else:
        parts.append(error.message if len(error.message) < 300 else "does not fit")
    known = list(error.schema.get("properties", {}))
    if error.validator == "additionalProperties" and known:
        unknown = sorted(set(error.instance) - set(known))
        parts += dict.fromkeys(_nearest(key, known) for key in unknown)
        parts += [error.schema["$comment"]] if "$comment" in error.schema else []
    elif "description" in error.schema:
        parts.append(f"expected: {error.schema['description']}")
    return "; ".join(parts)


def _innermost(error):
    """Return what is wrong with the only alternative that has the right type."""
    while error.validator == "anyOf":
        of_alternatives = [
            other
            for other in error.context
            if other.validator != "type" or other.path  # of a part
        ]
        if len({other.schema_path[0] for other in of_alternatives}) != 1:
            break
        error = of_alternatives[0]
    return error


def _nearest(word, known):
    """Ask whether a known word was meant, or list those that are known."""
    meant = difflib.get_close_matches(word, known, n=2)
    near = " or ".join(f"'{other}'" for other in meant)
    return f"did you mean {near}?" if meant else f"known: {', '.join(known)}"


def expand_protocols(experiments):
    """Return one experiment per protocol that it is run as.

    Parameters
    ----------
    experiments : dict of str to dict
        As configured: ``run_as`` is a list.

    Returns
    -------
    dict of str to dict
        In the same order; ``run_as`` is ``honest`` or ``replica``, ``base`` and
        ``configured_label`` are name and label as configured. The honest run keeps
        the name, so that a replica added later reruns nothing; the replica of ``asc``
        is ``asc_replica``. Where there are both, labels say which is which.
    """
    expanded = {}
    for name, experiment in experiments.items():
        for protocol in sorted(experiment["run_as"]):
            one = {**experiment, "run_as": protocol, "base": name}
            one["configured_label"] = experiment["label"]
            if len(experiment["run_as"]) > 1:
                one["label"] = f"{experiment['label']} ({protocol})"
            expanded[name if protocol == "honest" else f"{name}_replica"] = one
    return expanded


def wanted_images(config):
    """Return the images that a study's experiments need of each session.

    Parameters
    ----------
    config : dict
        A valid configuration.

    Returns
    -------
    list of {"T1w", "dwi", "bold"}
        Empty where images come preprocessed.
    """
    if config["source"] in ("derivatives", "images"):
        return []
    kinds = {one["feature"]["kind"] for one in config["experiments"].values()}
    dwi, bold = "tensor" in kinds, bool(kinds & {"ica", "bold"})
    return ["T1w"] + ["dwi"] * dwi + ["bold"] * bold


def check_settings(config):
    """Raise unless a valid configuration is one that can be run.

    Parameters
    ----------
    config : dict
        The configuration, as its schema wants it, defaults filled in.

    Raises
    ------
    ValueError
        Every problem, a sentence each: which key, which value, what to do.
    """
    problems = [
        *_groups(config),
        *_purpose(config),
        *_grid(config["grid"]),
        *_series(config["bids"]["series"]),
        *_labels(config["experiments"], config["analyses"]),
        *_networks(config["experiments"], config["grid"]["shape"]),
        *_protocols(config["experiments"]),
        *_augmentation(config["experiments"]),
        *_explained(config["experiments"]),
        *_published(config["experiments"]),
        *_components(config),
        *_derivatives(config),
        *_func(config["func"]),
        *_effects(config),
    ]
    if problems:
        raise ValueError("\n".join(problems))


def check_sides(rows, experiments):
    """Raise ValueError where a session would have to be mirrored that cannot be.

    Parameters
    ----------
    rows : list of dict
        Sessions of the cohort.
    experiments : dict of str to dict
        Of a valid configuration.
    """
    left = [row["participant_id"] for row in rows if row["onset_side"] == "left"]
    for name, experiment in experiments.items():
        if left and experiment["feature"]["kind"] != "tensor":
            raise ValueError(
                f"participant {left[0]} has onset_side left, but experiment '{name}' "
                f"sees {_seen(experiment)}, which is not mirrored: empty the cohort's "
                "column onset_side, or leave the experiment out"
            )


def _seen(experiment):
    """Name what an experiment's network sees where it is no tensor."""
    return "tissue" if experiment["feature"]["kind"] == "tissue" else "BOLD"


def check_place(interpreter):
    """Raise ValueError where jobs cannot be started: Snakemake does not quote paths."""
    if re.search(r"\s", str(interpreter)):
        folder = Path(interpreter).parents[1]
        raise ValueError(
            f"the environment's path '{folder}' has a space, and no job could be "
            "started from it: move the project to a folder without spaces and make its "
            "environment anew (data and results may lie anywhere)"
        )


def _groups(config):
    groups = list(config["groups"].values())
    if len(set(groups)) < len(groups):
        yield f"'groups': reference and affected are both '{groups[0]}': name two"
    for name in groups:
        if name.lower() in MISSING:
            yield (
                f"'groups' has '{name}', which stands for a missing value in the "
                "cohort table: rename the group"
            )


def _purpose(config):
    own = config["source"] == "images"
    if own and config["experiments"]:
        yield (
            "'source: images' is for analyses of the study's own images; networks need "
            "another source: take the 'experiments' out, or change the source"
        )
    if own and not config["analyses"]:
        yield (
            "'source: images' needs 'analyses', each of a column of the cohort that "
            "names an image of every session"
        )
    if not own and not config["experiments"]:
        yield (
            "'experiments' is empty: name what networks are to see, or take 'source: "
            "images' for analyses of images alone"
        )


def _grid(grid):
    extent = [size * grid["voxel_size"] for size in grid["shape"]]
    if any(a < b for a, b in zip(extent, SMALLEST_GRID_MM, strict=True)):
        yield (
            f"'grid': {_times(grid['shape'])} voxels of {grid['voxel_size']:g} mm are "
            f"{_times(extent)} mm, and cut the brain off, which needs "
            f"{_times(SMALLEST_GRID_MM)} mm: take more voxels, or larger ones"
        )


def _times(numbers):
    return " x ".join(f"{number:g}" for number in numbers)


def _series(series):
    for image, rules in series.items():
        for field, pattern in rules.items():
            try:
                re.compile(str(pattern).removeprefix("!"))
            except re.error as error:
                yield (
                    f"'bids: series: {image}: {field}' is '{pattern}', no regular "
                    f"expression ({error}); 'any text' is .* and a literal bracket \\("
                )


def _labels(experiments, analyses):
    seen = {"traditional": "the diffusion maps themselves"}
    if tissues_of(experiments) and "vbm" not in analyses:
        seen["VBM"] = "the tissue maps themselves"
    named = [("experiments", *item) for item in experiments.items()]
    named += [("analyses", *item) for item in analyses.items()]
    for part, name, one in named:
        label = one["label"]
        if label in seen:
            yield (
                f"'{part}: {name}: label' is '{label}', the label of {seen[label]}: "
                "labels tell rows of the report apart, so give each its own"
            )
        seen[label] = f"'{part}: {name}'"
    for name in analyses:
        if name in experiments or f"{name}_replica" in experiments:
            yield f"'analyses: {name}' has the name of an experiment: rename it"


def _networks(experiments, shape):
    for name, experiment in experiments.items():
        try:
            check_network(shape, experiment["network"])
        except ValueError as problem:
            yield f"'experiments: {name}: network': {problem}"


def _protocols(experiments):
    for name, experiment in experiments.items():
        if name.endswith("_replica"):
            yield (
                f"'experiments: {name}': names ending in _replica are those of "
                "replicas; rename it, or write 'run_as: [honest, replica]' in the "
                "experiment"
            )
        if NULL_NAME.fullmatch(name):
            yield (
                f"'experiments: {name}': names ending in _null and a number are those "
                "of permuted labels; rename it"
            )
        fitted = experiment["feature"]["kind"] == "ica"
        stopped = experiment["training"]["early_stopping"] is not None
        if "replica" in experiment["run_as"] and not (fitted or stopped):
            yield (
                f"'experiments: {name}: run_as' has replica, but nothing in it would "
                "see the people it tests: group ICA ('feature: kind: ica') and "
                "'training: early_stopping' would; write 'run_as: [honest]'"
            )


def _augmentation(experiments):
    for name, experiment in experiments.items():
        asked = experiment["training"]["augmentation"]
        kind = experiment["feature"]["kind"]
        if kind != "tensor" and any(
            value not in ("none", 0) for value in asked.values()
        ):
            yield (
                f"'experiments: {name}: training: augmentation' is made for tensors, "
                f"not for 'feature: kind: {kind}': delete it"
            )


def _explained(experiments):
    for name, experiment in experiments.items():
        kind = experiment["feature"]["kind"]
        if "explain" in experiment and kind != "tissue":
            yield (
                f"'experiments: {name}: explain' chooses among maps of networks that "
                f"see tissue, and this one has 'feature: kind: {kind}': delete it"
            )


def _published(experiments):
    """What a paper prints of its runs must be able to be true of one set of runs."""
    for name, experiment in experiments.items():
        for key in ("test_accuracy", "validation_accuracy"):
            said = experiment["published"].get(key, {})
            rising = [one for one in ("lowest", "mean", "highest") if one in said]
            values = [said[one] for one in rising]
            if values != sorted(values):
                shares = ", ".join(f"{one} {said[one]:g}" for one in rising)
                yield (
                    f"'experiments: {name}: published: {key}' has {shares}: they "
                    "should rise; copy them from the paper again"
                )


def _components(config):
    """ICA's scopes are named by repeat and fold: all that use them are dealt alike."""
    ks = {
        name: _dealt(experiment["folds"])
        for name, experiment in config["experiments"].items()
        if experiment["feature"]["kind"] == "ica"
    }
    if len(set(ks.values())) > 1:
        said = ", ".join(f"{name}: {dealt}" for name, dealt in ks.items())
        yield (
            f"'experiments': those with feature ica differ in 'folds' ({said}), but "
            "share the group ICA of each fold: give them the same (repeats may differ)"
        )
    ica = config["ica"]
    if ks and ica["reduce_to"] < ica["components"]:
        yield (
            f"'ica: reduce_to' is {ica['reduce_to']}, fewer than the "
            f"{ica['components']} components: keep at least as many of each session"
        )
    if ks and ica["templates"] and not Path(ica["templates"]).is_file():
        yield (
            f"'ica: templates' names {Path(ica['templates']).absolute()}, which is no "
            "file: a 4D image of networks in MNI space was expected, or ''"
        )


def _dealt(folds):
    """Write how participants are dealt, but for how often."""
    if is_shuffle(folds):
        return f"validation {folds['validation']:g}, test {folds['test']:g}"
    return f"k {folds['k']}"


def _derivatives(config):
    if config["source"] != "derivatives":
        return
    if not config["derivatives"]["dataset"]:
        yield (
            "'derivatives: dataset' is not set: 'source: derivatives' needs the folder "
            "of another programme's output, with sub-* in it"
        )
    space = str(config["derivatives"]["entities"].get("space", "not given"))
    if not space.startswith("MNI"):
        yield (
            f"'derivatives: entities: space' is {space}: say which of MNI's spaces the "
            "images are in, such as 'space: MNI152NLin2009cAsym'"
        )
    elif not re.fullmatch("[A-Za-z0-9]+", space):
        yield (
            f"'derivatives: entities: space' is {space}: letters and digits were "
            "expected, since files are named after it"
        )
    kinds = {one["feature"]["kind"] for one in config["experiments"].values()}
    if "tissue" in kinds and kinds & {"ica", "bold"}:
        yield (
            "'experiments' see BOLD and tissue, but 'source: derivatives' has one of "
            "them in a study: make two studies"
        )
    if "tissue" in kinds and config["derivatives"]["confounds"]:
        yield (
            "'derivatives: confounds' are regressed out of BOLD, and 'experiments' see "
            "tissue: delete it; what tests of tissue maps should allow for goes into "
            "'statistics: covariates'"
        )
    for name, experiment in config["experiments"].items():
        if experiment["feature"]["kind"] == "tensor":
            yield (
                f"'experiments: {name}' needs diffusion images, which 'source: "
                "derivatives' does not have: take 'feature: kind: ica', bold or "
                "tissue, or another source"
            )


def _func(func):
    low, high = func["band"]
    if low >= high:
        yield f"'func: band' is [{low:g}, {high:g}]: it should rise"


def _effects(config):
    effects = config["phantom"]["effects"] if config["source"] == "phantom" else []
    names = [effect["name"] for effect in effects]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"'phantom: effects' has the name '{name}' more than once: rename one"
    for effect in effects:
        if effect["kind"] == "nonlocal":
            yield from _sides(effect)
    yield from _places(effects)
    yield from _sizes(effects)
    yield from _volumes(effects)


def _sides(effect):
    """A nonlocal effect is a difference between left and right."""
    name = effect["name"]
    without = [r for r in effect["regions"] if not r.startswith(SIDES)]
    for region in without:
        yield (
            f"'phantom: effects': region '{region}' of the nonlocal effect '{name}' "
            f"has no side: its name must start with {' or '.join(SIDES)}"
        )
    for side in SIDES:
        if not without and not any(r.startswith(side) for r in effect["regions"]):
            yield (
                f"'phantom: effects: {name}': the nonlocal effect has no region "
                f"{side}…: left and right differ in it, so give both"
            )


def _places(effects):
    """Where there is no brain, nothing could be planted."""
    for effect in effects:
        for region, ball in effect["regions"].items():
            pairs = zip(ball["centre"], BRAIN_MM, strict=True)
            if not all(low <= at <= high for at, (low, high) in pairs):
                box = ", ".join(f"{low} to {high}" for low, high in BRAIN_MM)
                yield (
                    f"'phantom: effects: {effect['name']}': region '{region}' has its "
                    f"centre at {ball['centre']}, outside the brain, which reaches "
                    f"from {box} mm (x, y, z): correct it"
                )


def _sizes(effects):
    """An effect that is sized by a key of another kind would plant nothing."""
    kinds = {size: kind for kind, sizes in EFFECT_SIZES.items() for size in sizes}
    for effect in effects:
        own = EFFECT_SIZES[effect["kind"]]
        for size, kind in kinds.items():
            if size not in own and effect.get(size):
                yield (
                    f"'phantom: effects: {effect['name']}': {size} belongs to "
                    f"effects of kind {kind} and plants nothing in one of kind "
                    f"{effect['kind']}: give {' or '.join(own)}"
                )


def _volumes(effects):
    """Regions whose volume changes take their room from shells, each from its own."""
    regions = [
        (f"'{region}' of '{effect['name']}'", ball["centre"], ball["radius"])
        for effect in effects
        if effect["kind"] == "volume"
        for region, ball in effect["regions"].items()
    ]
    for (one, here, radius), (two, there, other) in combinations(regions, 2):
        apart = dist(here, there)
        if apart < 2 * (radius + other):
            yield (
                f"'phantom: effects': regions {one} and {two} of kind volume are "
                f"{apart:.0f} mm apart: a region takes its room from twice its radius, "
                f"so they should be at least {2 * (radius + other):g} mm apart"
            )
