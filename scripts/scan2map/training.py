"""Train one network on some sessions, and apply it to others."""

import keras
import numpy as np
from scipy.special import expit

from scan2map import networks
from scan2map.augmentation import augment
from scan2map.features import fit_scaling, scale

NO_AUGMENTATION = {"flip": "none", "rotation_degrees": 0, "translation_voxels": 0}
"""Augmentation that leaves every session as it is."""


class Feeder(keras.utils.PyDataset):
    """Batches of scaled sessions in a new order, and augmented anew, every epoch.

    What an epoch looks like depends on the seed and the epoch's number alone, not on
    the epochs before it: training can be resumed at any of them.

    Parameters
    ----------
    features : sequence of ndarray, shape (x, y, z, n_channels)
        Memory-mapped arrays; a session is read when its batch is due.
    labels : sequence of int
        0 or 1 per session.
    scaling : dict
        What `features.fit_scaling` returned for these sessions.
    batch_size : int
        Sessions per batch; the last batch of an epoch holds what is left.
    augmentation : dict
        Keyword arguments of `augmentation.augment`.
    seed : int
        Start of all random numbers.
    """

    def __init__(self, features, labels, scaling, batch_size, augmentation, seed):
        super().__init__()
        self.features, self.scaling = features, scaling
        self.labels = np.asarray(labels, dtype=np.float32)[:, None]
        self.batch_size, self.augmentation = batch_size, augmentation
        self.seed = seed
        self.start_epoch(0)

    def start_epoch(self, epoch):
        """Draw the order of the sessions of an epoch."""
        self.epoch = epoch
        generator = np.random.default_rng([self.seed, epoch])
        self.order = generator.permutation(len(self.features))

    def __len__(self):
        return -(-len(self.features) // self.batch_size)

    def __getitem__(self, index):
        sessions = self.order[index * self.batch_size :][: self.batch_size]
        return np.stack([self.session(i) for i in sessions]), self.labels[sessions]

    def session(self, i):
        """Return session `i` as this epoch shows it, scaled."""
        rng = np.random.default_rng([self.seed, self.epoch, i])
        feature = augment(
            self.features[i], int(self.labels[i, 0]), rng, **self.augmentation
        )
        return scale(feature, self.scaling)


def train(features, labels, network, training, seed, callbacks=()):
    """Fit a network, and the scaling of its input, to some sessions.

    The number of epochs is fixed: nothing is chosen by looking at held-out sessions.
    Classes are weighted only where the configuration asks for it.

    Parameters
    ----------
    features : sequence of ndarray, shape (x, y, z, n_channels)
        One array per training session.
    labels : sequence of int
        0 or 1 per session.
    network : dict
        ``name`` and settings of the network; see `networks.build`.
    training : dict
        ``learning_rate``, ``decay`` (factor) and ``decay_every`` (epochs), ``epochs``,
        ``batch_size``, ``class_weight`` (``none`` or ``balanced``) and
        ``augmentation`` (see `augmentation.augment`).
    seed : int
        Same seed and same number of threads, same weights.
    callbacks : sequence of keras.callbacks.Callback
        Called in addition: to save states, say.

    Returns
    -------
    model : keras.Model
        The trained network.
    scaling : dict
        ``mean`` and ``sd`` per channel.
    history : list of dict
        One row per epoch: ``epoch`` (from 1), ``loss`` (with the L2 penalty),
        ``cross_entropy``, ``accuracy``, ``learning_rate``.

    Raises
    ------
    ValueError
        Not both labels occur, the numbers of features and labels differ, or the loss
        stopped being a number.
    """
    check_sessions(features, labels)
    keras.utils.set_random_seed(seed)
    scaling = fit_scaling(features)
    *shape, n_channels = features[0].shape
    model = networks.build(shape, n_channels, **network)
    compile_classifier(model, training["learning_rate"])
    feeder = Feeder(
        features,
        labels,
        scaling,
        batch_size=training["batch_size"],
        augmentation=training.get("augmentation", NO_AUGMENTATION),
        seed=seed,
    )
    fitted = model.fit(
        feeder,
        epochs=training["epochs"],
        shuffle=False,
        verbose=0,
        class_weight=class_weights(labels, training.get("class_weight", "none")),
        callbacks=[*schedule(feeder, training), *callbacks],
    )
    history = history_rows(fitted.history)
    if not np.isfinite(history[-1]["loss"]):
        raise ValueError(
            "training diverged: the loss is not a number; lower learning_rate"
        )
    return model, scaling, history


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


def compile_classifier(model, learning_rate):
    """Give a network its optimizer (Adam), loss (cross-entropy of logits), metrics."""
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.BinaryCrossentropy(from_logits=True, name="cross_entropy"),
            keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy"),
        ],
    )


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

    return [
        keras.callbacks.LambdaCallback(on_epoch_begin=start),
        keras.callbacks.LearningRateScheduler(lambda epoch, _: rate(epoch)),
    ]


def history_rows(history):
    """Return a Keras history as one dictionary per epoch, counted from 1."""
    columns = ("loss", "cross_entropy", "accuracy", "learning_rate")
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
    features : iterable of ndarray, shape (x, y, z, n_channels)
        Sessions, in mm²/s.

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

    return pd.DataFrame({**columns, "logit": logits, "probability": expit(logits)})
