"""Feed a network: batches of scaled sessions, epoch by epoch."""

import keras
import numpy as np

from scan2map.augmentation import augment
from scan2map.features import scale, shrink

NO_AUGMENTATION = {"flip": "none", "rotation_degrees": 0, "translation_voxels": 0}
"""Augmentation that leaves every session as it is."""


MEMORY_MB = 2000
"""Of a training's sessions that are kept in memory, as the network gets them."""


class Memory:
    """Sessions that need not be read and scaled again, up to a number of bytes.

    Parameters
    ----------
    mb : float
        Largest size of all arrays together, 2**20 bytes.
    """

    def __init__(self, mb=MEMORY_MB):
        self.left, self.kept = mb * 2**20, {}

    def get(self, key, make):
        """Return what is kept under a key; make it, and keep it if there is room."""
        if key in self.kept:
            return self.kept[key]
        array = make()
        if array.nbytes <= self.left:
            self.left -= array.nbytes
            self.kept[key] = array
        return array


class Feeder(keras.utils.PyDataset):
    """Batches of scaled sessions in a new order, and augmented anew, every epoch.

    Sessions that are not augmented are the same in every epoch, and stay in memory as
    far as it reaches. What an epoch looks like depends on the seed and the epoch's
    number alone, not on the epochs before it: training can be resumed at any of them.

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
    edge : int
        Of the cubes of voxels that sessions are averaged over when they are scaled;
        see `networks.after_shrinking`.
    memory : Memory, optional
        Where sessions are kept; feeders of one training share it.
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
        edge=1,
        memory=None,
        smallest_batch=1,
    ):
        super().__init__()
        self.edge, self.memory = edge, memory or Memory()
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
        if self.augmentation == NO_AUGMENTATION:
            return self.memory.get((id(self), i), lambda: self.seen(feature))
        rng = np.random.default_rng([self.seed, self.epoch, i])
        label = int(self.labels[i, 0])
        return self.seen(augment(feature, label, rng, **self.augmentation))

    def seen(self, feature):
        """Return a session as the network gets it."""
        scaled = scale(feature, self.scaling)
        return shrink(scaled, self.edge) if self.edge > 1 else scaled
