"""The page of activation maps by region and group."""

import math
from html import escape

import pandas as pd

from scan2map.figures.activation import NAMES
from scan2map.figures.tables import table_element
from scan2map.html import html_page

NOTE = (
    "Mean over the region's voxels in the brain, then mean (standard deviation) over "
    "participants. Regions in order of the largest mean. How the maps are to be read: "
    "docs/activation.md."
)


def regions_page(rows, groups, title):
    """Set regional means as a page that needs no other file.

    Parameters
    ----------
    rows : list of dict
        From `sensitivity.groups.regional_rows`, with the kind of ``map`` in addition.
    groups : sequence of str
        Reference and affected group.
    title : str

    Returns
    -------
    str
    """
    table = pd.DataFrame(rows)
    parts = []
    for kind, own in table.groupby("map", sort=False):
        cells = _laid_out(own, groups)
        parts.append(f"<h2>{escape(NAMES[kind])}</h2>")
        parts.append(table_element(cells, [False] * len(cells)))
    body = "\n".join([*parts, f"<p>{escape(NOTE)}</p>"])
    return html_page(f"{title}: regions", body)


def _laid_out(rows, groups):
    """Return a row of text per region, a column per group, and their difference."""
    means = rows.pivot(index=["index", "region", "voxels"], columns="group")
    order = means["mean"].abs().max(axis=1).sort_values(ascending=False, kind="stable")
    lines = []
    for (_, region, voxels), row in means.loc[order.index].iterrows():
        line = {"region": region, "voxels": f"{voxels}"}
        for group in groups:
            line[group] = write_mean(row["mean", group], row["sd", group])
        difference = row["mean", groups[1]] - row["mean", groups[0]]
        lines.append(line | {f"{groups[1]} minus {groups[0]}": write_mean(difference)})
    return pd.DataFrame(lines)


def write_mean(mean, sd=math.nan):
    """Write a mean with three digits, and its standard deviation where there is one."""
    text = f"{mean:.3g}" if math.isnan(sd) else f"{mean:.3g} ({sd:.2g})"
    return text.replace("-", "\N{MINUS SIGN}")
