"""How often something is found in maps of networks whose labels mean nothing."""

import numpy as np
import pandas as pd

from scan2map.splits import derive_seed
from scan2map.statistics.error_rates import exact_interval, percent

TESTED = ["maps", "metric", "contrast"]
"""Columns that say what was tested."""

NAMES = {
    "rft-peak": "rft-peak",
    "rft-cluster": "rft-cluster",
    "permutation-max-t": "permutation-max-t, `null: maps`",
    "permutation-cluster": "permutation-cluster, `null: maps`",
    "retrain": "permutation-max-t, `null: retrain`",
}
"""What tables call each correction, in their order."""


def retrained_p(found):
    """Compare each study's largest |t| with that of networks of other labels.

    Parameters
    ----------
    found : pandas.DataFrame
        Rows of `null_study.run_study`: labelling 0 is the observed one.

    Returns
    -------
    pandas.DataFrame
        Rows as those of `found` with the correction ``retrain``, of labelling 0.
    """
    keys = ["study", *TESTED]
    networks = found[found["maps"] == "sensitivity"]
    rows = []
    for about, part in networks.groupby(keys, sort=False):
        t = part.drop_duplicates("labelling").set_index("labelling")["largest_t"]
        row = dict(zip(keys, about, strict=True)) | {"labelling": 0}
        rows.append(row | {"correction": "retrain", "p": float((t >= t[0]).mean())})
    return pd.DataFrame(rows)


def network_rates(found, alpha, samples, seed):
    """Return the share of studies, and of all their labellings, with a finding.

    Parameters
    ----------
    found : pandas.DataFrame
        Rows of `null_study.run_study`.
    alpha : float
    samples, seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns `TESTED`, ``correction``; ``studies``, ``errors``, ``rate``, ``low``,
        ``high`` of the observed labellings, with the 95 % interval of Clopper and
        Pearson; ``tests``, ``errors_all``, ``rate_all``, ``low_all``, ``high_all`` of
        all labellings (`bootstrap_interval`), which comparing with retrained networks
        lacks.
    """
    rows = []
    tests = pd.concat([found, retrained_p(found)])
    kinds = tests.groupby([*TESTED, "correction"], sort=False)
    for about, part in kinds:
        errors = part["p"] <= alpha
        observed = errors[part["labelling"] == 0]
        row = dict(zip([*TESTED, "correction"], about, strict=True))
        row |= {"studies": len(observed), "errors": int(observed.sum())}
        row |= {"rate": row["errors"] / row["studies"]}
        row["low"], row["high"] = exact_interval(row["errors"], row["studies"])
        if len(part) > len(observed):
            by_study = errors.groupby(part["study"]).mean().to_numpy()
            row |= {"tests": len(part), "errors_all": int(errors.sum())}
            row |= {"rate_all": by_study.mean()}
            limits = bootstrap_interval(by_study, samples, derive_seed(seed, *about))
            row["low_all"], row["high_all"] = limits
        rows.append(row)
    return pd.DataFrame(rows)


def bootstrap_interval(shares, samples, seed):
    """Return the 95 % interval of the mean share over studies.

    Labellings of a study share its participants, so that studies are resampled as they
    are. Where all shares are 0 or all are 1, which resampling takes for certain, the
    interval is the exact one of as many tests as there are studies.

    Parameters
    ----------
    shares : ndarray, shape (n_studies,)
        Of each study's labellings in which something was found.
    samples, seed : int

    Returns
    -------
    low, high : float
    """
    n = len(shares)
    if shares.min() == shares.max() and shares[0] in (0, 1):
        return exact_interval(shares.sum(), n)
    drawn = np.random.default_rng(seed).integers(0, n, (samples, n))
    low, high = np.quantile(shares[drawn].mean(1), [0.025, 0.975])
    return float(low), float(high)


def markdown_table(rates, observed):
    """Write rates as a table: percent, and the 95 % interval.

    Parameters
    ----------
    rates : pandas.DataFrame
        From `network_rates`.
    observed : bool
        Of the observed labellings alone, or of all.

    Returns
    -------
    str
        Markdown; a row per correction, a column per maps, contrast and metric.
    """
    end = "" if observed else "_all"
    known = rates[rates[f"rate{end}"].notna()]
    columns = known.groupby(["maps", "contrast", "metric"], sort=False).groups
    heads = [head(*column) for column in columns]
    text = [
        "| correction | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    keys = ["correction", "maps", "contrast", "metric"]
    cells = known.set_index(keys)[[f"rate{end}", f"low{end}", f"high{end}"]]
    for correction in known["correction"].unique():
        row = [NAMES[correction]]
        for column in columns:
            key = (correction, *column)
            row.append(percent(*cells.loc[key]) if key in cells.index else "–")
        text.append("| " + " | ".join(row) + " |")
    return "\n".join(text)


def head(maps, contrast, metric):
    """Return what a table calls what was tested."""
    return f"{maps}, `{contrast}`, {metric}"
