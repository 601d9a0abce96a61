"""How good maps of classes are: scores over a data set, intervals over pictures, verdicts."""
