"""The few lines that depend on which backend Keras computes with."""

from scan2map.lean import without

# Keras and TensorFlow look for these, which nothing here gives them: 2 s.
with without("matplotlib", "pandas", "scipy.sparse", "sklearn"):
    import keras


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
