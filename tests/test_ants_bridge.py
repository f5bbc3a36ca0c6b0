"""ANTs leaves no brains behind."""

import os
import subprocess
import sys

from workflow import ROOT

SEGMENT = """
import numpy as np
from scan2map.ants_bridge import to_ants, use_ants
ants = use_ants(0)
t1w = np.random.default_rng(0).random((12, 12, 12)).astype("float32")
image, mask = (to_ants(data, np.eye(4)) for data in (t1w, np.ones_like(t1w)))
found = ants.atropos(a=image, x=mask, i="kmeans[3]", m="[0.2,1x1x1]", c="[2,0]")
print(len(found["probabilityimages"]))
"""


def test_temporary_images_go_with_the_process(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": "scripts"}
    process = subprocess.run(
        [sys.executable, "-c", SEGMENT],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert process.stdout.strip() == "3", process.stderr
    assert not list(tmp_path.iterdir())
