"""Draw one session's images so that a person can judge each step."""

import nibabel as nib
import pandas as pd
from scan2map.figures.qc import draw_session_qc
from scan2map.figures.style import write_png
from scan2map.logs import log_to

log_to(snakemake.log[0])

images = {
    name: nib.load(snakemake.input[name])
    for name in (
        "t1w",
        "brain",
        "t1w_mni",
        "template",
        "template_brain",
        "b0",
        "tensor",
        "fa",
    )
}
figure = draw_session_qc(
    "sub-{subject}, ses-{session}".format(**dict(snakemake.wildcards.items())),
    motion=pd.read_csv(snakemake.input.motion, sep="\t"),
    **images,
)
write_png(figure, snakemake.output[0], dpi=110)
