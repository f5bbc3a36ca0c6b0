"""Does the demo's phantom give back what was planted?"""

from _study import auc, recovery, run_study, say

results, config = run_study("config/config.yaml")
for name in config["experiments"]:
    value, low, high = auc(results, name)
    say(
        f"demo_auc_{name}",
        f"{value:.3f}",
        f"95% CI {low:.2f}-{high:.2f}",
        ">= 0.85",
        value >= 0.85,
    )
    for metric in ("MD", "A", "FA", "planarity"):
        ratio = recovery(results, name, metric)
        say(
            f"demo_recovery_{name}_{metric}",
            f"{ratio:.1f}",
            "x chance",
            ">= 5",
            ratio >= 5,
        )
