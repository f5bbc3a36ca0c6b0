"""Take from a trained network what it has learnt, layer by layer."""

import keras


def cascade(model, seed):
    """Yield a network with more and more layers as they were before any training.

    From the logit to the input, each layer gets new weights from its own initialisers,
    and moving averages of batches start anew; layers that came before stay random
    (cascading randomisation of Adebayo et al. 2018). The last network yielded has
    nothing left of the training.

    Parameters
    ----------
    model : keras.Model
        A trained network; stays as it is.
    seed : int
        Same seed, same weights.

    Yields
    ------
    layer : str
        Name of the layer that lost its weights last.
    network : keras.Model
        The same object each time, changed in place.

    References
    ----------
    Adebayo J. et al. (2018), Sanity checks for saliency maps, NeurIPS.
    """
    keras.utils.set_random_seed(seed)
    untrained, network = (keras.models.clone_model(model) for _ in range(2))
    network.set_weights(model.get_weights())
    pairs = zip(network.layers, untrained.layers, strict=True)
    for layer, new in reversed(list(pairs)):
        if layer.weights:
            layer.set_weights(new.get_weights())
            yield layer.name, network
