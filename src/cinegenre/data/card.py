"""Writes a prepared data set's README.md, with the front matter for Hugging Face's `datasets`."""

from __future__ import annotations

from .manifest import Manifest
from .shards import columns

NAME = "README.md"


def text(manifest: Manifest) -> str:
    """The README.md of the data set that `manifest` describes."""
    splits = [split for split, count in manifest.films.items() if count]
    sets = [name for name in manifest.label_sets if name != "genres"]
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: {split}-*.parquet"]
    lines += ["dataset_info:", "  features:"]
    for name, kind in columns(sets).items():
        lines += [f"  - name: {name}", f"    {_KINDS.get(kind, f'dtype: {kind}')}"]
    lines += ["---", "", "# Films prepared by cinegenre", ""]
    lines += [f"From {manifest.source} (reader `{manifest.reader}`).", ""]
    lines += ["| split | films | with poster |", "|---|---|---|"]
    lines += [
        f"| {split} | {manifest.films[split]:,} | {manifest.with_poster[split]:,} |"
        for split in splits
    ]
    lines += [
        "",
        "`dataset.json` has the counts of cleaning and splitting, the label sets and the"
        " fingerprint. Posters are as the source had them; they belong to their owners.",
        "",
        "```python",
        "from datasets import load_dataset",
        "",
        'films = load_dataset("path/of/this/folder")',
        'films["train"][0]["poster"]  # a PIL image, or None',
        "```",
        "",
    ]
    return "\n".join(lines)


_KINDS = {"list": "list: string", "image": "dtype: image"}
