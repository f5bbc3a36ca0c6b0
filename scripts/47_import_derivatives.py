"""Take one session's preprocessed BOLD of another programme onto the analysis grid."""

import logging
from shutil import copyfile

from scan2map.func.derivatives import check_mask, regrid
from scan2map.func.model import as_matrix
from scan2map.func.series import (
    Masked,
    kept,
    read_volumes,
    repetition_time,
    write_series,
)
from scan2map.func.tables import read_table
from scan2map.images import (
    MNI_CENTRE,
    analysis_grid,
    read_json,
    read_mask,
    write_image,
)
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
given, output, grid = snakemake.input, snakemake.output, snakemake.params.grid
sidecar = {}
for path in given.get("bold_json", []):
    sidecar |= read_json(path)
image = nib.load(given.bold)
check_mask(nib.load(given.mask), image, given.mask)
seconds = repetition_time(sidecar, image.header)
as_matrix(read_table(given.confounds), image.shape[3])
logging.info("%s: %s, a volume takes %g s", given.bold, image.shape, seconds)

affine = analysis_grid(MNI_CENTRE, grid["shape"], grid["voxel_size"])
values, mask = regrid(
    read_volumes(given.bold),
    image.affine,
    read_mask(given.mask),
    shape=grid["shape"],
    target=affine,
)
facts = kept(sidecar) | {"SkullStripped": True}
write_series(Masked(values, mask), affine, output.bold, seconds, facts)
write_image(mask, affine, output.mask)
write_image(Masked(values.mean(0)[None], mask)[0], affine, output.boldref)
copyfile(given.confounds, output.confounds)
