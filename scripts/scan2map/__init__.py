"""scan2map: raw DICOM to per-fold 3D-CNN classifiers, their maps, and statistics."""

import os

# TensorFlow leaves oneDNN off on many processors, where it makes 3D convolutions many
# times as quick. It looks when it is imported: no script imports Keras before this.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__version__ = "0.1.0"
