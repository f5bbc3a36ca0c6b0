"""Do networks find the non-local effect that voxel-wise statistics cannot see?"""

from _study import auc, recovery, run_study, say, t_map

results, config = run_study("config/studies/phantom_nonlocal.yaml")
for name in config["experiments"]:
    value, low, high = auc(results, name)
    say(
        f"nonlocal_auc_{name}",
        f"{value:.3f}",
        f"95% CI {low:.2f}-{high:.2f}",
        ">= 0.8",
        value >= 0.8,
    )
    ratio = recovery(results, name, "MD")
    say(f"nonlocal_recovery_{name}_MD", f"{ratio:.1f}", "x chance", ">= 5", ratio >= 5)
for metric in ("MD", "A", "FA", "planarity"):
    t, summary = t_map(results, "traditional", metric, "groups")
    say(
        f"nonlocal_traditional_{metric}",
        f"{abs(t).max():.2f}",
        "max |t|",
        f"< {summary['threshold']:.2f}",
        abs(t).max() < summary["threshold"],
    )
