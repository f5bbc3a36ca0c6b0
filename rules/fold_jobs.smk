# Jobs of one fold, or of several folds of a repeat (folds_per_job), in the same words.

from scan2map.fold_jobs import batches

NULL = "_null[0-9]+"


class FoldJob:
    """A job of the folds numbered, or, without numbers, of the one that a wildcard names.

    Its inputs are named by fold (fold3_features), its outputs and params are lists with
    an entry per fold.
    """

    def __init__(self, numbers, names, prefix="", suffix=f"({NULL})?"):
        self.numbers, self.prefix, self.is_null = numbers, prefix, bool(prefix)
        self.experiments = f"({'|'.join(names)}){suffix}"
        self.size = len(numbers) or 1
        self.span = "_to_".join(map(str, numbers[:1] + numbers[1:][-1:]))

    def rule(self, name):
        """Name of the rule: train_fold, or train_fold_1_to_4."""
        return self.prefix + "_".join(filter(None, [name, self.span]))

    def one(self, pattern):
        """A path that the job has one of, such as its log."""
        return pattern.replace("{fold}", self.span or "{fold}")

    def each(self, pattern):
        """A path for each fold."""
        pattern = workflow.pathvars.apply(pattern)
        return [pattern.replace("{fold}", str(n)) for n in self.numbers or ["{fold}"]]

    def maps(self, pattern, kept=False):
        """A map for each fold; those of permuted labels are dropped when used."""
        used = temp if self.is_null else str if kept else intermediate
        return [used(path) for path in self.each(pattern)]

    def folds(self, wildcards):
        """Numbers of the folds."""
        return list(self.numbers) or [int(wildcards.fold)]

    def of(self, function):
        """What a function of a fold's wildcards returns, for each fold."""

        def find(wildcards):
            given, kind = dict(wildcards.items()), type(wildcards)
            return [
                function(kind(fromdict=given | {"fold": str(fold)}))
                for fold in self.folds(wildcards)
            ]

        return find

    def inputs(self, function):
        """What a function says that a fold reads, named by fold."""
        of_each = self.of(function)

        def find(wildcards):
            return {
                f"fold{fold}_{name}": paths
                for fold, given in zip(self.folds(wildcards), of_each(wildcards))
                for name, paths in given.items()
            }

        return find

    def times(self, amount):
        """A resource that grows with the number of folds."""
        if not callable(amount):
            return self.size * amount
        return lambda wildcards: self.size * amount(wildcards)


BATCHES = batches(config["experiments"]).items()
FOLD_JOBS = [FoldJob(*batch) for batch in BATCHES]
MAP_JOBS = [FoldJob(*batch, suffix="") for batch in BATCHES]
MAP_JOBS += [FoldJob(*batch, prefix="null_", suffix=NULL) for batch in BATCHES]
