"""Convert the DICOM of one session and keep the series the study needs."""

import logging
from shutil import copyfile
from tempfile import TemporaryDirectory

from scan2map.bids import choose_series, convert, unpack
from scan2map.bids_images import check_image, complete_sidecar
from scan2map.images import write_json
from scan2map.logs import log_to

FILES = {
    "T1w": {"t1w": ".nii.gz"},
    "dwi": {"dwi": ".nii.gz", "bval": ".bval", "bvec": ".bvec"},
    "bold": {"bold": ".nii.gz"},
}

log_to(snakemake.log[0])
with TemporaryDirectory() as unpacked, TemporaryDirectory() as converted:
    found = convert(dicom=unpack(snakemake.input.dicom, unpacked), folder=converted)
    chosen = choose_series(
        found, wanted=snakemake.params.wanted, patterns=snakemake.params.series
    )
    sidecars = {}
    for suffix, series in chosen.items():
        image, sidecar = series["image"], series["sidecar"]
        check_image(suffix, image)
        sidecars[suffix] = complete_sidecar(suffix, sidecar, image)
        description = sidecar.get("SeriesDescription")
        logging.info("%s: series %s (%s)", suffix, image.name, description)
    for suffix, series in chosen.items():
        write_json(sidecars[suffix], snakemake.output.get(f"{suffix.lower()}_json"))
        stem = str(series["image"]).removesuffix(".nii.gz")
        for name, extension in FILES[suffix].items():
            copyfile(stem + extension, snakemake.output.get(name))
