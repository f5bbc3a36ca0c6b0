"""Remove noise and Gibbs ringing from one session's DWI."""

import logging
import tempfile

from scan2map.dwi.denoising import denoise, denoise_with_mrtrix
from scan2map.images import read_array, write_image
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
config, path = snakemake.params.dwi, snakemake.input.dwi
if config["denoise"] == "mrtrix":
    with tempfile.TemporaryDirectory() as folder:
        data = denoise_with_mrtrix(path, folder, gibbs=config["gibbs"])
else:
    data = denoise(read_array(path), method=config["denoise"], gibbs=config["gibbs"])
write_image(data, nib.load(path).affine, snakemake.output.dwi)
logging.info("denoise %s, gibbs %s: %s", config["denoise"], config["gibbs"], data.shape)
