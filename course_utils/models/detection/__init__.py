"""Networks that find objects: pictures to boxes, classes and scores."""
