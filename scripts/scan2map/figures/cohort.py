"""Who is in the study, and who was left out for which reason."""

from collections import Counter

import numpy as np

from scan2map.figures.style import BLUE, GREY, ORANGE, new_figure, styled


def one_row_per_participant(sessions):
    """Return the first session of each participant."""
    first = {}
    for row in sessions:
        first.setdefault(row["participant_id"], row)
    return list(first.values())


def left_out(sessions):
    """Return (participant, session, reason) of the sessions that were left out."""
    return [
        (row["participant_id"], row["session_id"], row["exclude"])
        for row in sessions
        if row.get("exclude")
    ]


@styled
def draw_cohort(sessions, groups, *, title):
    """Draw age, sex and site of the groups, and list the sessions left out.

    Parameters
    ----------
    sessions : list of dict of str
        All rows of the cohort table; ``exclude`` is empty or holds a reason.
    groups : list of str
        Reference group and affected group.
    title : str
        Name of the study.

    Returns
    -------
    matplotlib.figure.Figure
    """
    kept = [row for row in sessions if not row.get("exclude")]
    people = one_row_per_participant(kept)
    listed = left_out(sessions)
    figure = new_figure(10, 3.4 + 0.16 * min(len(listed), MOST_LISTED))
    figure.suptitle(
        f"{title}: {len(people)} participants, {len(kept)} sessions analysed, "
        f"{len(listed)} left out",
        fontweight="bold",
    )
    top, bottom = figure.subfigures(
        2, 1, height_ratios=(2.8, 0.3 + 0.16 * min(len(listed), MOST_LISTED))
    )
    age, sex, site = top.subplots(1, 3, width_ratios=(2, 1, 1.6))
    _draw_ages(age, people, groups)
    _draw_counts(sex, people, groups, "sex")
    _draw_counts(site, people, groups, "site")
    _list_left_out(bottom, listed)
    return figure


MOST_LISTED = 40
"""Sessions left out that are listed one by one; beyond them reasons are counted."""


def _draw_ages(axes, people, groups):
    """Draw one point per participant, and the median of each group."""
    for place, (group, colour) in enumerate(zip(groups, (BLUE, ORANGE), strict=True)):
        ages = [float(r["age"]) for r in people if r["group"] == group and r["age"]]
        if not ages:
            continue
        heights = place + _swarm(np.array(ages))
        axes.plot(ages, heights, "o", color=colour, alpha=0.7, markersize=4)
        axes.plot([np.median(ages)] * 2, [place - 0.35, place + 0.35], color="black")
    names = [f"{g}\n(n = {sum(r['group'] == g for r in people)})" for g in groups]
    axes.set(xlabel="age (years; line: median)", ylim=(-0.6, len(groups) - 0.4))
    axes.set_yticks(range(len(groups)), names)


def _swarm(values):
    """Return small offsets that keep equal values apart, the same every time."""
    ranks = np.argsort(np.argsort(values, kind="stable"))
    return 0.25 * np.sin(2.4 * ranks)


def _draw_counts(axes, people, groups, column):
    """Draw how many participants of each group have each value of a column."""
    kinds = sorted({row[column] or "n/a" for row in people})
    for shift, group, colour in zip((-0.2, 0.2), groups, (BLUE, ORANGE), strict=True):
        counts = Counter(
            row[column] or "n/a" for row in people if row["group"] == group
        )
        heights = [counts[kind] for kind in kinds]
        places = np.arange(len(kinds)) + shift
        bars = axes.bar(places, heights, width=0.38, color=colour, label=group)
        axes.bar_label(bars, fontsize=7)
    turned = len(kinds) > 6
    axes.set_xticks(range(len(kinds)), kinds, rotation=90 if turned else 0)
    axes.set(xlabel=column, ylabel="participants")
    axes.margins(y=0.12)
    axes.set_xlim(-0.6, max(len(kinds), 2) - 0.4)
    axes.yaxis.get_major_locator().set_params(integer=True)
    if column == "sex":
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=2)


def _list_left_out(part, listed):
    """Write which sessions were left out and why."""
    lines = [f"sub-{p}, ses-{s}: {reason}" for p, s, reason in listed]
    if len(listed) > MOST_LISTED:
        counts = Counter(reason for *_, reason in listed).most_common(MOST_LISTED)
        lines = [f"{number} sessions: {reason}" for reason, number in counts]
    heading = "Left out:" if lines else "No session was left out."
    part.text(
        0.02, 0.98, "\n".join([heading, *lines]), va="top", fontsize=8, linespacing=1.3,
        color="black" if lines else GREY,
    )  # fmt: skip
