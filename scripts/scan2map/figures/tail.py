"""Whether a Pareto distribution fits the tail of a null distribution."""

import numpy as np
import scipy

from scan2map.figures.style import BLUE, GREY, new_figure, styled


@styled
def draw_tail(permutation):
    """Draw the largest values of a null distribution against those of the fit.

    Parameters
    ----------
    permutation : dict
        What the file of a correction says: ``values``, of each retraining, and
        ``tail``, as `statistics.tail.Tail`.

    Returns
    -------
    matplotlib.figure.Figure
        Points on the diagonal are fitted well.
    """
    tail = permutation["tail"]
    found = np.sort(permutation["values"])[-tail["values"] :]
    places = (np.arange(len(found)) + 0.5) / len(found)
    expected = tail["threshold"] + scipy.stats.genpareto.ppf(
        places, tail["shape"], scale=tail["scale"]
    )
    figure = new_figure(3.2, 3.0)
    axes = figure.subplots()
    ends = [min(found[0], expected[0]), max(found[-1], expected[-1])]
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    axes.plot(expected, found, "o", color=BLUE, markersize=3)
    axes.set(
        xlabel="by the Pareto distribution",
        ylabel="largest of each retraining",
        title=f"tail of the null, p of the fit {tail['fit_p']:.2f}",
    )
    return figure
