"""What the phantom's scanner and its sequences are called and set to."""

import numpy as np

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

BOLD = {
    "SeriesDescription": "BOLD_rest",
    "ProtocolName": "BOLD_rest",
    "ScanningSequence": "EP",
    "SequenceVariant": "SK",
    "ScanOptions": "FS",
    "MRAcquisitionType": "2D",
    "SequenceName": "*epfid2d1_64",
    "EchoTime": 30,
    "FlipAngle": 80,
    "PixelBandwidth": 2170,
    "InPlanePhaseEncodingDirection": "COL",
    "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "NORM", "MOSAIC"],
}
"""Header of the BOLD series; times in ms. The configuration has the repetition time."""

DWI_PAUSE_MS = 100
"""After the last slice of a diffusion volume."""

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

NOBODY = "Ghostly7391"
"""A word in all that a header says of a person, a place or a device, so that it can be
searched for where it must not be."""

IDENTITY = {
    keyword: NOBODY
    for keyword in (
        "AccessionNumber", "AdmissionID", "AdditionalPatientHistory",
        "DeviceSerialNumber", "ImageComments", "InstitutionAddress",
        "InstitutionName", "InstitutionalDepartmentName", "MedicalAlerts",
        "NameOfPhysiciansReadingStudy", "OperatorsName", "OtherPatientIDs",
        "OtherPatientNames", "PatientAddress", "PatientComments",
        "PatientMotherBirthName", "PatientTelephoneNumbers",
        "PerformedProcedureStepDescription", "PerformedProcedureStepID",
        "PerformingPhysicianName", "ReferringPhysicianName",
        "RequestedProcedureDescription", "RequestingPhysician", "StationName",
        "StudyComments", "StudyDescription", "StudyID",
    )
}  # fmt: skip
"""What headers say of people, places and devices beside the patient's name and ID."""

SCANNER = {
    "Modality": "MR",
    "Manufacturer": "SIEMENS",
    "ManufacturerModelName": "scan2map phantom",
    "SoftwareVersions": "syngo MR E11",
    "MagneticFieldStrength": 3,
    "ImagingFrequency": 123.25,
    "ImagedNucleus": "1H",
    "BodyPartExamined": "BRAIN",
    "PatientPosition": "HFS",
    "SpecificCharacterSet": "ISO_IR 100",
    "NumberOfAverages": 1,
    "EchoNumbers": 1,
    "PercentSampling": 100,
    "PercentPhaseFieldOfView": 100,
}
"""Header that all files share."""


def slice_times(number, repetition_ms, pause_ms=0):
    """Return when each slice is taken, in ms from the volume's start.

    Interleaved and ascending, as Siemens does it: an even number of slices starts
    with the second. After the last one the scanner pauses until the next volume.
    """
    first = 1 if number % 2 == 0 else 0
    order = [*range(first, number, 2), *range(1 - first, number, 2)]
    times = np.empty(number)
    times[order] = np.arange(number) * (repetition_ms - pause_ms) / number
    return np.round(times / 2.5) * 2.5
