"""The quizzes of lesson 12."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "12 axis order": Question(
        "The first convolution has filters of the shape (16, 1, 3, 3) in torch: out, in, height, "
        "width. Keras wants (3, 3, 1, 16). Somebody writes `filters.reshape(3, 3, 1, 16)` in place "
        "of `filters.transpose(2, 3, 1, 0)`. What happens?",
        {
            "Keras refuses the weights, because their axes stand in another order": (
                "Keras cannot know that. An array has a shape, but its axes have no names, and the "
                "shape is the one that Keras wants. So `set_weights` takes it."
            ),
            "Nothing changes, because the same numbers stand in the right shape": (
                "The same numbers are there, each once. But they stand at other places, and a "
                "filter is what it is by the places of its numbers."
            ),
            "There is no error, and each filter is made of numbers of other filters": (
                "A transpose moves axes, while a reshape only counts on. The nine numbers of a "
                "filter lie one after the other, and the reshape deals them out to nine filters. "
                "Accuracy fell from 0.98 to 0.13 by this one layer, and nothing warned. To compare "
                "the outputs of each layer finds it."
            ),
            "Each filter is mirrored, so that its features are about as good as before": (
                "If height and width changed places, each filter would be mirrored at its "
                "diagonal. Here the nine numbers of a filter go to nine other filters, so none of "
                "the sixteen is left."
            ),
        },
        right="There is no error, and each filter is made of numbers of other filters",
    ),
    "12 momentum": Question(
        "A network learns from scratch by `fit`, from 200 digits in 70 updates. Its batch norm is "
        "as Keras has it, with momentum 0.99. For the last epoch `fit` prints an accuracy of 1.00. "
        "On new digits `evaluate` gives about 0.20. Why?",
        {
            "It knows the 200 digits by heart: it overfits": (
                "Then it would be right on those 200. Ask `evaluate` for them: about 0.23. What "
                "`fit` prints comes from training mode, in which batch norm takes mean and "
                "variance from the batch itself."
            ),
            "Half of the running statistics is still what they began with": (
                "0.99 to the power of 70 is 0.495. So the mean of 0 and the variance of 1, with "
                "which they began, count for half of what `evaluate` uses. `fit` never looked at "
                "them. With momentum 0.9 less than a thousandth of the start is left, and accuracy "
                "is 0.90."
            ),
            "70 updates are too few for the weights to learn": (
                "The weights have learned: with mean and variance of the new digits themselves, "
                "they are right on 0.91 of them. More updates do help, as the running statistics "
                "catch up: after 420 it is 0.90. But momentum 0.9 needs no more updates."
            ),
            "`evaluate` answers in training mode, in which batch norm depends on the batch": (
                "It is the other way round. `fit` is in training mode, and `evaluate` uses the "
                "running statistics. In training mode the new digits would score 0.91."
            ),
        },
        right="Half of the running statistics is still what they began with",
    ),
    "12 validation split": Question(
        "200 digits lie in the order of their classes, 20 of each. `fit` is called with "
        "`validation_split=0.2`; it shuffles, as it does when nothing is said. After ten epochs "
        "accuracy is 1.00, and `val_accuracy` is 0.000. Why?",
        {
            "It overfits: what it learned holds for its own digits alone": (
                "A network that overfits still does better than chance, which is 0.1. Never to be "
                "right is worse than chance, and points to the data. On new digits of all classes "
                "this network is right on 0.80."
            ),
            "Forty digits are too few to measure an accuracy": (
                "They make the interval wide, but not that wide: 0 of 40 is [0.000, 0.088]. "
                "Shuffled by hand beforehand, forty digits give 0.97 to 1.00."
            ),
            "In validation batch norm answers with other statistics than in training": (
                "It does, with the running ones, and so it does after a shuffle by hand, where "
                "accuracy is 0.97. No statistics can teach a class that was never shown."
            ),
            "The last fifth, all 8s and 9s, is cut off before the shuffle": (
                "`fit` takes the validation part from the end, and shuffles what is left. So it "
                "learned the digits 0 to 7, and is never asked for one of them in validation. On "
                "new digits it is right on nearly all of 0 to 7, and on no 8 or 9: 0.80 in all. "
                "Shuffle by hand beforehand, or better, pass parts of your own split."
            ),
        },
        right="The last fifth, all 8s and 9s, is cut off before the shuffle",
    ),
    "12 what freezes": Question(
        "In Keras on torch, a pretrained base is frozen by `base.trainable = False`, and `fit` "
        "trains a new head on it. What do the running statistics of the base's batch norm do?",
        {
            "They move, as in torch, unless `model.eval()` was called": (
                "A Keras model on torch has `eval`, because it is a torch module too, but nothing "
                "in Keras asks for that. After `model.eval()`, one epoch of `fit` moved the "
                "statistics of a base that was not frozen by up to 0.24. Only the argument "
                "`training` counts."
            ),
            "They stay: a frozen batch norm answers in inference mode, in `fit` too": (
                "They moved by 0.0 in ten epochs. In torch, `requires_grad_(False)` stops the "
                "weights alone: there one batch in training mode moved the statistics by 0.1, and "
                "`backbone.eval()` has to be said as well."
            ),
            "They stay, because statistics are no weights, and only an optimizer moves numbers": (
                "No optimizer moves them, that is so. But each batch in training mode does: in a "
                "base that was not frozen, one epoch moved them by up to 0.24."
            ),
            "They move in `fit`, unless the base was called with `training=False`": (
                "As long as the base is frozen, that argument changes nothing for batch norm. It "
                "is meant for later, when the base is made trainable again. Whether it then does "
                "what it says is measured above."
            ),
        },
        right="They stay: a frozen batch norm answers in inference mode, in `fit` too",
    ),
}
