"""What checks of a map say of it, in numbers and in a sentence."""

UNCHANGED = 0.5
"""Median rank correlation with the map of the network without its training from which
a map is said not to change. Maps that are the image, or its edges, have 1.0; gradients
of trained networks 0.1 to 0.2 (docs/sanity.md)."""

THE_SAME = 0.999
"""Rank correlation from which a map is the same but for rounding."""

MEASURES = ("ssim", "rank", "rank_abs")
"""Columns of similarities."""


def judge(checks):
    """Sum up the checks of one map over folds and sessions.

    Parameters
    ----------
    checks : pandas.DataFrame
        Rows of `checks.check_network` of one map, with ``repeat`` and ``fold``.

    Returns
    -------
    dict
        ``verdict``, a key of `SENTENCES`; ``random`` and ``permuted``, medians of
        |similarity| to the map of a network without its training, or trained on
        permuted labels (None without); the number of ``comparisons`` with random
        weights; ``blind_to``, the layers from the logit on without whose training the
        map is the same.
    """
    last = checks.groupby(["repeat", "fold"])["randomised"].transform("max")
    random = checks[(checks["randomised"] == last) & (last > 0)]
    permuted = checks[checks["randomised"] == 0]
    alike = medians(random)
    if alike["rank"] is None:
        verdict = "undefined"
    elif alike["rank"] >= UNCHANGED:
        verdict = "unchanged"
    elif alike["rank_abs"] >= UNCHANGED:
        verdict = "size unchanged"
    else:
        verdict = "changes"
    return {
        "verdict": verdict,
        "random": alike,
        "permuted": medians(permuted) if len(permuted) else None,
        "comparisons": int(random["rank"].notna().sum()),
        "blind_to": blind_to(checks),
    }


def blind_to(checks):
    """Return the layers from the logit on whose weights a map does not depend on."""
    layers = []
    steps = checks[checks["randomised"] > 0].groupby("randomised")
    for _, step in steps:
        if not step["rank"].median() >= THE_SAME:
            break
        layers.append(step["layer"].iloc[0])
    return layers


def medians(checks):
    """Return the median of the absolute value of each similarity; None of none."""
    given = checks[list(MEASURES)].dropna().abs()
    return given.median().to_dict() if len(given) else dict.fromkeys(MEASURES)


SENTENCES = {
    "unchanged": "does not change when the weights are random: it shows the image, "
    "not what the network has learnt",
    "size unchanged": "keeps its size, though not its sign, when the weights are "
    "random: where it is large follows the image, not what the network has learnt",
    "changes": "changes when the weights are random",
    "undefined": "cannot be judged: the map, or that of the network with random "
    "weights, is the same everywhere",
}
"""Verdict to what it says of a map."""


def sentence(name, judged):
    """Say what the checks of a map say, with the numbers behind it."""
    text = f"The map {name} {SENTENCES[judged['verdict']]}"
    if judged["verdict"] == "undefined":
        return text + "."
    alike, blind = judged["random"], judged["blind_to"]
    text += (
        f" (median |rank correlation| {alike['rank']:.2f}, of absolute values "
        f"{alike['rank_abs']:.2f}; {UNCHANGED:g} and more is no change)."
    )
    if blind and judged["verdict"] != "unchanged":
        text += f" It is the same whatever is learnt in the layers {', '.join(blind)}."
    return text
