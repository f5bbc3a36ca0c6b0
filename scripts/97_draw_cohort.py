"""Draw who is in the study and list who was left out."""

from scan2map.figures.cohort import draw_cohort
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)

figure = draw_cohort(
    snakemake.params.rows,
    snakemake.params.groups,
    title=snakemake.params.study,
)
write_png(figure, snakemake.output[0])
