"""Draw one session's images so that a person can judge each step."""

from scan2map.figures.qc import draw_session_qc, read_motion
from scan2map.figures.style import write_png
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

figure = draw_session_qc(
    f"sub-{snakemake.wildcards.subject}, ses-{snakemake.wildcards.session}",
    t1w=nib.load(snakemake.input.t1w),
    brain=nib.load(snakemake.input.brain),
    t1w_mni=nib.load(snakemake.input.t1w_mni),
    template=nib.load(snakemake.input.template),
    template_brain=nib.load(snakemake.input.template_brain),
    b0=nib.load(snakemake.input.b0),
    tensor=nib.load(snakemake.input.tensor),
    fa=nib.load(snakemake.input.fa),
    motion=read_motion(snakemake.input.motion),
)
write_png(figure, snakemake.output[0], dpi=110)
