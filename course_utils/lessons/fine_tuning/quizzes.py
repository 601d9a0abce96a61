"""The quizzes of lesson 04."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "04 falling loss": Question(
        "All weights of a network train at one high rate, behind a random head. The training loss "
        "falls fast. What does that show about the features?",
        {
            "They fit the new task better than before": (
                "The loss is small on the few examples it is computed on. So many weights can "
                "learn those by heart while the features get worse for all others."
            ),
            "Nothing: only that the network fits these examples": (
                "The worth has to be measured: freeze a copy of the backbone, fit a fresh head, "
                "and look at validation examples."
            ),
            "They are intact: damage would raise the loss": (
                "Here it did not. Head and features move together, so the head goes along with "
                "features that are spoilt."
            ),
            "They hardly moved: the head did the work": (
                "At one high rate, the backbone moves as fast as the head, and that is random."
            ),
        },
        right="Nothing: only that the network fits these examples",
    ),
    "04 moved or lost": Question(
        "Say the old head reads 0.58 of the letters after fine-tuning, a head fitted anew to the "
        "same features 0.78. Before, it was 0.85. What happened?",
        {
            "The backbone lost 0.27 of the letters": (
                "0.20 of it is still in the features: the new head finds it there, and only a head "
                "was fitted."
            ),
            "Nothing was lost: a head can always be fitted again": (
                "A head reads only what the features hold. Even the new one misses 0.07 more than "
                "before."
            ),
            "0.20 has moved, 0.07 is lost to a linear head": (
                "0.78 - 0.58 is what the new head finds elsewhere; 0.85 - 0.78 is what even that "
                "misses. The backbone is the same for both."
            ),
            "The old head got worse: it was trained on digits": (
                "The old head was never trained again. The features under it moved."
            ),
        },
        right="0.20 has moved, 0.07 is lost to a linear head",
    ),
    "04 rival": Question(
        "A report: our recipe, its rate chosen among ten, reaches 0.95; fine-tuning at the rate "
        "0.03 reaches 0.89. Both got equal steps and labels. What is missing before one says that "
        "the recipe is better?",
        {
            "Nothing: 0.06 is a large difference": (
                "Large, but between what? The rival may be bad only because 0.03 is a bad rate."
            ),
            "More repeats": (
                "They would narrow the interval. A rival at a bad rate stays a weak one, however "
                "often it runs."
            ),
            "Fine-tuning with its rate chosen among ten as well": (
                "One well-chosen rate is what others would use instead. Only then is it the recipe "
                "that makes the difference, not the trials."
            ),
            "A test on another data set": (
                "It would show more than one case. But there, too, the rival would be untuned."
            ),
        },
        right="Fine-tuning with its rate chosen among ten as well",
    ),
}
