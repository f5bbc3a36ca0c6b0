"""Configurations of studies, resolved as the Snakefile resolves them."""

from pathlib import Path

import yaml
from snakemake.utils import validate

from scan2map.analyses import spread_statistics
from scan2map.settings import canonical, expand_protocols, read_numbers, read_switches

CONFIG = Path(__file__).resolve().parents[1] / "config"


def read_study(name="config"):
    """Return a study's configuration as its file has it: the demo's, or a preset's."""
    path = CONFIG / ("config.yaml" if name == "config" else f"studies/{name}.yaml")
    return yaml.safe_load(path.read_text())


def resolved(config):
    """Return a configuration with its defaults, an experiment per protocol."""
    config = spread_statistics(read_switches(read_numbers(config)))
    validate(config, str(CONFIG / "schemas" / "config.schema.yaml"))
    shown = list(config["experiments"])
    config = canonical(config)
    experiments = {name: config["experiments"][name] for name in shown}
    return config | {"experiments": expand_protocols(experiments)}
