"""Which of a session's series are its BIDS images: unpack, and choose."""

import re
import tarfile
import zipfile
from pathlib import Path

from scan2map.dicom.deidentification import plain_words

DEFAULT_PATTERNS = {
    "T1w": {"BidsGuess": "^anat/.*_T1w$", "ImageType": "!DERIVED"},
    "dwi": {"BidsGuess": "^dwi/.*_dwi$", "ImageType": "!DERIVED"},
    "bold": {
        "BidsGuess": "^func/.*_bold$",
        "ImageType": "!DERIVED",
        "SeriesDescription": "!SBRef",
    },
}
"""What chooses a series where the configuration says nothing."""

COLUMNS = ("SeriesNumber", "SeriesDescription", "ProtocolName", "ImageType")
"""Sidecar fields in the listing of series, beside volumes and dcm2niix's guess."""


def unpack(source, folder):
    """Return a folder of DICOM files: `source` itself, or what the archive holds.

    Parameters
    ----------
    source : str or Path
        A folder, or a .zip, .tar, .tar.gz or .tgz of one.
    folder : str or Path
        An empty folder that an archive is extracted into.

    Raises
    ------
    ValueError
        Nothing is there, it is no archive, or the archive reaches outside `folder`.
    """
    source, folder = Path(source), Path(folder)
    if source.is_dir():
        return source
    if not source.exists():
        raise ValueError(f"the DICOM path {source} does not exist")
    try:
        if zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as archive:
                _refuse_escapes(archive.namelist(), folder)
                archive.extractall(folder)
        elif tarfile.is_tarfile(source):
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
        else:
            raise ValueError(
                f"{source} is neither a folder nor a whole .zip, .tar, .tar.gz or "
                ".tgz: if it is one by its name, copy it anew, it may be cut off"
            )
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        raise ValueError(f"the archive {source} cannot be unpacked: {error}") from error
    return folder


def _refuse_escapes(names, folder):
    """Raise if a member of a zip would be written outside the folder."""
    root = folder.resolve()
    for name in names:
        if not (root / name).resolve().is_relative_to(root):
            raise zipfile.BadZipFile(f"member '{name}' lies outside the archive")


def choose_series(found, wanted, patterns=None):
    """Choose exactly one series for each wanted image.

    Parameters
    ----------
    found : list of dict
        What was converted: of each image ``sidecar`` (dict), ``volumes`` and
        ``series``, its UID.
    wanted : list of {"T1w", "dwi", "bold"}
        BIDS suffixes of the images needed.
    patterns : dict of dict, optional
        For each suffix, patterns by sidecar field, see `matches`; where a suffix is
        absent or its dict empty, `DEFAULT_PATTERNS` apply.

    Returns
    -------
    dict
        Suffix to the chosen element of `found`; of a series that became several
        images, the first.

    Raises
    ------
    ValueError
        None or several series match; the message lists all series.
    """
    chosen, problems = {}, []
    for suffix in wanted:
        rules = (patterns or {}).get(suffix) or DEFAULT_PATTERNS[suffix]
        hits = matching(found, suffix, patterns)
        if len({series["series"] for series in hits}) == 1:
            chosen[suffix] = hits[0]
        else:
            problems.append(_choice_error(suffix, rules, hits, found))
    if problems:
        raise ValueError("\n".join(problems))
    return chosen


def matching(found, suffix, patterns=None, series=None):
    """Return what can be meant by a wanted image.

    Parameters
    ----------
    found : list of dict
    suffix : {"T1w", "dwi", "bold"}
    patterns : dict of dict, optional
        As for `choose_series`.
    series : str, optional
        UID of the only series that is asked for.
    """
    rules = (patterns or {}).get(suffix) or DEFAULT_PATTERNS[suffix]
    return [
        item
        for item in found
        if matches(item["sidecar"], rules) and series in (None, item["series"])
    ]


def matches(sidecar, rules):
    """Tell whether a sidecar satisfies all patterns.

    Parameters
    ----------
    sidecar : dict
        What dcm2niix wrote about a series; lists are joined with ``/``, an absent field
        is empty.
    rules : dict of str to str or number
        A field's name, and a regular expression that must be found in its value, in any
        case of letters. After a leading ``!`` it must not be found. Numeric fields
        must match as a whole: 1 is not found in 11.
    """
    for field, pattern in rules.items():
        value, pattern = sidecar.get(field, ""), str(pattern)
        unwanted, pattern = pattern.startswith("!"), pattern.removeprefix("!")
        numeric = isinstance(value, int | float)
        search = re.fullmatch if numeric else re.search
        if bool(search(pattern, _text(value), re.IGNORECASE)) == unwanted:
            return False
    return True


def _text(value):
    """Return a sidecar value as the text that patterns are searched in."""
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)


def _choice_error(suffix, rules, hits, found):
    """Say which series there are and how to choose one."""
    asked = ", ".join(f"{field}: '{pattern}'" for field, pattern in rules.items())
    number = "no series matches" if not hits else f"{len(hits)} series match"
    known = {field for series in found for field in series["sidecar"]}
    strange = [field for field in rules if field not in known]
    if strange and not hits:
        asked += f"; no series has the field {', '.join(strange)}: is it spelt right?"
    return (
        f"{number} the wanted image {suffix} ({asked}); exactly one must. "
        "Series found, matching ones marked with * (… stands for words that could be "
        f"names):\n{series_table(found, hits)}\n"
        f"Write patterns that only the right series matches under 'bids: series: "
        f"{suffix}:' in the configuration, for instance SeriesDescription: '^...$' or "
        "SeriesNumber: ..."
    )


def series_table(found, marked=()):
    """Return the series as an aligned table, one line each.

    It is for logs: words that could be names are masked.
    """
    columns = list(COLUMNS)
    if any("ImageTypeText" in series["sidecar"] for series in found):
        columns.append("ImageTypeText")
    columns.append("BidsGuess")
    rows = [["", *columns, "volumes"]]
    for series in found:
        values = [
            plain_words(_text(series["sidecar"].get(column, ""))) for column in columns
        ]
        mark = "*" if any(series is other for other in marked) else ""
        rows.append([mark, *values, str(series["volumes"])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
