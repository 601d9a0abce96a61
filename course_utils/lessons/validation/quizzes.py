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
                "Only k moves, from 1 to 40. Still a choice: section 7 measures its price."
            ),
            "Adding the validation set to the training set": (
                "Then the weights see it, and no score on it says how good they are."
            ),
        },
        right="Scoring 40 finished epochs and keeping the best",
    ),
    "05 what p says": Question(
        "Two models answered the same pictures, and p = 0.03. What does that say?",
        {
            "With a chance of 97 % the models differ": (
                "p supposes that they are equally good. How likely that is, it cannot say."
            ),
            "Equally good models would look at least as unequal 3 times in 100": (
                "So it is rare without a difference, and the verdict is different."
            ),
            "The better one wins on 97 of 100 fresh validation sets": (
                "p is about a world without a difference, not about the next sets."
            ),
            "The difference is large": (
                "With many pictures a tiny difference gives a small p, too. How large it is, the "
                "interval says."
            ),
        },
        right="Equally good models would look at least as unequal 3 times in 100",
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
