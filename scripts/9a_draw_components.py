"""Draw the gallery of a group's components."""

import numpy as np
import pandas as pd

from scan2map.figures.components import draw_components, power_spectra
from scan2map.figures.style import write_png
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

spectra = power_spectra(
    [np.load(path) for path in snakemake.input.courses],
    [read_json(path)["RepetitionTime"] for path in snakemake.input.descriptions],
)
figure = draw_components(
    nib.load(snakemake.input.maps),
    pd.read_csv(snakemake.input.components, sep="\t"),
    spectra,
    [pd.read_csv(path, sep="\t") for path in snakemake.input.matches],
    background=nib.load(snakemake.input.background),
    mask=nib.load(snakemake.input.mask),
    title=f"Group components of everybody: {snakemake.params.study}",
)
write_png(figure, snakemake.output[0], dpi=110)
