"""Smooth one session's BOLD and take out confounds, drift and what is off the band."""

import logging

from scan2map.func.denoising import denoise, percent_change
from scan2map.func.model import as_matrix, choose_confounds, outlier_numbers
from scan2map.func.series import Masked, kept, read_volumes, write_series
from scan2map.func.smoothing import smooth_inside
from scan2map.func.tables import read_table
from scan2map.images import read_grid, read_json, read_mask
from scan2map.jobs import begin

begin(snakemake)
paths, settings = snakemake.input, snakemake.params.func
mask, (_, grid) = read_mask(paths.mask), read_grid(paths.mask)
sidecar = read_json(paths.sidecar)
seconds = sidecar["RepetitionTime"]

data = smooth_inside(read_volumes(paths.bold), mask, grid, fwhm=settings["fwhm"])
chosen = choose_confounds(
    read_table(paths.confounds), settings, patterns=snakemake.params.confounds
)
percent, dark = percent_change(data)
cleaned, df = denoise(percent, as_matrix(chosen, len(data)), seconds, settings["band"])
outliers = outlier_numbers(chosen)
facts = {
    "Units": "percent",
    "SkullStripped": True,
    "SmoothingFWHM": settings["fwhm"],
    "Band": settings["band"],
    "Confounds": list(chosen),
    "OutlierVolumes": outliers,
    "DegreesOfFreedom": df,
    "VoxelsWithoutSignal": dark,
}
write_series(
    Masked(cleaned, mask), grid, snakemake.output.bold, seconds, kept(sidecar) | facts
)
logging.info(
    "%d volumes, %d confounds, %d outliers: %d degrees of freedom left",
    *(len(data), len(chosen), len(outliers), df),
)
