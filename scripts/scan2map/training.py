"""Train one network on some sessions, and apply it to others."""

import keras
import numpy as np
import scipy

from scan2map import networks
from scan2map.features import MaskedFeature, fit_scaling, scale
from scan2map.feeding import NO_AUGMENTATION, Feeder, Memory
from scan2map.inner_splits import held_back
from scan2map.networks.backend import seed_epoch

VALIDATED = ("val_cross_entropy", "val_accuracy")
"""Columns that a history has where sessions were watched, not learnt from."""


class DivergedError(ValueError):
    """The loss is no number any more."""


def train(
    features,
    labels,
    network,
    training,
    seed,
    participants=None,
    families=None,
    validation=None,
    callbacks=(),
    reuse=None,
    state=None,
):
    """Fit a network, and the scaling of its input, to some sessions.

    The number of epochs is fixed, and nothing is chosen by looking at other sessions,
    unless ``early_stopping`` asks for it. Then training ends when the cross-entropy of
    sessions that are not learnt from has not fallen for ``patience`` epochs, and the
    weights of the best epoch are kept. Those sessions are a ``share`` of the training
    participants, held back from the fit and from the scaling. With `validation` they
    are the ones given: a fold's test sessions, say, as some papers have it, which makes
    the fold's scores too good.

    Classes are weighted only where the configuration asks for it.

    Parameters
    ----------
    features : sequence of array-like, shape (x, y, z, n_channels)
        One per training session.
    labels : sequence of int
        0 or 1 per session.
    network : dict
        ``name`` and settings of the network; see `networks.build`.
    training : dict
        ``learning_rate``, ``decay`` (factor) and ``decay_every`` (epochs), ``epochs``,
        ``batch_size``, ``class_weight`` (``none`` or ``balanced``), ``epsilon`` (of
        Adam; 1e-7 by default), ``centre`` (see `features.fit_scaling`; True by
        default), ``early_stopping`` (None, or ``patience`` in epochs and ``share``) and
        ``augmentation`` (see `augmentation.augment`).
    seed : int
        Same seed and same number of threads, same weights.
    participants, families : sequence of str, optional
        Whose session it is, and of which family ('' for none); early stopping holds
        back whole families. Not needed without it, or with `validation`.
    validation : (sequence of array-like, sequence of int), optional
        Features and labels of sessions to watch.
    callbacks : sequence of keras.callbacks.Callback
        Called in addition: to time epochs, say.
    reuse : keras.Model, optional
        What an earlier call with the same network returned. It is trained from new
        weights, as if it had been built anew, and returned. That saves the second in
        which TensorFlow traces the training step, which counts where thousands of
        small networks are trained. A network that averages its input over cubes is
        built anew all the same.
    state : resumption.KeptState, optional
        Where the state of the training is kept, and where one that was cut short goes
        on from. It stays when training has ended: remove it once the network is saved.

    Returns
    -------
    model : keras.Model
        The trained network.
    scaling : dict
        ``mean`` and ``sd`` per channel.
    history : list of dict
        One row per epoch: ``epoch`` (from 1), ``loss`` (with the L2 penalty),
        ``cross_entropy``, ``accuracy``, ``learning_rate``, and `VALIDATED` where
        sessions were watched.

    Raises
    ------
    ValueError
        Not both labels occur, the numbers of features and labels differ, maps are to
        be augmented, or too few participants are left to hold some back.
    DivergedError
        The loss stopped being a number.
    """
    if state:
        people = [labels, participants, families]
        state.depend_on([people, network, training, seed], features, validation)
    stopping = training.get("early_stopping")
    if stopping and validation is None:
        held = held_back(labels, participants, families, stopping["share"], seed)
        validation = sessions_where(held, features, labels)
        features, labels = sessions_where(np.invert(held), features, labels)
    check_sessions(features, labels)
    check_augmentation(features, training)
    keras.utils.set_random_seed(seed)
    scaling = fit_scaling(features, training.get("centre", True))
    *shape, n_channels = features[0].shape
    model = networks.build(shape, n_channels, **network)
    fed, edge = networks.after_shrinking(model)
    compile_classifier(fed, training["learning_rate"], training.get("epsilon", 1e-7))
    if reuse is not None and fed is model:
        model = fed = start_anew(reuse, model)
    shown = {"scaling": scaling, "batch_size": training["batch_size"], "seed": seed}
    shown |= {"edge": edge, "memory": Memory()}
    feeder = Feeder(
        features,
        labels,
        augmentation=training.get("augmentation", NO_AUGMENTATION),
        smallest_batch=2 if normalises_batches(model) else 1,
        **shown,
    )
    watched = validation and Feeder(*validation, augmentation=NO_AUGMENTATION, **shown)
    stopper, past = stop_early(stopping), keras.callbacks.History()
    kept = [state] if state else []
    fed.fit(
        feeder,
        initial_epoch=state.restore(fed, past, *stopper) if state else 0,
        epochs=training["epochs"],
        validation_data=watched,
        shuffle=False,
        verbose=0,
        class_weight=class_weights(labels, training.get("class_weight", "none")),
        callbacks=[*schedule(feeder, training), *stopper, *callbacks, past, *kept],
    )
    history = history_rows(past.history)
    if not np.isfinite(history[-1]["loss"]):
        raise DivergedError(
            "training diverged: the loss is not a number; lower learning_rate"
        )
    return model, scaling, history


