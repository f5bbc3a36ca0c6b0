"""How often corrections find something where there is nothing."""

import pandas as pd
from scipy.stats import binom, binomtest

from scan2map.statistics.calibration import CORRECTIONS, SETTING


def error_rates(p, alpha):
    """Return the share of null datasets in which anything is significant.

    Parameters
    ----------
    p : pandas.DataFrame
        From `calibration.study_datasets`.
    alpha : float

    Returns
    -------
    pandas.DataFrame
        Columns `SETTING`, ``correction``, ``forming``, ``datasets``, ``errors``,
        ``rate``, and ``low`` and ``high`` of the 95 % interval of Clopper and Pearson;
        in the order of `p`.
    """
    kinds = p.groupby(
        [*SETTING, "correction", "forming"], dropna=False, sort=False, as_index=False
    )
    rates = kinds.agg(
        datasets=("p", "size"), errors=("p", lambda each: int((each <= alpha).sum()))
    )
    rates["rate"] = rates["errors"] / rates["datasets"]
    low, high = zip(
        *map(exact_interval, rates["errors"], rates["datasets"]), strict=True
    )
    return rates.assign(low=low, high=high)


def exact_interval(errors, n):
    """Return the 95 % interval of a share, by Clopper and Pearson."""
    interval = binomtest(int(errors), int(n)).proportion_ci(0.95, method="exact")
    return interval.low, interval.high


def percent(rate, low, high):
    """Return a rate and its interval as text."""
    return f"{100 * rate:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def expected_range(alpha, datasets):
    """Return the share of errors in which 95 % of exact tests would end up."""
    return tuple(limit / datasets for limit in binom.interval(0.95, datasets, alpha))


def name_correction(name, forming):
    """Return a correction's name with the p that forms its clusters."""
    return name if pd.isna(forming) else f"{name}, p < {forming:g}"


def markdown_tables(rates, labels):
    """Write error rates as a table per smoothing.

    Parameters
    ----------
    rates : pandas.DataFrame
        From `error_rates`.
    labels : dict
        Name of a setting to what heads its columns.

    Returns
    -------
    str
        Markdown; a row per correction, a column per setting and assumption: percent,
        and the 95 % interval.
    """
    text = []
    for smoothing, part in rates.groupby("smoothing_mm"):
        columns = part[["setting", "variance"]].drop_duplicates().values.tolist()
        heads = [
            f"{labels[name]}, assuming {variance} variances"
            for name, variance in columns
        ]
        text += [f"Smoothed by {smoothing:g} mm:", ""]
        text += ["| correction | " + " | ".join(heads) + " |"]
        text += ["|---" * (len(heads) + 1) + "|"]
        cells = {
            (
                name_correction(row.correction, row.forming),
                row.setting,
                row.variance,
            ): percent(row.rate, row.low, row.high)
            for row in part.itertuples()
        }
        for name in (name_correction(*one) for one in CORRECTIONS):
            row = [cells[name, *column] for column in columns]
            text += ["| " + " | ".join([name, *row]) + " |"]
        text += [""]
    return "\n".join(text[:-1])
