"""Take the face out of a T1w image, and draw what is left of the head."""

from scan2map.defacing import face_mask
from scan2map.figures.defacing import draw_defaced
from scan2map.figures.style import write_png
from scan2map.images import read_array, read_grid, read_mask
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
given, wildcards = snakemake.input, snakemake.wildcards

head = nib.load(given.t1w)
face = face_mask(
    head=(read_array(given.t1w), head.affine),
    template=(read_array(given.template), read_grid(given.template)[1]),
    brain=read_mask(given.template_mask),
    seed=snakemake.params.seed,
)
# What the scanner stored, not what it means: other voxels keep their bytes.
stored = head.dataobj.get_unscaled()
stored[face] = 0
defaced = nib.Nifti1Image(stored, None, head.header)
defaced.header.set_slope_inter(head.dataobj.slope, head.dataobj.inter)
nib.save(defaced, snakemake.output.t1w)

title = f"sub-{wildcards.subject}, ses-{wildcards.session}"
figure = draw_defaced(title, nib.load(snakemake.output.t1w), face)
write_png(figure, snakemake.output.figure, dpi=110)
