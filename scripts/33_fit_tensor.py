"""Fit one session's diffusion tensors in the space of its DWI."""

import logging

import numpy as np

from scan2map.dwi.gradients import read_gradients, world_directions
from scan2map.dwi.masking import mask_dwi, mask_tensors, mean_b0
from scan2map.images import read_array, read_grid, write_image
from scan2map.jobs import begin
from scan2map.tensor import SIDECAR, fit_tensor

begin(snakemake)
method = snakemake.params.dwi["tensor"]
data = read_array(snakemake.input.dwi)
_, affine = read_grid(snakemake.input.dwi)
bvals, bvecs = read_gradients(snakemake.input.bval, snakemake.input.bvec, data.shape[3])
mask = mask_dwi(data, bvals, affine)
tensor = np.zeros((*mask.shape, 6))
tensor[mask] = fit_tensor(
    data[mask], bvals, world_directions(bvecs, affine), method=method
)
tensor, counts = mask_tensors(tensor, mask)
logging.info("tensors by %s: %s", method, counts)
write_image(tensor, affine, snakemake.output.tensor, SIDECAR | {"Fit": method} | counts)
write_image(mask, affine, snakemake.output.mask)
write_image(mean_b0(data, bvals), affine, snakemake.output.b0)
