"""Convert the DICOM of one session and keep the series the study needs."""

import logging
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from scan2map.bids import choose_series, convert, unpack
from scan2map.bids_images import check_image
from scan2map.logs import log_to

EXTENSIONS = {
    "T1w": {"t1w": ".nii.gz", "t1w_json": ".json"},
    "dwi": {"dwi": ".nii.gz", "dwi_json": ".json", "bval": ".bval", "bvec": ".bvec"},
}

log_to(snakemake.log[0])
with TemporaryDirectory() as unpacked, TemporaryDirectory() as converted:
    found = convert(dicom=unpack(snakemake.input.dicom, unpacked), folder=converted)
    chosen = choose_series(
        found, wanted=snakemake.params.wanted, patterns=snakemake.params.series
    )
    for suffix, series in chosen.items():
        check_image(suffix, series["image"])
        description = series["sidecar"].get("SeriesDescription")
        logging.info("%s: series %s (%s)", suffix, series["image"].name, description)
    for suffix, series in chosen.items():
        stem = str(series["image"]).removesuffix(".nii.gz")
        for name, extension in EXTENSIONS[suffix].items():
            copyfile(Path(stem + extension), snakemake.output.get(name))
