"""Write volumes of one session's BOLD as the array that networks read."""

import logging

import numpy as np

from scan2map.ica import evenly_spaced, read_voxels
from scan2map.images import read_json, write_json
from scan2map.jobs import begin

begin(snakemake)
bold, mask = snakemake.input.bold, snakemake.input.mask
data = read_voxels(bold, mask)
about = read_json(bold.removesuffix(".nii.gz") + ".json")
chosen = evenly_spaced(
    len(data), snakemake.params.volumes, left_out=about["OutlierVolumes"]
)
np.save(snakemake.output.feature, data[chosen].astype(np.float16))
repetition = about["RepetitionTime"]
description = {
    "Sources": [bold, mask],
    "shape": [len(chosen), data.shape[1]],
    "channels": [f"volume {number + 1}" for number in chosen.tolist()],
    "unit": "% signal change",
    "RepetitionTime": repetition,
}
write_json(description, snakemake.output.json)
logging.info("%d of %d volumes, %.4g s each", len(chosen), len(data), repetition)
