"""The quizzes of lesson 06."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "06 a repair that lowers the score": Question(
        "You mend a real fault in a recipe, and the accuracy falls. What follows?",
        {
            "The fault was none: undo the repair": (
                "A fault may look useful while another one stands. Here drift moved an unfinished "
                "head along."
            ),
            "Another network is needed": (
                "Nothing was learned about the network yet: it stayed the same, and its head had "
                "not converged."
            ),
            "Look for what else is wrong, and measure again then": (
                "A number is worth believing once all that is known to be wrong is repaired. "
                "Whether the repair helps is asked again there, by the paired test."
            ),
            "The repair helps on test pictures all the same": (
                "Perhaps, but this is a hope. The test set opens once, after all choices."
            ),
        },
        right="Look for what else is wrong, and measure again then",
    ),
    "06 the worth of a repair": Question(
        "In a list of repairs, the last one added 5 points. What would it have added as the only "
        "one?",
        {
            "5 points": (
                "Only if the repairs did not touch each other. They share one accuracy, and two of "
                "them may mend the same damage."
            ),
            "At most 5 points": (
                "It may be far more: what the earlier repairs had mended already was no longer "
                "there to gain."
            ),
            "Nothing: it came last because it needs the others": (
                "The order was the writer's choice. Some repairs need another one, most do not."
            ),
            "The list does not tell": (
                "A row of such a list is worth something in its place only. To know more, run the "
                "combination."
            ),
        },
        right="The list does not tell",
    ),
}
