"""The gate between a scanner's DICOM and the study: read headers, judge, convert."""
