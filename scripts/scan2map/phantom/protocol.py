"""What the phantom's scanner and its two sequences are called and set to."""

ECHO_SPACING_MS = 0.5
"""Effective echo spacing of the EPI."""

T1W = {
    "SeriesDescription": "T1w_mprage",
    "ScanningSequence": ["GR", "IR"],
    "SequenceVariant": ["SK", "SP", "MP"],
    "ScanOptions": "IR",
    "MRAcquisitionType": "3D",
    "SequenceName": "*tfl3d1_16ns",
    "RepetitionTime": 2300,
    "EchoTime": 2.98,
    "InversionTime": 900,
    "FlipAngle": 9,
    "PixelBandwidth": 240,
    "InPlanePhaseEncodingDirection": "ROW",
    "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM"],
}
"""Header of the T1-weighted series; times in ms."""

DWI = {
    "ScanningSequence": "EP",
    "SequenceVariant": ["SK", "SP"],
    "ScanOptions": ["PFP", "FS"],
    "MRAcquisitionType": "2D",
    "RepetitionTime": 6000,
    "EchoTime": 80,
    "FlipAngle": 90,
    "PixelBandwidth": 1955,
    "InPlanePhaseEncodingDirection": "COL",
    "ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE", "ND", "NORM", "MOSAIC"],
}
"""Header of the diffusion series; times in ms."""

SCANNER = {
    "Modality": "MR",
    "Manufacturer": "SIEMENS",
    "ManufacturerModelName": "scan2map phantom",
    "InstitutionName": "scan2map",
    "InstitutionalDepartmentName": "Phantoms",
    "DeviceSerialNumber": "0",
    "StationName": "PHANTOM",
    "SoftwareVersions": "syngo MR E11",
    "MagneticFieldStrength": 3,
    "ImagingFrequency": 123.25,
    "ImagedNucleus": "1H",
    "BodyPartExamined": "BRAIN",
    "PatientPosition": "HFS",
    "StudyDescription": "scan2map^phantom",
    "SpecificCharacterSet": "ISO_IR 100",
    "NumberOfAverages": 1,
    "EchoNumbers": 1,
    "PercentSampling": 100,
    "PercentPhaseFieldOfView": 100,
}
"""Header that all files share."""
