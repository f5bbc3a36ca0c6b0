"""Draw one session's tissue maps of another programme, to be judged by a person."""

from scan2map.figures.style import write_png
from scan2map.figures.tissue_qc import draw_given_tissue
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
given = snakemake.input
shown = zip(snakemake.params.shown, given.maps, strict=True)

figure = draw_given_tissue(
    f"sub-{snakemake.wildcards.subject}, ses-{snakemake.wildcards.session}",
    maps={name: nib.load(path) for name, path in shown},
    template_brain=nib.load(given.template_brain),
)
write_png(figure, snakemake.output[0], dpi=110, levels=32)
