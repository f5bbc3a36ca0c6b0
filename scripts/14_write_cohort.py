"""Write the sessions of the study as one table."""

from scan2map.cohort import write_cohort
from scan2map.jobs import begin

begin(snakemake)
write_cohort(snakemake.params.rows, snakemake.output[0])
