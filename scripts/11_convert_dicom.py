"""Let the DICOM of one session in, and keep the series the study needs."""

import logging
from shutil import copyfile

from scan2map.bids import unpack
from scan2map.bids_dataset import write_table
from scan2map.bids_images import check_image, complete_sidecar
from scan2map.dicom.deidentification import deidentify_image, deidentify_sidecar
from scan2map.dicom.gate import pass_gate
from scan2map.images import write_json
from scan2map.jobs import begin, scratch

begin(snakemake)
given, output, asked = snakemake.input, snakemake.output, snakemake.params
gate = snakemake.config["bids"]["gate"]
with scratch(output.inventory) as place:
    unpacked, converted = place / "unpacked", place / "converted"
    unpacked.mkdir()
    converted.mkdir()
    admitted = pass_gate(
        unpack(given.dicom, unpacked), converted, asked.wanted, asked.series, gate
    )
    for name, why in admitted.passed_over:
        logging.info("passed over %s: %s", name, why)
    for finding in admitted.findings:
        logging.warning("let through: %s", finding)
    sidecars = {}
    for suffix, series in admitted.chosen.items():
        check_image(suffix, series["image"])
        sidecars[suffix] = complete_sidecar(
            suffix, deidentify_sidecar(series["sidecar"]), series["image"]
        )
    for suffix, series in admitted.chosen.items():
        name = suffix.lower()
        write_json(sidecars[suffix], output[f"{name}_json"])
        deidentify_image(series["image"], output[name])
        if suffix == "dwi":
            for gradients in ("bval", "bvec"):
                copyfile(
                    series["image"].with_suffix(f".{gradients}"), output[gradients]
                )
    write_table(admitted.inventory, output.inventory)
