"""Does the demo's phantom give back what was planted?"""

from _study import PLANTED, run_study, say_auc, say_recovery, tensor_experiments

results, config = run_study("config/config.yaml")
for name in config["experiments"]:
    goal = 0.85 if name in tensor_experiments(config) else 0.8
    say_auc("demo", results, name, f">= {goal}", lambda value, *_, g=goal: value >= g)
for name in tensor_experiments(config):
    for metric in PLANTED:
        say_recovery("demo", results, name, metric)
