"""How exercises are checked: answers observed, judged, and told what to make of it."""
