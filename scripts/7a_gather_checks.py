"""Gather the checks of an experiment's maps, and say what they come to."""

import logging

import numpy as np
import pandas as pd

from scan2map.images import read_array, read_json, read_mask, write_json
from scan2map.jobs import begin
from scan2map.sanity import (
    UNCHANGED,
    judge,
    localise,
    mass_share,
    planted_regions,
    sentence,
    summarise_reliability,
)

begin(snakemake)
given, params = snakemake.input, snakemake.params
text = {"subject": str, "session": str}
tables = {
    tuple(fold): pd.read_csv(path, sep="\t", dtype=text)
    for fold, path in zip(params.folds, given.checks, strict=True)
}
checks = pd.concat(tables, names=["repeat", "fold"]).reset_index(["repeat", "fold"])
checks.to_csv(snakemake.output.checks, sep="\t", index=False, float_format="%.6g")

stacks = [np.load(path, mmap_mode="r") for path in given.stacks]
described = [read_json(path) for path in given.tables]
looked_at = checks.loc[checks["repeat"] == 1, ["subject", "session"]].drop_duplicates()
looked_at = list(looked_at.itertuples(index=False, name=None))
regions = planted_regions(given.truths, params.effects)
paths = np.reshape(given.maps, (-1, len(params.subjects)))
mask = read_mask(given.mask)

summary = {"Threshold": UNCHANGED, "Maps": {}}
for number, name in enumerate(params.names):
    judged = judge(checks[checks["map"] == name])
    about = {"sentence": sentence(name, judged), **judged}
    about["reliability"] = summarise_reliability(
        stacks, described, looked_at, number if len(params.names) > 1 else slice(None)
    )
    shares = [
        [mass_share(image, region, mask) for region in regions.values()]
        for image in map(read_array, paths[number] if regions else ())
    ]
    about["localisation"] = {
        effect: localise(
            [of_session[place] for of_session in shares],
            params.subjects,
            chance=region[mask].mean(),
            seed=params.seed,
        )
        for place, (effect, region) in enumerate(regions.items())
    }
    summary["Maps"][name] = about
    logging.info("%s", about)
write_json(summary, snakemake.output.summary)
