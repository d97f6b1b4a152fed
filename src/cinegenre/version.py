"""The version. The build reads it here, and so does everything that records or shows it."""

__version__ = "0.2.0"
