"""The quizzes of lesson 07."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "07 a candidate added later": Question(
        "All candidates have their validation scores, and none is good enough. You think of one "
        "more, try it on the same pictures, and it wins. What now?",
        {
            "It cannot count: it was not on the list": (
                "It can. Validation pictures may judge as many candidates as you like; each one "
                "more only makes the winner's score more flattering."
            ),
            "Choose it, and compute the expected score from the longer list": (
                "The list that competed is now longer, and with it the luck of the best. The test "
                "set has not been opened, so its number will still be true."
            ),
            "Open the test set to see whether it is really better": (
                "Then the test set chooses, and no pictures are left for a number that is true."
            ),
            "Its validation score is the number to report": (
                "It is the best of several on the pictures that chose it. It flatters, the more so "
                "the longer the list."
            ),
        },
        right="Choose it, and compute the expected score from the longer list",
    ),
    "07 a temperature after the refit": Question(
        "The final model learned from all pictures but those of the test. To which answers can its "
        "temperature be fitted?",
        {
            "Its own, to the pictures that it learned from": (
                "It knows those, so being very sure costs nothing there: the temperature comes out "
                "too low."
            ),
            "Its own, to the test pictures": (
                "That would make them part of the training. What they then say about its "
                "probabilities is too good."
            ),
            "Those of the rounds, each to pictures that were held out": (
                "They come from models made in the same way, and no picture was known to the "
                "model that answered it. Carried over, the temperature is a little off, and "
                "honest."
            ),
            "None: a refitted model has no temperature": (
                "It has one, as any model has. Only its own answers to known pictures cannot "
                "tell which."
            ),
        },
        right="Those of the rounds, each to pictures that were held out",
    ),
}
