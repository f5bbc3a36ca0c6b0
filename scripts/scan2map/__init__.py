"""scan2map: raw DICOM to per-fold 3D-CNN classifiers, their maps, and statistics."""

import atexit
import gc
import os

# TensorFlow leaves oneDNN off on many processors, where it makes 3D convolutions many
# times as quick. It looks when it is imported: no script imports Keras before this.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# When a process ends, Python searches all that it imported for cycles: 0.2 s of
# processor time after SciPy, which is as long as many a job computes. What is frozen is
# not searched, and the system takes the memory back.
atexit.register(gc.freeze)

__version__ = "0.1.0"
