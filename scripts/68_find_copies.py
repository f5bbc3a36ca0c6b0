"""Look for participants who are the same scan."""

import logging

from scan2map.copies import refuse_copies
from scan2map.images import write_json
from scan2map.jobs import begin

begin(snakemake)
images, people = list(snakemake.input), snakemake.params.people
refuse_copies(images, people * (len(images) // len(people)))
said = {"Description": "no two participants are the same scan", "Images": len(images)}
write_json(said, snakemake.output[0])
logging.info("%d images of %d sessions differ between people", len(images), len(people))
