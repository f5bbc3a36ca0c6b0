"""Draw one session's BOLD so that a person can judge each step."""

import numpy as np

from scan2map.figures.func_qc import draw_func_qc
from scan2map.figures.style import write_png
from scan2map.func.series import read_volumes
from scan2map.func.tables import read_table
from scan2map.images import read_array, read_grid, read_json, read_mask
from scan2map.jobs import begin
from scan2map.nifti import nib
from scan2map.transforms import pull, read_field

begin(snakemake)
given = snakemake.input
mask = read_mask(given.mask)
anatomy = {}
if given.get("xfm_mni"):
    field, tissues = read_field(given.xfm_mni), ("gm", "wm", "csf")
    maps = {name: given.get(name) for name in tissues}
    anatomy = {
        "boldref_t1w": nib.load(given.boldref_t1w),
        "t1w_brain": nib.load(given.t1w_brain),
        "tissues": {
            name: pull(read_array(path), read_grid(path)[1], *field)[mask]
            for name, path in maps.items()
        },
    }

figure = draw_func_qc(
    f"sub-{snakemake.wildcards.subject}, ses-{snakemake.wildcards.session}: BOLD",
    bold=np.stack([volume[mask] for volume in read_volumes(given.bold)]),
    denoised=np.stack([volume[mask] for volume in read_volumes(given.denoised)]),
    mask=nib.load(given.mask),
    boldref=nib.load(given.boldref),
    template=nib.load(given.template),
    template_brain=nib.load(given.template_brain),
    confounds=read_table(given.confounds),
    facts=read_json(given.denoised_sidecar),
    **anatomy,
)
write_png(figure, snakemake.output[0], dpi=110)
