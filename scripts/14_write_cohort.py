"""Write the sessions of the study as one table."""

from scan2map.cohort import write_cohort
from scan2map.logs import log_to

log_to(snakemake.log[0])
write_cohort(snakemake.params.rows, snakemake.output[0])