def sessions_where(chosen, features, labels):
    """Return the features and labels of chosen sessions."""
    places = np.flatnonzero(chosen)
    return [features[i] for i in places], [labels[i] for i in places]


def check_sessions(features, labels):
    """Raise unless there is one label per session and both labels occur."""
    if len(features) != len(labels):
        raise ValueError(f"{len(features)} features came with {len(labels)} labels")
    if set(labels) != {0, 1}:
        raise ValueError(
            "training needs sessions of both labels, 0 and 1; got "
            f"{sorted(set(labels))}"
        )
    shapes = {feature.shape for feature in features}
    if len(shapes) > 1:
        raise ValueError(f"features differ in shape: {sorted(shapes)}")


def check_augmentation(features, training):
    """Raise where maps are to be augmented: flips and rotations turn tensors."""
    asked = training.get("augmentation", NO_AUGMENTATION)
    if isinstance(features[0], MaskedFeature) and asked != NO_AUGMENTATION:
        raise ValueError(
            f"augmentation is made for tensors, and maps came with {asked}; set the "
            f"experiment's 'training: augmentation' to {NO_AUGMENTATION}"
        )


def compile_classifier(model, learning_rate, epsilon=1e-7):
    """Give a network its optimizer (Adam), loss (cross-entropy of logits), metrics."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, epsilon=epsilon),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="cross_entropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
    )
    # Its variables would otherwise make TensorFlow trace the training step twice.
    model.optimizer.build(model.trainable_variables)


def start_anew(model, untrained):
    """Give a trained network, and its optimizer, the state of an untrained one."""
    pairs = zip(
        [*model.variables, *model.optimizer.variables],
        [*untrained.variables, *untrained.optimizer.variables],
        strict=True,
    )
    for old, new in pairs:
        old.assign(new)
    return model


def normalises_batches(model):
    """Tell whether a network uses the moments of a batch in training."""
    kind = keras.layers.BatchNormalization
    return any(isinstance(layer, kind) for layer in model.layers)


def class_weights(labels, kind):
    """Return the weight of each label in the loss, None for equal weights.

    ``balanced`` weights are n_sessions / (2 · sessions with the label).
    """
    if kind == "none":
        return None
    if kind != "balanced":
        raise ValueError(f"class_weight should be none or balanced, got {kind!r}")
    counts = np.bincount(labels, minlength=2)
    return {label: len(labels) / (2 * int(counts[label])) for label in (0, 1)}


def schedule(feeder, training):
    """Return the callbacks that start each epoch: its sessions, its learning rate."""

    def rate(epoch):
        steps = epoch // training["decay_every"]
        return training["learning_rate"] * training["decay"] ** steps

    def start(epoch, logs=None):
        feeder.start_epoch(epoch)
        seed_epoch(feeder.seed, epoch)

    return [
        keras.callbacks.LambdaCallback(on_epoch_begin=start),
        keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(epoch)),
    ]


def stop_early(stopping):
    """Return the callback that ends training early, and keeps the best epoch."""
    if not stopping:
        return []
    return [
        keras.callbacks.EarlyStopping(
            monitor="val_cross_entropy",
            mode="min",
            patience=stopping["patience"],
            restore_best_weights=True,
        )
    ]


def history_rows(history):
    """Return a Keras history as one dictionary per epoch, counted from 1."""
    columns = ["loss", "cross_entropy", "accuracy", "learning_rate"]
    columns += [name for name in VALIDATED if name in history]
    return [
        {"epoch": i + 1, **{name: float(history[name][i]) for name in columns}}
        for i in range(len(history["loss"]))
    ]


def predict_logits(model, scaling, features):
    """Return the logit of each session.

    Parameters
    ----------
    model : keras.Model
        A trained network.
    scaling : dict
        The scaling the network was trained with.
    features : iterable of array-like, shape (x, y, z, n_channels)
        Sessions, in the unit of the features trained on.

    Returns
    -------
    ndarray, shape (n_sessions,)
        Above 0 where label 1 is the more probable.
    """
    logits = [
        keras.ops.convert_to_numpy(model(scale(feature, scaling)[None]))[0, 0]
        for feature in features
    ]
    return np.array(logits, dtype=float)


def prediction_table(logits, **columns):
    """Return predictions as a table: what identifies a session, logit, probability.

    Parameters
    ----------
    logits : ndarray, shape (n_sessions,)
        What `predict_logits` returned.
    **columns
        ``participant_id``, ``label``, ``fold`` …: one value per session, or one for
        all.

    Returns
    -------
    DataFrame
        `columns` in their order, then ``logit`` and ``probability`` (of label 1).
    """
    import pandas as pd

    return pd.DataFrame(
        {**columns, "logit": logits, "probability": scipy.special.expit(logits)}
    )
