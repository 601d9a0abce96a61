"""The quizzes of lesson 05."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "05 training or choosing": Question(
        "Which of these only chooses, as the formula allows?",
        {
            "A few small gradient steps on the validation loss": (
                "Few and small steps move the weights too: that is training on the validation set."
            ),
            "Fitting only the last layer's bias to the validation set": (
                "A bias is part of θ. However few numbers are fitted, they are trained."
            ),
            "Scoring 40 finished epochs and keeping the best": (
                "Only k moves, from 1 to 40. Still a choice: section 6 measures its price."
            ),
            "Adding the validation set to the training set": (
                "Then the weights see it, and no score on it says how good they are."
            ),
        },
        right="Scoring 40 finished epochs and keeping the best",
    ),
    "05 more candidates": Question(
        "You compared 5 settings on 100 validation pictures, now you compare 50. What do you "
        "expect of the winner?",
        {
            "On fresh pictures it is worse: the choice overfits": (
                "The choice still leans to good ones; with more of them it does so on average."
            ),
            "Its score rises more than its fresh accuracy": (
                "A better one may be found, which raises both; the luck of 50 raises only the "
                "score."
            ),
            "Its score becomes more honest, for luck averages out": (
                "A mean averages luck out. A maximum collects it."
            ),
            "Nothing new: validation pictures train no weights": (
                "No weight saw them, yet they chose. Choosing is enough to flatter."
            ),
        },
        right="Its score rises more than its fresh accuracy",
    ),
}
