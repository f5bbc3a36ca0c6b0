"""Choose the components whose activity goes with the outcome in one scope."""

import logging

import numpy as np

from scan2map.ica import associated_components, average_activity
from scan2map.images import read_json, write_json
from scan2map.jobs import begin

begin(snakemake)
participants, alpha = snakemake.params.participants, snakemake.params.alpha
label = dict(zip(participants, snakemake.params.labels, strict=True))
described = [read_json(path) for path in snakemake.input.descriptions]
activity = np.concatenate([np.atleast_2d(one["activity"]) for one in described])
activity, order = average_activity(activity, participants)
selected, p = associated_components(activity, [label[who] for who in order], alpha)
write_json(
    {"selected": selected.tolist(), "p": p.tolist(), "alpha": alpha},
    snakemake.output[0],
)
logging.info("%d participants, smallest p %.3g", len(order), p.min())
logging.info("components %s (counted from 1)", (selected + 1).tolist())
