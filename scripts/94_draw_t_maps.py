"""Draw one metric's t maps of all approaches on the same slices."""

from scan2map.figures.mosaics import corrected_row, draw_t_mosaic
from scan2map.figures.style import write_png
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

rows = [
    corrected_row(label, nib.load(t), nib.load(significant), read_json(summary))
    for label, t, significant, summary in zip(
        snakemake.params.approaches,
        snakemake.input.t,
        snakemake.input.significant,
        snakemake.input.summaries,
        strict=True,
    )
]
figure = draw_t_mosaic(
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
