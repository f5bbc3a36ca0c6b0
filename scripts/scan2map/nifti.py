"""nibabel, as everything here imports it: without pydicom, which takes 0.2 s.

nibabel needs it to read DICOM, and for that one kind of NIfTI extension.
"""

from scan2map.lean import without

with without("pydicom"):
    import nibabel as nib

__all__ = ["nib"]
