"""Put what all jobs used beside what they had asked for."""

from pathlib import Path

from scan2map.figures.resources import draw_resources, resources_page
from scan2map.figures.style import write_png
from scan2map.jobs import begin
from scan2map.resources import profile_text, read_benchmarks, use_of_rules

begin(snakemake)

jobs = read_benchmarks(snakemake.params.benchmarks)
others = jobs[jobs["rule"] != f"9_report/{snakemake.rule}"]
table = use_of_rules(others, snakemake.params.rules)
profile = profile_text(table)

table.to_csv(snakemake.output.tsv, sep="\t", index=False, float_format="%.6g")
Path(snakemake.output.profile).write_text(profile)
page = resources_page(table, profile, study=snakemake.params.study)
Path(snakemake.output.html).write_text(page)
write_png(draw_resources(table), snakemake.output.figure)
