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
    "06 a gain that is not shown": Question(
        "On 300 validation pictures, the unfrozen model has 0.98 and the frozen one 0.97: cannot "
        "tell. To use, both cost the same. Which one do you take?",
        {
            "The frozen one: no difference was shown": (
                "That no difference was shown does not show that there is none. It would throw "
                "away every gain too small for 300 pictures."
            ),
            "Either, by a coin": (
                "The scores know more than a coin: the one that is ahead is the better one more "
                "often than not."
            ),
            "The unfrozen one, and report the verdict with it": (
                "The higher score is the better bet where a mistake costs the same either way. "
                "The verdict says how sure the bet is."
            ),
            "Whichever the test pictures like better": (
                "Then the test set chooses, and its score for the winner is too good."
            ),
        },
        right="The unfrozen one, and report the verdict with it",
    ),
}
