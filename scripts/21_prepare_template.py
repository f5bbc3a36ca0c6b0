"""Write the MNI template at the resolution that images are registered to."""

from scan2map.anat import mask_on_grid, scale_template, template_grey_matter
from scan2map.images import MNI_CENTRE, analysis_grid, write_image
from scan2map.jobs import begin
from scan2map.nifti import nib
from scan2map.template import template_path

begin(snakemake)
template = nib.load(template_path("T1"))
data, grid = template.get_fdata(), snakemake.params.grid

t1w, brain_mask, affine = scale_template(
    data, template.affine, resolution=snakemake.params.resolution
)
write_image(t1w, affine, snakemake.output.t1w)
write_image(brain_mask, affine, snakemake.output.brain_mask)

affine = analysis_grid(MNI_CENTRE, grid["shape"], grid["voxel_size"])
grid_mask = mask_on_grid(data, template.affine, grid["shape"], affine)
write_image(grid_mask, affine, snakemake.output.grid_brain_mask)
grey_matter = template_grey_matter(grid["shape"], affine)
write_image(grey_matter, affine, snakemake.output.grid_grey_matter)
