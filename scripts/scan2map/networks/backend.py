"""The few lines that depend on which backend Keras computes with."""

import logging
from contextlib import contextmanager

from scan2map.lean import without

# Keras and TensorFlow look for these, which nothing here gives them: 2 s.
with without("matplotlib", "pandas", "sklearn"):
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
        # Costs nothing measurable on CPUs; on a GPU its kernels add up in any order.
        tensorflow.config.experimental.enable_op_determinism()
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


def gpu_name():
    """Return what the backend calls the GPU that it computes on, or None."""
    if keras.backend.backend() == "jax":
        import jax

        first = jax.devices()[0]
        return first.device_kind if first.platform == "gpu" else None
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else None
    import tensorflow

    found = tensorflow.config.list_physical_devices("GPU")
    return found[0].name if found else None


def check_gpu(asked, required):
    """Say whether a job that asked for a GPU computes on one.

    Parameters
    ----------
    asked : int
        How many GPUs the job asked for.
    required : bool
        Whether it may not go on without.

    Raises
    ------
    RuntimeError
        A GPU is required, and the backend sees none.
    """
    if not asked:
        return
    name = gpu_name()
    if name:
        logging.info("Keras computes on %s", name)
        return
    sentence = (
        "the job asked for a GPU, and Keras sees none (backend "
        f"{keras.backend.backend()}): install a backend that can use it and set "
        "KERAS_BACKEND (docs/cluster.md), or set 'gpu' to none in the configuration"
    )
    if required:
        raise RuntimeError(sentence)
    logging.warning(sentence)


@contextmanager
def exact_products():
    """Let a GPU multiply in float32 in a block, not in TensorFloat-32.

    The ten bits of TensorFloat-32 are enough to train with. A gradient by the input,
    though, passes all layers backwards, and is wrong by a tenth (relative L2 norm, VBD
    network on an H100).
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        with jax.default_matmul_precision("highest"):
            yield
    elif backend == "torch":
        from torch.backends import cuda, cudnn

        before = cudnn.allow_tf32, cuda.matmul.allow_tf32
        cudnn.allow_tf32 = cuda.matmul.allow_tf32 = False
        try:
            yield
        finally:
            cudnn.allow_tf32, cuda.matmul.allow_tf32 = before
    else:
        from tensorflow.config import experimental

        before = experimental.tensor_float_32_execution_enabled()
        experimental.enable_tensor_float_32_execution(False)
        try:
            yield
        finally:
            experimental.enable_tensor_float_32_execution(before)
