"""Does the demo's phantom give back what was planted?"""

from _study import PLANTED, run_study, say_auc, say_recovery

results, config = run_study("config/config.yaml")
for name in config["experiments"]:
    say_auc("demo", results, name, ">= 0.85", lambda value, *_: value >= 0.85)
    for metric in PLANTED:
        say_recovery("demo", results, name, metric)
