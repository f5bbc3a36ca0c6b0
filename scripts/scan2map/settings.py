"""What a configuration must be beyond its schema; no imaging library is needed."""

import difflib
import re
from pathlib import Path

import yaml

from scan2map.cohort import MISSING
from scan2map.networks.pooling import check_pooling

SCIENTIFIC = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")
"""Numbers such as 1e-5, which YAML 1.1 takes for words."""

SMALLEST_GRID_MM = (150, 185, 150)
"""Extent of the template's brain along x, y, z, rounded up."""

SIDES = ("left_", "right_")
"""What names of a non-local effect's regions start with."""


class UniqueKeys(yaml.SafeLoader):
    """Reads YAML, and refuses a key that is written twice."""

    def construct_mapping(self, node, deep=False):
        seen = {}
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                continue
            line = key.start_mark.line + 1
            if key.value in seen:
                raise ValueError(
                    f"{self.name}, lines {seen[key.value]} and {line}: the key "
                    f"'{key.value}' is written twice, and only the last would count; "
                    "rename or delete one"
                )
            seen[key.value] = line
        return super().construct_mapping(node, deep)


def check_files(paths):
    """Raise ValueError where a configuration file has a key twice."""
    for path in paths:
        with open(path, encoding="utf-8") as file:
            loader = UniqueKeys(file)
            loader.name = str(path)
            try:
                loader.get_single_data()
            finally:
                loader.dispose()


def read_numbers(settings):
    """Return settings in which texts like 1e-5 are the numbers they look like."""
    if isinstance(settings, dict):
        return {key: read_numbers(value) for key, value in settings.items()}
    if isinstance(settings, list):
        return [read_numbers(value) for value in settings]
    if isinstance(settings, str) and SCIENTIFIC.fullmatch(settings):
        return float(settings)
    return settings


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
    where = ": ".join(str(part) for part in error.absolute_path)
    parts = [f"the configuration's '{where}'" if where else "the configuration"]
    parts.append(error.message if len(error.message) < 300 else "does not fit")
    known = list(error.schema.get("properties", {}))
    if error.validator == "additionalProperties" and known:
        for key in set(error.instance) - set(known):
            meant = difflib.get_close_matches(key, known, n=1)
            parts.append(
                f"did you mean '{meant[0]}'?" if meant else f"known: {', '.join(known)}"
            )
    elif "description" in error.schema:
        parts.append(f"expected: {error.schema['description']}")
    return "; ".join(parts)


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
        *_grid(config["grid"]),
        *_series(config["bids"]["series"]),
        *_labels(config["experiments"]),
        *_networks(config["experiments"], config["grid"]["shape"]),
        *_effects(config),
    ]
    if problems:
        raise ValueError("\n".join(problems))


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
    covariates = config["statistics"]["covariates"]
    for name in sorted({c for c in covariates if covariates.count(c) > 1}):
        yield f"'statistics: covariates' has '{name}' twice: delete one"
    if "group" in covariates:
        yield "'statistics: covariates' has 'group', which is compared: delete it"


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


def _labels(experiments):
    seen = {"traditional": "the diffusion maps themselves"}
    for name, experiment in experiments.items():
        label = experiment["label"]
        if label in seen:
            yield (
                f"'experiments: {name}: label' is '{label}', the label of "
                f"{seen[label]}: labels tell rows of the report apart, so give each "
                "its own"
            )
        seen[label] = f"experiment '{name}'"


def _networks(experiments, shape):
    for name, experiment in experiments.items():
        network = experiment["network"]
        try:
            check_pooling(shape, network["filters"], network["pool_after"])
        except ValueError as problem:
            yield f"'experiments: {name}: network': {problem}"


def _effects(config):
    effects = config["phantom"]["effects"] if config["source"] == "phantom" else []
    names = [effect["name"] for effect in effects]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"'phantom: effects' has the name '{name}' more than once: rename one"
    for effect in effects:
        if effect["kind"] == "nonlocal":
            for region in effect["regions"]:
                if not region.startswith(SIDES):
                    yield (
                        f"'phantom: effects': region '{region}' of the nonlocal effect "
                        f"'{effect['name']}' has no side: its name must start with "
                        f"{' or '.join(SIDES)}"
                    )
