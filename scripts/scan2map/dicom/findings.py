"""What can be wrong with the DICOM of a session, and how it is told."""

from typing import NamedTuple

KINDS = {
    "several_patients": "files of more than one person",
    "several_studies": "files of more than one examination",
    "empty_file": "a file of no bytes",
    "truncated_file": "a file that is cut off, or holds other pixels than it says",
    "unreadable_file": "a file that claims to be DICOM and cannot be read",
    "not_mr": "an image of another kind of scanner",
    "transfer_syntax": "a compression that the converter decodes wrongly",
    "duplicate_image": "two images of one place and time",
    "instance_gap": "numbers of images that are left out",
    "slice_missing": "slices that are missing, or unevenly spaced",
    "slices_differ": "volumes with different numbers of slices",
    "volume_missing": "fewer volumes than the scanner planned, or a gap in time",
    "direction_missing": "diffusion-weighted volumes without a direction",
    "uneven_time": "volumes at uneven steps of time",
    "derived_image": "an image that the scanner computed, where a scan is wanted",
    "volumes_differ": "other numbers of slices or volumes than the headers announce",
    "gradients_differ": "other numbers of b-values or directions than volumes",
    "sidecar_incomplete": "a sidecar without what later stages need",
    "several_outputs": "a series that the converter made several images of",
    "interpolated": "slices that the converter invented between uneven ones",
    "affine": "an image without a valid position, or size of its voxels, in space",
    "geometry_differs": "images of one series with other sizes, voxels or directions",
    "no_contrast": "an image that is constant or zeroed in part, or holds no numbers",
    "repetition_time": "another repetition time than the headers have",
}
"""Kinds of findings, each of which the configuration can let through."""


FETCH = "fetch the whole series again from the scanner or the archive"
"""What to do about a series that is not complete."""


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    where : str
        File, or series, as a user finds it: below the session's folder.
    what : str
        What is wrong, and what was expected.
    remedy : str
        What to do.
    series : str
        UID of the series, where it is wrong with one.
    """

    kind: str
    where: str
    what: str
    remedy: str
    series: str = ""

    def __str__(self):
        return f"{self.where} {self.what}: {self.remedy} [{self.kind}]"


def some(images):
    """Name the first of some images, and say how many more there are."""
    more = len(images) - 1
    return images[0].name + (
        f" and {more} more image{'s' * (more > 1)}" if more else ""
    )


def let_through(findings, gate, problems=()):
    """Refuse what is wrong, unless the configuration lets it through.

    Parameters
    ----------
    findings : list of Finding
    gate : dict of str to {"strict", "warn"}
        By kind; a kind that is not there is strict.
    problems : list of str, optional
        What cannot be let through; told first.

    Returns
    -------
    list of Finding
        All of `findings`; none of them is strict.

    Raises
    ------
    ValueError
        With a sentence for each finding, those that would be let through included.
    """
    findings = list(dict.fromkeys(findings))
    strict = [finding for finding in findings if not _warns(finding, gate)]
    if not strict and not problems:
        return findings
    told = [*problems, *map(str, findings)]
    remedy = (
        "Mend the folder; or leave the session out by writing the reason in the "
        "cohort's column 'exclude'"
    )
    if strict:
        kinds = ", ".join(sorted({finding.kind for finding in strict}))
        remedy += (
            "; or, where you know that it does no harm, write 'warn' for it under "
            f"'bids: gate:' in the configuration ({kinds})"
        )
    raise ValueError(
        f"{_counted(len(told))} wrong with the DICOM of this session:\n"
        + "\n".join(f"- {line}" for line in told)
        + f"\n{remedy}"
    )


def _warns(finding, gate):
    return gate.get(finding.kind, "strict") == "warn"


def _counted(number):
    return "1 thing is" if number == 1 else f"{number} things are"
