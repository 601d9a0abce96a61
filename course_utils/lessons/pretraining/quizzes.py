"""The quizzes of lesson 02."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
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
}
