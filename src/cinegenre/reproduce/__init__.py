"""Trains and evaluates the rows of a paper's table, and compares the published figures."""
