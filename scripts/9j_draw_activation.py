"""Draw one session's activation maps on sagittal slices."""

from scan2map.figures.activation import NAMES, Layer, draw_activation
from scan2map.figures.style import write_png
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

rows = [
    Layer(NAMES[kind], nib.load(path), kind)
    for kind, path in zip(snakemake.params.kinds, snakemake.input.maps, strict=True)
]
figure = draw_activation(
    rows,
    mask=nib.load(snakemake.input.mask),
    background=nib.load(snakemake.input.background),
    truths=[
        (name, nib.load(path))
        for name, path in zip(
            snakemake.params.effects, snakemake.input.truths, strict=True
        )
    ],
    title=snakemake.params.title,
)
write_png(figure, snakemake.output[0], dpi=110)
