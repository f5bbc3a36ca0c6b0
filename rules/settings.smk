# The configuration: read, checked against its schema and beyond, put in order.

import sys

import yaml
from jsonschema import Draft202012Validator
from snakemake.utils import validate

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from scan2map.analyses import spread_statistics, study_analyses
from scan2map.settings import (
    canonical,
    check_files,
    check_finite,
    check_place,
    check_settings,
    expand_home,
    expand_protocols,
    read_numbers,
    read_switches,
    schema_sentence,
)

SCHEMA = Path(workflow.basedir) / "config/schemas/config.schema.yaml"


def check_shape(settings):
    """Raise ValueError unless settings fit the schema as they are written.

    Defaults can be filled only into what has the right type.
    """
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    for error in Draft202012Validator(schema).iter_errors(settings):
        raise ValueError(schema_sentence(error))


try:
    check_place(sys.executable)
    check_files(workflow.configfiles)
    config.update(read_switches(read_numbers(dict(config))))
    check_finite(config)
    check_shape(dict(config))
    config.update(spread_statistics(config))
    validate(config, str(SCHEMA))
    config.update(expand_home(config))
    check_settings(config)
except ValueError as problem:
    raise WorkflowError(str(problem)) from None
except WorkflowError as problem:
    raise WorkflowError(schema_sentence(problem.__context__)) from None

# Experiments keep the order in which the report is to show them.
shown = list(config["experiments"])
settings = canonical(dict(config))
settings["experiments"] = expand_protocols(
    {name: settings["experiments"][name] for name in shown}
)
config.clear()
config.update(settings)
analyses = study_analyses(config)
