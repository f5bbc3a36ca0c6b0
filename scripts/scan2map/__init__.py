"""scan2map: raw DICOM to per-fold 3D-CNN classifiers, their maps, and statistics."""

import atexit
import gc
import os
import sys

from scan2map.lean import Postponed

sys.meta_path.insert(0, Postponed)  # before a script imports SciPy

# TensorFlow leaves oneDNN off on many processors, where it makes 3D convolutions many
# times as quick. It looks when it is imported: no script imports Keras before this.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

# JAX on a GPU: the same bytes from the same seed, and no more memory than is used, so
# that several networks can be trained at once.
os.environ.setdefault("XLA_FLAGS", "--xla_gpu_deterministic_ops=true")
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

# When a process ends, Python searches all that it imported for cycles: 0.2 s of
# processor time after SciPy, which is as long as many a job computes. What is frozen is
# not searched, and the system takes the memory back.
atexit.register(gc.freeze)

__version__ = "0.1.0"
