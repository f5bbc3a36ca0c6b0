"""Decompose the reduced data of one scope's sessions into independent maps."""

import logging

import numpy as np
import pandas as pd

from scan2map.features import listed
from scan2map.ica import (
    GroupReduction,
    decompose,
    in_noise_units,
    label_maps,
    read_templates,
    rows_between,
)
from scan2map.images import read_grid, read_mask, to_image, write_image
from scan2map.jobs import begin

begin(snakemake)
settings, n = snakemake.params.ica, snakemake.params.ica["components"]
group = GroupReduction(rows_between(n, settings["reduce_to"]))
for path in listed(snakemake.input.reduced):
    group.add(np.load(path, mmap_mode="r"))
components = group.components(n)
found = decompose(
    components,
    seed=snakemake.params.seed,
    repeats=settings["repeats"],
    algorithm=settings["algorithm"],
)
maps = in_noise_units(found.maps, group.noise(components))
logging.info("%d sessions, Iq %s", group.n_sessions, found.quality.round(3).tolist())

mask_path, templates = snakemake.input.mask, snakemake.input.get("templates")
names, r = [""] * n, np.full(n, np.nan)
if templates:
    known = read_templates(templates, mask_path)
    names, r = label_maps(maps, known, settings["template_labels"])
table = {"iq": found.quality, "share": found.share, "label": names, "label_r": r}
table = pd.DataFrame({"component": np.arange(1, n + 1), **table})
table.to_csv(snakemake.output.components, sep="\t", index=False, float_format="%.6g")
np.save(snakemake.output.maps, maps)
np.savez(snakemake.output.group, components=components, mixing=found.mixing)
sidecar = {
    "Description": "independent components of a group, one per volume",
    "Units": "standard deviations over the mask's voxels",
    "Sources": [*snakemake.input.reduced, mask_path],
    "Sessions": group.n_sessions,
    **{key: settings[key] for key in ("algorithm", "repeats", "reduce_to")},
}
image = to_image(maps, read_mask(mask_path))
write_image(image, read_grid(mask_path)[1], snakemake.output.image, sidecar)
