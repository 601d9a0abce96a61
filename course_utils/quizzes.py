"""The questions of the lessons, with what is said about each answer.

They stand here and not in the notebooks, where whoever reads a question would read the answers
with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A multiple-choice question.

    Attributes:
        text: One or two sentences.
        answers: What to say about each answer when it is chosen, by the answer.
        right: The answer that is right.

    Raises:
        ValueError: If ``right`` is no answer, or an answer says nothing.
    """

    text: str
    answers: Mapping[str, str]
    right: str

    def __post_init__(self) -> None:
        if self.right not in self.answers:
            raise ValueError(f"right must be one of {list(self.answers)}, got {self.right!r}")
        silent = [answer for answer, why in self.answers.items() if not why.strip()]
        if silent:
            raise ValueError(f"say why of each answer, right or wrong; nothing on {silent[0]!r}")


# By the number of the lesson and a short name.
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
    "02 one batch": Question(
        "A loop learns 64 pictures by heart: the loss falls to 0.002. What do you know now?",
        {
            "It will do well on new pictures": (
                "No new picture was looked at. Only pictures that no step has seen can tell."
            ),
            "The labels belong to the pictures": (
                "Wrong labels can be learnt by heart just as well: 64 answers are few for this "
                "many weights."
            ),
            "Logits, loss, gradient and step work together": (
                "A fault in any of them would have kept the loss up, and more data would not help."
            ),
            "The learning rate is right for the long run": (
                "It was good enough for 64 pictures. Section 6 looks at many rates on all letters."
            ),
        },
        right="Logits, loss, gradient and step work together",
    ),
    "02 zero of the scale": Question(
        "A report says: features of our pretrained network give 0.80 on ten digits, chance gives "
        "0.10, so pretraining worked. What is missing?",
        {
            "A test that 0.80 and 0.10 differ": (
                "They do, beyond doubt, and it does not matter: a network never trained is far "
                "above 0.10 too."
            ),
            "The accuracy on the task of pretraining": (
                "That says how well it learnt its own task, not what this is worth for another."
            ),
            "The same head, trained for longer": (
                "That may raise the score, but not tell what the score is owed to."
            ),
            "The same head on the untrained network": (
                "Only what lies above that score is owed to pretraining."
            ),
        },
        right="The same head on the untrained network",
    ),
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
