"""Which of a session's series are its BIDS images: unpack, and choose."""

import gzip
import lzma
import os
import re
import tarfile
import zipfile
import zlib
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

DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
)
"""What the standard library raises for archives that are not whole."""

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
        Nothing is there, it is no archive, or one that reaches outside `folder`, is
        damaged, protected by a password, or compressed in a way that is not known.
    """
    source, folder = Path(source), Path(folder)
    if os.path.isdir(source):
        return source
    if not os.path.exists(source):
        raise ValueError(
            f"the DICOM path {source} does not exist, or a folder above it may not be "
            "entered"
        )
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
    except (*DAMAGED, OSError, RuntimeError) as error:
        what = _unpacking_problem(error)
        raise ValueError(f"the archive {source} cannot be unpacked: {what}") from error
    return folder


def _unpacking_problem(error):
    """Say why an archive was not unpacked, and what to do."""
    by_hand = "unpack it yourself, and give the folder in the cohort table"
    if isinstance(error, NotImplementedError):
        return f"it is compressed in a way that is not known here ({error}); {by_hand}"
    if isinstance(error, RuntimeError):
        return f"it is protected by a password; {by_hand}"
    if isinstance(error, tarfile.FilterError):
        return f"it would write elsewhere ({error}); ask who made it"
    if isinstance(error, DAMAGED):
        return f"it is damaged ({error}); copy it anew from where it comes"
    return str(error)


def _refuse_escapes(names, folder):
    """Raise if a member of a zip would be written outside the folder."""
    root = folder.resolve()
    for name in names:
        if not (root / name).resolve().is_relative_to(root):
            raise tarfile.OutsideDestinationError(tarfile.TarInfo(name), root / name)


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
    chosen : dict
        Suffix to the chosen element of `found`; of a series that became several
        images, the first.
    problems : list of str
        A sentence for each suffix that no series matches, or several; the last lists
        all series.
    """
    hits = {suffix: matching(found, suffix, patterns) for suffix in wanted}
    chosen = {
        suffix: hits[suffix][0] for suffix in wanted if _series(hits[suffix]) == 1
    }
    open_ = {suffix: hits[suffix] for suffix in wanted if suffix not in chosen}
    problems = [
        _choice_problem(suffix, _rules(suffix, patterns), hits[suffix], found)
        for suffix in open_
    ]
    if problems and found:
        problems[-1] += (
            "\nSeries found, with the wanted images that they match (… stands for what "
            f"could be a name or a date):\n{series_table(found, open_)}"
        )
    return chosen, problems


def _series(found):
    """Return of how many series images are."""
    return len({item["series"] for item in found})


def _rules(suffix, patterns):
    return (patterns or {}).get(suffix) or DEFAULT_PATTERNS[suffix]


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
    rules = _rules(suffix, patterns)
    return [
        item
        for item in found
        if matches(item["sidecar"], rules) and series in (None, item["series"])
    ]


def missed_series(found, wanted, patterns=None):
    """Return series that may be what is wanted, though patterns say no.

    Either only a pattern of what must not be found leaves them out, as it does what a
    scanner computed, or their sidecars lack a field that others have.

    Parameters
    ----------
    found : list of dict
    wanted : list of {"T1w", "dwi", "bold"}
    patterns : dict of dict, optional
        As for `choose_series`.

    Returns
    -------
    list of str
        Their UIDs.
    """
    known = {field for item in found for field in item["sidecar"]}
    known |= set(COLUMNS) | {"BidsGuess"}
    missed = {}
    for rules in (_rules(suffix, patterns) for suffix in wanted):
        asked = {
            field: pattern
            for field, pattern in rules.items()
            if field in known and not str(pattern).startswith("!")
        }
        for item in found:
            said = {f: p for f, p in asked.items() if f in item["sidecar"]}
            if asked and matches(item["sidecar"], said):
                missed[item["series"]] = True
    return list(missed)


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


def _choice_problem(suffix, rules, hits, found):
    """Say what is wrong with a choice, and how to make one."""
    asked = ", ".join(f"{field}: '{pattern}'" for field, pattern in rules.items())
    number = f"{_series(hits)} series match" if hits else "no series matches"
    known = {field for series in found for field in series["sidecar"]}
    strange = [field for field in rules if field not in known]
    if not found:
        asked += "; none could be converted"
    elif strange and not hits:
        asked += f"; no series has the field {', '.join(strange)}: is it spelt right?"
    return (
        f"{number} the wanted image {suffix} ({asked}); exactly one must: write "
        "patterns that only the right series matches under 'bids: series: "
        f"{suffix}:' in the configuration, for instance SeriesDescription: '^...$' or "
        "SeriesNumber: ..."
    )


def series_table(found, hits):
    """Return the series as an aligned table, one line each.

    It is for logs: words that could be names are masked.

    Parameters
    ----------
    found : list of dict
        As for `choose_series`.
    hits : dict of str to list of dict
        For each suffix, the elements of `found` that match it.
    """
    columns = list(COLUMNS)
    if any("ImageTypeText" in series["sidecar"] for series in found):
        columns.append("ImageTypeText")
    columns.append("BidsGuess")
    rows = [["matches", *columns, "volumes"]]
    for series in found:
        values = [
            plain_words(_text(series["sidecar"].get(column, ""))) for column in columns
        ]
        mark = [s for s, those in hits.items() if any(series is one for one in those)]
        rows.append([", ".join(mark), *values, str(series["volumes"])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)
