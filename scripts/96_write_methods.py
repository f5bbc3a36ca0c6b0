"""Write the methods section from the configuration and the installed versions."""

from pathlib import Path

from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.methods import methods_html, methods_text, package_versions

begin(snakemake)

config = snakemake.params.config
networks = {
    name: read_json(path)
    for name, path in zip(config["experiments"], snakemake.input.networks, strict=True)
}
text = methods_text(config, snakemake.params.rows, networks, package_versions())
page = methods_html(text, title=f"Methods: {config['study']}")
Path(snakemake.output[0]).write_text(page)
