"""Write who is in which fold of which repeat, or on which side of a shuffle."""

from scan2map.cohort import write_cohort
from scan2map.jobs import begin
from scan2map.splits import TEST, TRAINING, VALIDATION, deal, is_shuffle

SIDES = {TEST: "test", VALIDATION: "validation", TRAINING: "train"}

begin(snakemake)
rows, folds = snakemake.params.rows, snakemake.params.folds
fold_of = deal(rows, snakemake.params.seed, **folds)


def place(fold):
    """Return what the table says of somebody's fold."""
    return {"split": SIDES[fold]} if is_shuffle(folds) else {"fold": fold}


write_cohort(
    [
        {"repeat": repeat} | place(fold_of[repeat, row["participant_id"]]) | row
        for repeat in range(1, folds["repeats"] + 1)
        for row in rows
    ],
    snakemake.output[0],
)
