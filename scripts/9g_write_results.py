"""Write the page of results of an analysis: pictures, design, tables."""

from scan2map.figures.results import draw_result, embed, largest_map, results_page
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib
from scan2map.statistics.tables import read_rows

begin(snakemake)
given, names = snakemake.input, snakemake.params.contrasts
per_contrast = len(snakemake.params.corrections)
background, mask = nib.load(given.background), nib.load(given.mask)
corrections = [
    (read_json(summary), read_rows(table))
    for summary, table in zip(given.corrections, given.clusters, strict=True)
]
parts = []
for number, name in enumerate(names):
    summary = read_json(given.summaries[number])
    first = number * per_contrast
    statistic, significant, inside = largest_map(
        nib.load(given.statistics[number]),
        nib.load(given.significant[number]),
        mask,
        corrections[first][0]["Tails"],
    )
    parts.append(
        {
            "name": name,
            "summary": summary,
            "picture": embed(
                draw_result(statistic, significant, summary, inside, background)
            ),
            "table": read_rows(given.tables[number]),
            "corrections": corrections[first : first + per_contrast],
        }
    )
checked = [read_json(path)["Maps"] for path in given.checks]
notes = [maps[snakemake.params.checked]["sentence"] for maps in checked]
notes += snakemake.params.notes
page = results_page(snakemake.params.title, parts, notes)
with open(snakemake.output[0], "w", encoding="utf-8") as file:
    file.write(page)
