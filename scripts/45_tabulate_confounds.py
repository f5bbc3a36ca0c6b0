"""Tabulate the confounds of one session's BOLD in fMRIPrep's names."""

import logging

import numpy as np

from scan2map.func.confounds import describe, tabulate
from scan2map.func.series import read_volumes
from scan2map.func.tables import read_table, write_table
from scan2map.func.tissues import core
from scan2map.images import read_array, read_grid, read_mask, write_json
from scan2map.jobs import begin
from scan2map.motion import MOTION_COLUMNS
from scan2map.nifti import nib
from scan2map.transforms import pull, read_field

begin(snakemake)
paths, settings = snakemake.input, snakemake.params.func
brain, grey = read_mask(paths.mask), read_array(paths.template_gm)
cores, facts = {}, {}
for name, path in {"csf": paths.csf, "white_matter": paths.wm}.items():
    probability = pull(read_array(path), read_grid(path)[1], *read_field(paths.xfm_mni))
    cores[name], facts[name] = core(probability, grey, brain, name)
    logging.info("%s: %s", name, facts[name])

moved = read_table(paths.motion)
motion = np.column_stack([moved[name] for name in MOTION_COLUMNS])
motion[:, 3:] = np.radians(motion[:, 3:])
table = tabulate(
    data=np.stack([volume[brain] for volume in read_volumes(paths.bold)]),
    brain=brain,
    cores=cores,
    motion=motion,
    repetition_time=float(nib.load(paths.bold).header.get_zooms()[3]),
    settings=settings,
)
write_table(table, snakemake.output.confounds)
write_json(describe(facts, settings), snakemake.output.confounds_json)
outliers = sum(name.startswith("motion_outlier") for name in table)
logging.info("%d outliers among %d volumes", outliers, len(motion))
