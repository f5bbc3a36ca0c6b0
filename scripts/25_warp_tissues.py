"""Bring the tissues of a T1w image to MNI space, unmodulated and modulated."""

import logging

from scan2map.images import read_array, read_grid, write_image, write_json
from scan2map.jobs import begin
from scan2map.tissues import tissue_volumes, volume_change, warp_tissue
from scan2map.transforms import read_field

begin(snakemake)
given, output = snakemake.input, snakemake.output
field, grid = read_field(given.xfm)
change = volume_change(field, grid)

native, modulated = {}, {}
for tissue in ("csf", "gm", "wm"):
    name, (_, affine) = tissue.upper(), read_grid(given[tissue])
    native[name] = read_array(given[tissue])
    plain, modulated[name] = warp_tissue(
        native[name], affine, field, grid, change, fwhm=snakemake.params.fwhm
    )
    write_image(plain, grid, output[tissue])
    write_image(modulated[name], grid, output[f"{tissue}_modulated"])

volumes = {
    "unit": "mL",
    "native": tissue_volumes(native, affine),
    "modulated": tissue_volumes(modulated, grid),
}
write_json(volumes, output.volumes)
logging.info("%s", volumes)
