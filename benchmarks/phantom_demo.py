"""Does the demo's phantom give back what was planted?"""

from _study import run_study, say_auc, say_recovery

from scan2map.sensitivity import METRICS

results, config = run_study("config/config.yaml")
for name in config["experiments"]:
    say_auc("demo", results, name, ">= 0.85", lambda value, *_: value >= 0.85)
    for metric in METRICS:
        say_recovery("demo", results, name, metric)
