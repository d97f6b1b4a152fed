"""The measurements behind the project's figures; see README.md."""
