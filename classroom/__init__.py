"""A class and its exercises: handing them out, and marking what comes back.

How the report and each student's feedback look stands in ``pages/``; ``reports.py`` fills them, and
draws the chart.
"""
