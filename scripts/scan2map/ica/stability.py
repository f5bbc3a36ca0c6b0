"""How stable independent components are over repeated decompositions (ICASSO)."""

import numpy as np
import scipy


def centrotypes(estimates, n_clusters):
    """Cluster estimates of components, and pick the most central of each cluster.

    Parameters
    ----------
    estimates : ndarray, shape (n_estimates, n)
        Rows of unmixing matrices of length 1 in the space of whitened data, so that
        their scalar products are the correlations of the components.
    n_clusters : int
        Number of components.

    Returns
    -------
    centres : ndarray, shape (n_clusters, n)
        The estimate of each cluster that is most like all others in it.
    quality : ndarray, shape (n_clusters,)
        Iq of Himberg et al. (2004): mean |r| within the cluster minus mean |r| with
        all other estimates. A cluster of a single estimate is as stable as nothing
        else shows: its |r| within is 1.
    """
    similarity = np.clip(np.abs(estimates @ estimates.T), 0, 1)
    distance = 1 - similarity
    np.fill_diagonal(distance, 0)
    pairs = scipy.spatial.distance.squareform(distance, checks=False)
    tree = scipy.cluster.hierarchy.linkage(pairs, method="average")
    # exactly so many, also where ties are
    cluster = scipy.cluster.hierarchy.cut_tree(tree, n_clusters)[:, 0]
    centres, quality = [], []
    for number in np.unique(cluster):
        inside = cluster == number
        within = similarity[np.ix_(inside, inside)]
        across = similarity[np.ix_(inside, ~inside)]
        centres.append(estimates[inside][within.sum(0).argmax()])
        quality.append(within.mean() - (across.mean() if across.size else 0))
    return np.array(centres), np.array(quality)
