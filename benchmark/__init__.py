"""Measures the workbook against the usual way, side by side on one machine, in turn.

``python -m benchmark --help`` tells the parts and the options. Absolute times say something about
one machine only; what is reported are ratios between two sides that took turns.
"""
