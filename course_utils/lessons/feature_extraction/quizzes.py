"""The quizzes of lesson 03."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "03 equal fingerprints": Question(
        "The fingerprint of a backbone is the same before and after training. What follows?",
        {
            "It was in eval mode all the time": (
                "Not needed for that: a backbone without buffers keeps its fingerprint in train "
                "mode, and its dropout is awake all the same."
            ),
            "Its parameters and buffers are as they were": (
                "The fingerprint covers all numbers that it holds. In which mode it ran is no "
                "number that it holds."
            ),
            "The model answers as before": "The head has learned: same features, other answers.",
            "Its parameters have not moved, its buffers may have": (
                "Buffers are part of the fingerprint. That is how the drift came to light."
            ),
        },
        right="Its parameters and buffers are as they were",
    ),
    "03 curves that meet": Question(
        "In a report, frozen features are 0.06 better than pixels at 5 labels per class, and "
        "equal to them at 50. What follows?",
        {
            "The backbone is worth nothing: in the end both are equal": (
                "The end is of no use to whoever has 5 labels per class."
            ),
            "It saves 45 labels per class": (
                "Sideways means: from its score at 5 to where pixels have that score, which is "
                "before 50."
            ),
            "With still more labels, pixels would win": (
                "They may or may not. Nothing was measured there."
            ),
            "It saves labels where they are few": (
                "And the gain is read at your own number of labels, with its interval."
            ),
        },
        right="It saves labels where they are few",
    ),
}
