"""The quizzes of lesson 01."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "01 what is judged": Question(
        "A is right. Model 1 gives A, B, C, D the probabilities 0.4, 0.2, 0.2, 0.2, model 2 gives "
        "them 0.4, 0.6, 0, 0. Whose loss is larger?",
        {
            "Model 1's: it is less certain": (
                "Being undecided costs nothing by itself. What costs is to give the right class "
                "little."
            ),
            "Model 2's: it is surer of a wrong class": (
                "The loss does not look at the wrong classes: it is -ln 0.4 = 0.92 nats both times."
            ),
            "Neither: both losses are the same": (
                "Only the 0.4 is judged, -ln 0.4 = 0.92 nats. The gradients differ: section 4."
            ),
            "One cannot say without the logits": (
                "The loss needs only the probability of the right class, and that is given."
            ),
        },
        right="Neither: both losses are the same",
    ),
    "01 larger minibatches": Question(
        "You take 64 examples per minibatch instead of 16. What happens to the estimates of the "
        "gradient?",
        {
            "Their mean moves nearer to the full gradient": (
                "It is there already: both sizes are unbiased. Only single estimates get better."
            ),
            "Their spread falls to a half": (
                "1 / sqrt(4) = 1/2, for four times the work per step. Sixteen times the work would "
                "make it a quarter."
            ),
            "Their spread falls to a quarter": (
                "It falls with the root of the number of examples, not with the number."
            ),
            "Nothing, since both sizes are unbiased": (
                "Unbiased speaks of the mean of many. A single estimate of 16 is twice as far off."
            ),
        },
        right="Their spread falls to a half",
    ),
    "01 change of optimizer": Question(
        "You replace SGD by Adam and change nothing else, not even the rate. The loss ends higher. "
        "What follows?",
        {
            "Adam is worse for this problem": (
                "SGD had its best rate, Adam had one that suits SGD. Both must be searched for."
            ),
            "Nothing yet: Adam's rate must be searched for first": (
                "A rate means something else in each optimizer. Each is judged at its own best."
            ),
            "Adam needs a rate ten times smaller": (
                "Ten is the factor of momentum 0.9. Adam's steps do not grow with the gradient, so "
                "no fixed factor leads from SGD's rate to Adam's."
            ),
            "Adam needs more steps": (
                "Perhaps, but with a rate that does not suit it, more steps need not help."
            ),
        },
        right="Nothing yet: Adam's rate must be searched for first",
    ),
}
