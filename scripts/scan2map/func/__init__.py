"""BOLD: slice timing, realignment, registration, confounds."""
