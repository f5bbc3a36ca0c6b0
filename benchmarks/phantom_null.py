"""Does the demo's study find nothing where nothing was planted?"""

import yaml
from _study import ROOT, covers_chance, run_study, say_auc, without_effects

phantom = yaml.safe_load((ROOT / "config/config.yaml").read_text())["phantom"]
results, config = run_study(
    "config/config.yaml", study="phantom_null", phantom=without_effects(phantom)
)
for name in config["experiments"]:
    say_auc("null", results, name, "CI covers 0.5", covers_chance)
