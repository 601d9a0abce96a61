"""Runs of lessons: each once, or many with other parameters, on this machine or on a cluster."""
