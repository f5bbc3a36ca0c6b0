"""Draw the mean activation map of each group, and their difference."""

from scan2map.figures.activation import NAMES, draw_activation, group_rows
from scan2map.figures.style import write_png
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

kind, maps = snakemake.wildcards.kind, list(map(nib.load, snakemake.input.maps))
mask = nib.load(snakemake.input.mask)
figure = draw_activation(
    group_rows(maps, snakemake.params.groups, kind, mask),
    mask=mask,
    background=nib.load(snakemake.input.background),
    truths=[
        (name, nib.load(path))
        for name, path in zip(
            snakemake.params.effects, snakemake.input.truths, strict=True
        )
    ],
    title=f"{snakemake.params.title}: {NAMES[kind]}",
)
write_png(figure, snakemake.output[0], dpi=110)
