"""Keep the state of a training on disk, so that one that was killed goes on."""

import json
import logging
import os
import sys
import time
import zipfile
from pathlib import Path

import keras
import numpy as np

from scan2map.features import digest_of

SHARE = 0.02
"""Of a training's time that may be spent on writing its state."""

BROKEN = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile)
"""What reading a file raises that was cut short or is none of ours."""

NEVER = sys.maxsize
"""Number of an epoch that no training has."""

STOPPING = ("wait", "stopped_epoch", "best", "best_epoch")
"""Numbers that early stopping counts with."""


class KeptState(keras.callbacks.Callback):
    """Writes all that the next epoch depends on to a file, and starts from it again.

    That is: weights, moving averages, the optimizer's moments, the states of random
    generators, the history, and what early stopping has seen. A training that goes on
    from it ends with the weights, bit for bit, that it would have had.

    The file is written whole beside its place and then moved there, at the end of an
    epoch, but not so often that it takes more than `share` of the time.

    Parameters
    ----------
    path : str or Path
        Of the file, ``.npz``; not an output of a rule, since Snakemake removes outputs
        before it runs a killed job again.
    version : str
        Of the program: another one does not go on from what this one wrote.
    share : float
        Of the training's time.
    """

    def __init__(self, path, version="", share=SHARE):
        super().__init__()
        self.path, self.version, self.share = Path(path), version, share

    def depend_on(self, facts, features, validation=None):
        """Note all that the weights depend on.

        Parameters
        ----------
        facts : list
            Settings, labels, seed.
        features : sequence of array-like
            Sessions that are learnt from.
        validation : (sequence of array-like, sequence of int), optional
            Features and labels that are watched.
        """
        watched, expected = validation or ((), ())
        facts = [facts, list(expected), self.version, keras.backend.backend()]
        self.depends_on = digest_of(facts, [*features, *watched])

    def restore(self, model, history, stopper=None):
        """Give a network and its callbacks the state in the file, if there is one.

        A state of a training that depends on anything else, or one that cannot be read,
        is left alone, and training starts from the beginning.

        Parameters
        ----------
        model : keras.Model
            Compiled, with its optimizer built.
        history : keras.callbacks.History
        stopper : keras.callbacks.EarlyStopping, optional

        Returns
        -------
        int
            Number of the epoch to go on with, from 0; `NEVER` where early stopping had
            ended training.
        """
        self.history, self.stopper = history, stopper
        self.found = self.read()
        self.written, self.cost = time.perf_counter(), 0.0
        self.done = self.safe = 0
        if self.found is None:
            return 0
        for variable, value in zip(
            variables(model), self.found["variables"], strict=True
        ):
            variable.assign(value)
        history.history = self.found["history"]
        if self.found["stopped"]:
            logging.info("training had stopped after epoch %d", self.found["epoch"])
            return NEVER
        logging.info("training goes on from epoch %d", self.found["epoch"] + 1)
        return self.found["epoch"]

    def read(self):
        """Return the state in the file; None where it does not fit or is broken."""
        if not self.path.is_file():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as arrays:
                said = json.loads(str(arrays["said"]))
                if said["depends_on"] != self.depends_on:
                    logging.info("%s is of another training: it is not used", self.path)
                    return None
                lists = {
                    name: [arrays[f"{name}_{i}"] for i in range(said[f"n_{name}"])]
                    for name in ("variables", "best")
                }
        except BROKEN as error:
            logging.warning(
                "%s is broken (%s): training starts from the beginning",
                self.path,
                error,
            )
            return None
        return said | lists

    def on_train_begin(self, logs=None):
        """Tell early stopping what it had seen; it forgets when training begins."""
        if self.stopper and self.found:
            for name in STOPPING:
                setattr(self.stopper, name, self.found["stopping"][name])
            self.stopper.best_weights = self.found["best"]

    def on_epoch_end(self, epoch, logs=None):
        """Write the state, if that is not too often."""
        start, self.done = time.perf_counter(), epoch + 1
        if self.share * (start - self.written) < self.cost:
            return
        self.write(self.done)
        self.written = time.perf_counter()
        self.cost = self.written - start

    def on_train_end(self, logs=None):
        """Write the state of the last epoch: the job may still be killed."""
        if self.done > self.safe:
            self.write(self.done)

    def write(self, epoch):
        """Write the state after a number of epochs."""
        convert, stopper = keras.ops.convert_to_numpy, self.stopper
        lists = {
            "variables": [convert(variable) for variable in variables(self.model)],
            "best": stopper.best_weights if stopper else [],
        }
        said = {
            "depends_on": self.depends_on,
            "epoch": epoch,
            "stopped": bool(self.model.stop_training),
            "history": self.history.history,
            "stopping": {name: getattr(stopper, name, None) for name in STOPPING},
            **{f"n_{name}": len(arrays) for name, arrays in lists.items()},
        }
        arrays = {
            f"{name}_{i}": array
            for name, values in lists.items()
            for i, array in enumerate(values)
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(self.path.name + ".part")
        with open(part, "wb") as file:
            np.savez(file, said=json.dumps(said, default=float), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.path)
        self.safe = epoch

    def remove(self):
        """Remove the file: what was trained is safe elsewhere."""
        self.path.unlink(missing_ok=True)


def variables(model):
    """Return all variables that training changes, in a fixed order."""
    return [*model.variables, *model.optimizer.variables]
