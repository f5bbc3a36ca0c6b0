"""Walk from each network of an experiment back to the people it depends on."""

import csv
import logging

from scan2map.audit import audit, check_honesty
from scan2map.jobs import begin

begin(snakemake)
params = snakemake.params
folds = [tuple(map(int, fold)) for fold in params.folds]
rows = audit(
    networks=[(*f, n) for f, n in zip(folds, snakemake.input.networks, strict=True)],
    tested=dict(zip(folds, params.tested, strict=True)),
    owners=params.owners,
)
check_honesty(rows, snakemake.wildcards.experiment, params.run_as)
about = {"experiment": snakemake.wildcards.experiment, "run_as": params.run_as}
with open(snakemake.output[0], "w", newline="") as file:
    writer = csv.DictWriter(file, [*about, *rows[0]], delimiter="\t")
    writer.writeheader()
    writer.writerows(about | row for row in rows)
leaking = sum(row["test_people"] > 0 for row in rows)
logging.info("%d of %d networks depend on people they test", leaking, len(rows))
