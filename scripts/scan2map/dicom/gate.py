"""Let the DICOM of a session in, or say all that is wrong with it."""

from typing import NamedTuple

from scan2map.bids import choose_series, matching, missed_series
from scan2map.dicom.conversion import check_conversion, convert
from scan2map.dicom.findings import let_through
from scan2map.dicom.folder import read_session
from scan2map.dicom.inventory import take_inventory
from scan2map.dicom.series import by_series, check_series, without_series


class Admitted(NamedTuple):
    """What came through the gate.

    Attributes
    ----------
    chosen : dict of str to dict
        For each wanted image, one element of what `convert` returns.
    findings : list of scan2map.dicom.findings.Finding
        What the configuration let through.
    inventory : list of dict
        As from `take_inventory`.
    passed_over : list of (str, str)
        Files that are no images and do no harm, and what they are.
    """

    chosen: dict
    findings: list
    inventory: list
    passed_over: list


def pass_gate(folder, work, wanted, patterns=None, gate=None):
    """Read, convert and check the DICOM of one session.

    Series that nobody wants are not judged; files that cannot be read, and people who
    do not belong there, are, wherever they are. Where nothing is what is wanted, those
    are judged that may have been it and could not be converted, or recognised.

    Parameters
    ----------
    folder : str or Path
        Of DICOM files.
    work : str or Path
        An empty folder for what is converted.
    wanted : list of {"T1w", "dwi", "bold"}
    patterns : dict of dict, optional
        See `scan2map.bids.choose_series`.
    gate : dict of str to {"strict", "warn"}, optional
        Findings that are let through; see `scan2map.dicom.findings.KINDS`.

    Returns
    -------
    Admitted

    Raises
    ------
    ValueError
        With a sentence for each finding that is not let through; or none or several
        series are what is wanted, or images do not say of which series they are.
    """
    session = read_session(folder)
    if lost := without_series(session.images):
        let_through(session.findings, gate or {}, lost)
    series = by_series(session.images)
    found, failed = convert(series, work)
    chosen, problems = choose_series(found, wanted, patterns)
    findings = list(session.findings)
    for suffix, item in chosen.items():
        images = series[item["series"]]
        outputs = matching(found, suffix, patterns, item["series"])
        told = [*check_series(images), *check_conversion(suffix, outputs, images)]
        findings += [finding._replace(series=item["series"]) for finding in told]
    lacking = [suffix for suffix in wanted if not matching(found, suffix, patterns)]
    if lacking:
        problems += [
            f"{series[uid][0].name} and its series cannot be converted: dcm2niix ended "
            f"with {said}"
            for uid, said in failed.items()
        ]
        converted = {item["series"] for item in found}
        missed = missed_series(found, lacking, patterns)
        for uid, images in series.items():
            if uid in missed or uid not in converted:
                findings += check_series(images)
    findings = let_through(findings, gate or {}, problems)
    names = {item["series"]: suffix for suffix, item in chosen.items()}
    inventory = take_inventory(series, session.passed_over, names, failed, findings)
    return Admitted(chosen, findings, inventory, session.passed_over)
