"""How good boxes are: scores by the rules of COCO, intervals over pictures, verdicts on two."""
