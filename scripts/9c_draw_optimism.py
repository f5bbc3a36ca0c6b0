"""Draw what the published protocol adds to the scores of the honest one."""

import pandas as pd

from scan2map.figures.optimism import draw_optimism
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)

labels = snakemake.params.labels
gaps = {
    label: pd.read_csv(path, sep="\t")
    for label, path in zip(labels, snakemake.input.gaps, strict=True)
}
write_png(draw_optimism(gaps), snakemake.output[0])
