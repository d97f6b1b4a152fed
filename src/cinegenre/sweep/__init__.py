"""A user's own grid or search over a recipe's keys, through Optuna."""
