"""A synthetic study with known answers: anatomy, planted effects, scans as DICOM."""
