"""Does the demo's study find nothing where nothing was planted?"""

import yaml
from _study import ROOT, auc, run_study, say, without_effects

phantom = yaml.safe_load((ROOT / "config/config.yaml").read_text())["phantom"]
results, config = run_study(
    "config/config.yaml", study="phantom_null", phantom=without_effects(phantom)
)
for name in config["experiments"]:
    value, low, high = auc(results, name)
    say(
        f"null_auc_{name}",
        f"{value:.3f}",
        f"95% CI {low:.2f}-{high:.2f}",
        "CI covers 0.5",
        low <= 0.5 <= high,
    )
