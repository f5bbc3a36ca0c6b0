"""Do networks find the non-local effect that voxel-wise statistics cannot see?"""

from _study import run_study, say, say_auc, say_recovery, t_map

from scan2map.sensitivity import METRICS

results, config = run_study("config/studies/phantom_nonlocal.yaml")
for name in config["experiments"]:
    say_auc("nonlocal", results, name, ">= 0.8", lambda value, *_: value >= 0.8)
    for metric in ("MD", "A"):
        say_recovery("nonlocal", results, name, metric)
for metric in METRICS:
    t, summary = t_map(results, "traditional", metric, "groups")
    threshold = summary["Threshold"]["statistic"]
    say(
        f"nonlocal_traditional_{metric}",
        f"{abs(t).max():.2f}",
        "max |t|",
        f"< {threshold:.2f}",
        abs(t).max() < threshold,
    )
