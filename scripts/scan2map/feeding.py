"""Feed a network: batches of scaled sessions, epoch by epoch."""

import keras
import numpy as np

from scan2map.augmentation import augment
from scan2map.features import scale

NO_AUGMENTATION = {"flip": "none", "rotation_degrees": 0, "translation_voxels": 0}
"""Augmentation that leaves every session as it is."""


class Feeder(keras.utils.PyDataset):
    """Batches of scaled sessions in a new order, and augmented anew, every epoch.

    What an epoch looks like depends on the seed and the epoch's number alone, not on
    the epochs before it: training can be resumed at any of them.

    Parameters
    ----------
    features : sequence of array-like, shape (x, y, z, n_channels)
        From `features.open_features`; a session is read when its batch is due.
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
    smallest_batch : int
        With fewer sessions left than this, they join the batch before: 2 for networks
        that normalise by the moments of a batch.
    """

    def __init__(
        self,
        features,
        labels,
        scaling,
        batch_size,
        augmentation,
        seed,
        smallest_batch=1,
    ):
        super().__init__()
        self.features, self.scaling = features, scaling
        self.labels = np.asarray(labels, dtype=np.float32)[:, None]
        self.batch_size, self.augmentation = batch_size, augmentation
        self.seed, self.smallest_batch = seed, smallest_batch
        self.start_epoch(0)

    def start_epoch(self, epoch):
        """Draw the order of the sessions of an epoch."""
        self.epoch = epoch
        generator = np.random.default_rng([self.seed, epoch])
        self.order = generator.permutation(len(self.features))

    def __len__(self):
        full, left = divmod(len(self.features), self.batch_size)
        return max(1, full + (left >= self.smallest_batch))

    def __getitem__(self, index):
        start = index * self.batch_size
        stop = None if index == len(self) - 1 else start + self.batch_size
        sessions = self.order[start:stop]
        return np.stack([self.session(i) for i in sessions]), self.labels[sessions]

    def session(self, i):
        """Return session `i` as this epoch shows it, scaled."""
        feature = self.features[i]
        if self.augmentation != NO_AUGMENTATION:
            rng = np.random.default_rng([self.seed, self.epoch, i])
            label = int(self.labels[i, 0])
            feature = augment(feature, label, rng, **self.augmentation)
        return scale(feature, self.scaling)
