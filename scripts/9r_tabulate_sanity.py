"""Put what the checks of all experiments' maps found into one table."""

from html import escape
from pathlib import Path

from scan2map.figures.sanity import sanity_rows
from scan2map.figures.tables import table_element
from scan2map.html import html_page
from scan2map.images import read_json
from scan2map.jobs import begin

begin(snakemake)

labels = snakemake.params.experiments
summaries = {
    label: read_json(path)
    for label, path in zip(labels, snakemake.input.summaries, strict=True)
}
rows = sanity_rows(summaries)
sentences = [
    f"<p><b>{escape(label)}</b>: {escape(one['sentence'])}</p>"
    for label, summary in summaries.items()
    for one in summary["Maps"].values()
    if one["verdict"] != "changes" or one["blind_to"]
]
body = "\n".join([table_element(rows, rows["experiment"] != ""), *sentences])
page = html_page(f"Checks of maps: {snakemake.params.study}", body)
Path(snakemake.output[0]).write_text(page)
