"""scan2map: raw DICOM to per-fold 3D-CNN classifiers, their maps, and statistics."""

__version__ = "0.1.0"
