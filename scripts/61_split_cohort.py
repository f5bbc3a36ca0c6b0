"""Write who is tested in which fold of which repeat."""

from scan2map.cohort import write_cohort
from scan2map.jobs import begin
from scan2map.splits import split

begin(snakemake)
rows, folds = snakemake.params.rows, snakemake.params.folds
fold_of = split(rows, **folds, seed=snakemake.params.seed)
write_cohort(
    [
        {"repeat": repeat, "fold": fold_of[repeat, row["participant_id"]]} | row
        for repeat in range(1, folds["repeats"] + 1)
        for row in rows
    ],
    snakemake.output[0],
)
