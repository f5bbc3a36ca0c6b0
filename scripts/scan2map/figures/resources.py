"""Table and figure of what a study's jobs used, and of what they had asked for."""

from html import escape

import numpy as np
import pandas as pd

from scan2map.figures.style import BLUE, LIGHT, ORANGE, new_figure, styled
from scan2map.figures.tables import table_element
from scan2map.html import html_page

ROW = 0.19
"""Height of a rule, inches."""

UNKNOWN = "\N{EN DASH}"


def resource_rows(table):
    """Lay out in words what the jobs of each rule used and had asked for.

    Parameters
    ----------
    table : pandas.DataFrame
        From `scan2map.resources.use_of_rules`.

    Returns
    -------
    pandas.DataFrame
        Text: for each stage a row with its sums and a row per rule; the sums of all.
    """
    rows = []
    for stage, rules in table.groupby("stage"):
        rows.append({"rule": stage.replace("_", " ")} | _sums(rules))
        for row in rules.itertuples():
            rows.append(
                {
                    "rule": row.rule,
                    "jobs": f"{row.jobs:,}",
                    "core-hours": _hours(row.core_hours),
                    "reserved": _hours(row.reserved_core_hours),
                    "GPU-hours": _hours(row.gpu_hours),
                    "median run": _minutes(row.median_minutes),
                    "longest": _minutes(row.longest_minutes),
                    "asked": _minutes(row.asked_runtime),
                    "next time": _minutes(row.suggested_runtime),
                    "95 % below (MB)": _whole(row.memory_p95_mb),
                    "highest (MB)": _whole(row.memory_mb),
                    "asked (MB)": _whole(row.asked_mem_mb),
                    "next time (MB)": _whole(row.suggested_mem_mb),
                }
            )
    rows.append({"rule": "all"} | _sums(table))
    return pd.DataFrame(rows, columns=list(rows[1])).fillna("")


def _sums(rules):
    """Write the sums over the rules of a stage."""
    sums = rules[["jobs", "core_hours", "reserved_core_hours", "gpu_hours"]].sum()
    jobs, *hours = sums
    names = ("core-hours", "reserved", "GPU-hours")
    return {"jobs": f"{jobs:,.0f}"} | dict(zip(names, map(_hours, hours), strict=True))


def _hours(value):
    """Write hours; nothing for none."""
    if np.isnan(value):
        return UNKNOWN
    if value < 0.001:
        return "" if value == 0 else "<0.001"
    return f"{value:,.1f}" if value >= 10 else f"{value:.3f}"


def _minutes(value):
    """Write minutes; seconds where there are few."""
    if np.isnan(value):
        return UNKNOWN
    return f"{value:,.0f} min" if value >= 5 else f"{value * 60:,.0f} s"


def _whole(value):
    return UNKNOWN if np.isnan(value) else f"{value:,.0f}"


def resources_page(table, profile, study):
    """Set the table and the suggestions as a page that needs no other file.

    Parameters
    ----------
    table : pandas.DataFrame
        From `scan2map.resources.use_of_rules`.
    profile : str
        From `scan2map.resources.profile_text`.
    study : str
        Name of the study.

    Returns
    -------
    str
        HTML.
    """
    rows = resource_rows(table)
    body = [
        table_element(rows, leads=rows["median run"] == ""),
        "<h2>For the next run</h2>",
        "<p>A block for a profile; a job that failed gets as much again.</p>",
        f"<pre>{escape(profile)}</pre>",
    ]
    return html_page(f"What the jobs used: {study}", "\n".join(body))


@styled
def draw_resources(table):
    """Draw core-hours, and memory used beside memory asked for, rule by rule.

    Parameters
    ----------
    table : pandas.DataFrame
        From `scan2map.resources.use_of_rules`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(7.2, ROW * len(table) + 1.1)
    left, right = figure.subplots(1, 2, sharey=True)
    rows = np.arange(len(table))
    _draw_hours(left, rows, table)
    _draw_memory(right, rows, table)
    left.set_yticks(rows, table["rule"])
    left.set_ylim(len(table) - 0.4, -0.6)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=LIGHT, linewidth=0.4)
        axes.set_axisbelow(True)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return figure


def _draw_hours(axes, rows, table):
    """Draw processor time in front of what was reserved, and GPUs' time."""
    reserved = table["reserved_core_hours"].fillna(0)
    axes.barh(rows, reserved, color=LIGHT, label="reserved")
    axes.barh(rows, table["core_hours"], height=0.5, color=BLUE, label="used")
    if table["gpu_hours"].any():
        gpu = table["gpu_hours"].replace(0, np.nan)
        axes.plot(gpu, rows, "D", color=ORANGE, markersize=4, label="GPU-hours")
    axes.set_xlabel("core-hours")


def _draw_memory(axes, rows, table):
    """Draw the most memory of any job, and mark what was asked for."""
    used, asked = table["memory_mb"] / 1000, table["asked_mem_mb"] / 1000
    colours = np.where(used > asked, ORANGE, BLUE)
    axes.barh(rows, asked.fillna(0), color=LIGHT, label="asked for")
    axes.barh(rows, used.fillna(0), height=0.5, color=colours)
    axes.barh(rows[:0], [], color=BLUE, label="highest seen")
    axes.set_xlabel("memory of a job (GB)")
    if (used > asked).any():
        axes.barh(rows[:0], [], color=ORANGE, label="more than asked for")
