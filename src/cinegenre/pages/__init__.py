"""Builds HTML pages: escaped HTML, one style sheet, images, panels for plots.

A page is a single file: it needs no other file, no network and no script.
"""
