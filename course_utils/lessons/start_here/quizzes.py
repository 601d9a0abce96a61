"""The quizzes of lesson 00."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "00 three parts": Question(
        "You trained five models and want to keep the best one. Which part of the data tells you "
        "which it is?",
        {
            "the training part": (
                "All five were made to fit it, so it flatters the one that learned it by heart."
            ),
            "the test part": (
                "Then its score helped to choose, and can no longer say how good the chosen model "
                "is on new pictures."
            ),
            "the validation part": (
                "No model learned from it, and the test part stays sealed for the one number at "
                "the end."
            ),
        },
        right="the validation part",
    ),
}
