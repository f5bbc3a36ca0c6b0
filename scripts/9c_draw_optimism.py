"""Draw what the published protocol adds to the scores of the honest one."""

import pandas as pd

from scan2map.figures.optimism import draw_optimism
from scan2map.figures.style import write_png
from scan2map.logs import log_to

log_to(snakemake.log[0])

labels = snakemake.params.labels
gaps = {
    label: pd.read_csv(path, sep="\t")
    for label, path in zip(labels, snakemake.input.gaps, strict=True)
}
write_png(draw_optimism(gaps), snakemake.output[0])
