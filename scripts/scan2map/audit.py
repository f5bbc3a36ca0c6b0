"""Whether a network has seen the people it tests: walk what Snakemake recorded.

Standard library only. Snakemake notes for each file that it made which files the job
read (``.snakemake/metadata``). From a network, these notes lead back to the scanner.
"""

import json
import os
import re
from base64 import urlsafe_b64encode
from pathlib import Path

METADATA = Path(".snakemake") / "metadata"
"""Where Snakemake keeps its notes, from its working directory."""

PARTICIPANT = re.compile(r"(?:^|/)sub-([A-Za-z0-9]+)")
"""Whose file it is, in BIDS paths."""


def recorded_inputs(output, metadata=METADATA):
    """Return the files that a job read to make a file.

    Parameters
    ----------
    output : str
        Path as Snakemake knows it.
    metadata : Path
        Folder of Snakemake's notes.

    Returns
    -------
    list of str or None
        None where Snakemake did not make the file. A job that makes many files one by
        one (``regress_fold``) leaves a JSON file beside each that lists what this
        one was made from as ``Sources``; then these are returned.

    Raises
    ------
    ValueError
        A note that cannot be read, or ``Sources`` that the job had no access to.
    """
    path = record_path(output, metadata)
    if not path.is_file():
        return None
    try:
        inputs = json.loads(path.read_text())["input"]
    except (ValueError, KeyError) as error:
        raise ValueError(
            f"Snakemake's note on {output} ({path}) cannot be read ({error}): remove "
            f"{output} and run Snakemake again"
        ) from None
    sources = _own_sources(output)
    if sources is None:
        return inputs or []
    strange = sorted(set(sources) - set(inputs))
    if strange:
        raise ValueError(
            f"{output} names {strange[0]} among its sources, which its job did not "
            "read: remove the file and run Snakemake again"
        )
    return sources


def record_path(output, metadata=METADATA):
    """Return where Snakemake 9 keeps its note on a file: its path in base 64.

    Parts are as long as names of files may be; all but the last start with ``@``.
    """
    longest = (os.pathconf(metadata, "PC_NAME_MAX") or 255) - 1
    name = urlsafe_b64encode(str(output).encode()).decode()
    parts = [name[i : i + longest] for i in range(0, len(name), longest)]
    return Path(metadata).joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def _own_sources(output):
    """Return what a file itself says that it was made from, or None."""
    described = Path(output).with_suffix(".json")
    if Path(output).suffix not in (".npy", ".json") or not described.is_file():
        return None
    said = json.loads(described.read_text())
    return said.get("Sources") if isinstance(said, dict) else None


def walk(network, inputs_of):
    """Return all files that a network depends on, and what each was needed for.

    Parameters
    ----------
    network : str
        File to start from.
    inputs_of : callable
        Takes a file, returns what it was made from, or None for a source.

    Returns
    -------
    dict of str to str
        File to the file that was made from it, nearest to the network first.
    """
    needed_for, waiting = {}, [network]
    for file in waiting:
        for source in inputs_of(file) or ():
            if source not in needed_for:
                needed_for[source] = file
                waiting.append(source)
    return needed_for


def participants(files, owners):
    """Return {participant: file} of all people that files are of.

    Parameters
    ----------
    files : iterable of str
        Nearest to the network first; the first of a participant is returned.
    owners : dict of str to str
        Participant by path, for files that do not say it themselves, such as DICOM
        folders.
    """
    found = {}
    for file in files:
        named = PARTICIPANT.findall(file)  # folders above a dataset may be sub-…, too
        who = owners.get(file) or (named[-1] if named else None)
        if who:
            found.setdefault(who, file)
    return found


def audit(networks, tested, owners, inputs_of=recorded_inputs):
    """Look for test participants upstream of networks.

    Parameters
    ----------
    networks : list of (int, int, str)
        Repeat, fold and file of each network.
    tested : dict of (int, int) to collection of str
        Participants that a fold tests, by repeat and fold.
    owners : dict of str to str
        As in `participants`.
    inputs_of : callable
        As in `walk`.

    Returns
    -------
    list of dict
        Per network: ``repeat``, ``fold``, ``files`` and ``people`` upstream,
        ``test_people`` (number of test participants among them), ``names`` (who they
        are) and ``way`` (files from the network back to the first of them).

    Raises
    ------
    ValueError
        A network without a note of Snakemake's, or without anybody upstream: nothing
        could be said of it.
    """
    known, rows = {}, []

    def cached(file):
        if file not in known:
            known[file] = inputs_of(file)
        return known[file]

    for repeat, fold, network in networks:
        if cached(network) is None:
            raise ValueError(
                f"Snakemake has no note on {network}, so what it learnt from is "
                "unknown: was it copied, or run with --drop-metadata? Remove it and "
                "run Snakemake again"
            )
        needed_for = walk(network, cached)
        people = participants(needed_for, owners)
        if not people:
            raise ValueError(
                f"no participant is upstream of {network}: nothing to audit"
            )
        seen = [who for who in people if who in tested[repeat, fold]]
        rows.append(
            {
                "repeat": repeat,
                "fold": fold,
                "files": len(needed_for),
                "people": len(people),
                "test_people": len(seen),
                "names": ", ".join(sorted(seen)),
                "way": _way(people[seen[0]], needed_for, network) if seen else "",
            }
        )
    return rows


def _way(file, needed_for, network):
    """Return the files between a network and one that it depends on."""
    way = [file]
    while way[-1] != network:
        way.append(needed_for[way[-1]])
    return " <- ".join(reversed(way))


def check_honesty(rows, experiment, run_as):
    """Raise ValueError where an honest network has seen people it tests.

    Parameters
    ----------
    rows : list of dict
        From `audit`.
    experiment : str
        Name of the experiment.
    run_as : {"honest", "replica"}
        A replica leaks as the published study did, and passes.
    """
    leaks = [row for row in rows if row["test_people"]]
    if run_as == "replica" or not leaks:
        return
    first = leaks[0]
    raise ValueError(
        f"experiment '{experiment}' is not honest: {len(leaks)} of {len(rows)} "
        "networks depend on participants they test. The network of repeat "
        f"{first['repeat']}, fold {first['fold']} depends on {first['names']}, by the "
        f"way {first['way']}. "
        "No scores are written; look at the rules and scripts on that way"
    )
