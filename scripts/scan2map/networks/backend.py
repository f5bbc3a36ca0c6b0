"""The few lines that depend on which backend Keras computes with."""

from scan2map.lean import without

# Keras and TensorFlow look for these, which nothing here gives them: 2 s.
with without("matplotlib", "pandas", "scipy.sparse", "sklearn"):
    import keras

from scan2map.splits import derive_seed


def use_threads(n):
    """Let the backend compute on a fixed number of cores.

    Sums of floats depend on how they are split over threads, so the same bytes come
    out only for the same number. To be called before anything is computed. JAX takes
    its number from the environment alone, and this function leaves it.

    Parameters
    ----------
    n : int
        Cores.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.threading.set_intra_op_parallelism_threads(n)
        tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    elif keras.backend.backend() == "torch":
        import torch

        torch.set_num_threads(n)


def seed_epoch(seed, epoch):
    """Start the random numbers of an epoch that the model itself does not keep.

    PyTorch draws dropout from one state of the whole process; with TensorFlow and JAX
    each layer has a state of its own, among the variables of the model.

    Parameters
    ----------
    seed, epoch : int
        What the numbers depend on.
    """
    if keras.backend.backend() == "torch":
        import torch

        torch.manual_seed(derive_seed(seed, "epoch", epoch))
