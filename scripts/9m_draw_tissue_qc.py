"""Draw one session's tissues so that a person can judge each step."""

from scan2map.figures.style import write_png
from scan2map.figures.tissue_qc import draw_tissue_qc
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
given, images = snakemake.input, ("t1w", "brain", "t1w_mni", "template")
images = (*images, "template_brain", "gm", "wm")
shown = zip(snakemake.params.shown, given.maps, strict=True)

figure = draw_tissue_qc(
    f"sub-{snakemake.wildcards.subject}, ses-{snakemake.wildcards.session}",
    **{name: nib.load(given[name]) for name in images},
    maps={name: nib.load(path) for name, path in shown},
    volumes=read_json(given.volumes)["native"],
)
write_png(figure, snakemake.output[0], dpi=110, levels=32)
