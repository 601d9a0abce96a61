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
                "Wrong labels can be learned by heart just as well: 64 answers are few for this "
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
        "0.10, so pretraining was worth it. Which score is missing?",
        {
            "None, but a test that 0.80 and 0.10 differ": (
                "They do, beyond doubt, and it does not matter: raw pixels are far above 0.10 too."
            ),
            "The accuracy on the task of pretraining": (
                "That says how well it learned its own task, not what this is worth for another."
            ),
            "The same head on the untrained network": (
                "That asks whether the training did it, which is another question. Both networks "
                "may be worse than what one has without any."
            ),
            "The same head on the raw pixels": (
                "Worth is measured against the best way without pretraining. In this lesson raw "
                "pixels do better than an untrained network; the best way known to you counts."
            ),
        },
        right="The same head on the raw pixels",
    ),
}
