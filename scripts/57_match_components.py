"""Find which components of one scope are which of the scope of everybody."""

import logging

import numpy as np
import pandas as pd

from scan2map.ica import match_maps
from scan2map.jobs import begin

begin(snakemake)
maps, reference = np.load(snakemake.input.maps), np.load(snakemake.input.reference)
matched, r = match_maps(maps, reference)
numbers = np.arange(1, len(maps) + 1)
table = pd.DataFrame({"component": numbers, "matched": matched + 1, "r": r})
table.to_csv(snakemake.output[0], sep="\t", index=False, float_format="%.6g")
logging.info("smallest |r| %.3f, mean %.3f", np.abs(r).min(), np.abs(r).mean())
