"""Align one session's DWI volumes and turn their b-vectors along."""

import logging
import tempfile

import numpy as np

from scan2map.dwi.correction import correct_with_affines
from scan2map.dwi.fsl import acquisition_row, correct_with_eddy
from scan2map.dwi.gradients import phase_axis, read_gradients, write_gradients
from scan2map.dwi.masking import mask_dwi
from scan2map.images import read_array, read_grid, read_json, write_image
from scan2map.jobs import begin
from scan2map.motion import motion_table, write_motion

begin(snakemake)
paths, method = snakemake.input, snakemake.params.dwi["eddy"]
data, affine = read_array(paths.dwi), read_grid(paths.dwi)[1]
bvals, bvecs = read_gradients(paths.bval, paths.bvec, data.shape[3])
motion = np.zeros((len(bvals), 6))
if method == "ants":
    mask = mask_dwi(data, bvals, affine)
    data, bvecs, motion = correct_with_affines(
        data,
        affine,
        bvals,
        bvecs,
        mask,
        phase=phase_axis(read_json(paths.sidecar)),
        seed=snakemake.params.seed,
    )
elif method == "fsl":
    acquisition = acquisition_row(read_json(paths.sidecar), paths.sidecar)
    with tempfile.TemporaryDirectory() as folder:
        data, bvecs, motion = correct_with_eddy(
            paths.dwi,
            mask_dwi(data, bvals, affine),
            affine,
            bvals,
            bvecs,
            acquisition,
            folder,
        )
table = motion_table(motion)
write_image(data, affine, snakemake.output.dwi)
write_gradients(bvals, bvecs, snakemake.output.bval, snakemake.output.bvec)
write_motion(table, snakemake.output.motion)
logging.info(
    "eddy %s: mean framewise displacement %.2f mm",
    method,
    table["framewise_displacement"][1:].mean(),
)
