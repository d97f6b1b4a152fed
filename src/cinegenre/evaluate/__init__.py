"""A bundle scored on a split of a prepared data set: metrics.json, plots, report.html."""
