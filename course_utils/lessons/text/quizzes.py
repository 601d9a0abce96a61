"""The quizzes of lesson 10."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "10 perplexity or bits": Question(
        "Two language models read the same text. For A each byte is a token, and its perplexity is "
        "15 per token. The tokens of B have 3 bytes in the mean, and its perplexity is 256 per "
        "token. Which one predicts the text better?",
        {
            "A: it is unsure among 15 tokens only": (
                "At each token, yes. But A has to say three tokens where B says one, and is as "
                "unsure each time. 15 · 15 · 15 is 3,375, far more than 256."
            ),
            "B: it needs fewer bits for each byte": (
                "A needs log2(15) = 3.9 bits for a token, which is one byte. B needs log2(256) = 8 "
                "bits for 3 bytes, so 2.7 for each byte. All bits over all bytes compares models "
                "of any tokens."
            ),
            "They are equally good, as tokens of 3 bytes must be harder": (
                "Harder they are, but by how much can be counted. Write both in bits for each byte "
                "of the text."
            ),
            "Nobody can say, as their tokens differ": (
                "From the perplexities alone, nobody can. But here it is told how many bytes a "
                "token has, and bytes are the same for both."
            ),
        },
        right="B: it needs fewer bits for each byte",
    ),
    "10 what LoRA saves": Question(
        "With LoRA one weight in thirty learns. The batch, the texts and the number of steps "
        "stay the same. What becomes about thirty times smaller than with all weights "
        "learning?",
        {
            "The time that a step takes": (
                "The whole model still computes forwards, and the gradient still goes back through "
                "all its layers. Only the gradients of the held weights are spared, and two small "
                "products are added: a small model gains nothing."
            ),
            "All the memory that a step needs": (
                "The weights themselves are still there, and so is what each layer keeps of the "
                "batch until the gradient comes back. That is often most of it."
            ),
            "What Adam keeps of past steps, and the file of what was learned": (
                "Adam keeps two numbers for each weight that learns, so its state shrinks as they "
                "do, and so do the gradients. An adapter's file holds the new weights alone. One "
                "base can serve many tasks."
            ),
            "The number of labelled texts that are needed": (
                "That depends on the task. Fewer weights that learn can help where texts are very "
                "few, and cost accuracy where there are many: it has to be measured."
            ),
        },
        right="What Adam keeps of past steps, and the file of what was learned",
    ),
    "10 where padding stands": Question(
        "Texts of different lengths are put into one batch, and the shorter ones are filled up. A "
        "causal model reads it: each token looks at those to its left, and knows its place. A head "
        "takes the last column, `features[:, -1]`. When does a text get the same answer as it gets "
        "alone?",
        {
            "When the padding stands on the right: no token looks at it": (
                "The tokens do stay as they are. But the last column of a shorter text is padding, "
                "and the head never sees its last token. Take each row's own last token there."
            ),
            "When the padding stands on the left: the last column is the last token": (
                "The right column is taken. But all its tokens now look at padding, and each "
                "believes that it stands further back than it does."
            ),
            "Always: padding is no token and changes nothing": (
                "For the model it is a vector as any other, unless somebody hides it. On the right "
                "the head reads it, and on the left the tokens do."
            ),
            "When it stands on the left, is hidden by a mask, and places are counted after it": (
                "Then the last column is the last token, it has seen nothing but its text, and "
                "every place is what it is alone. The other way is padding on the right, and a "
                "head that takes each row's own last token. The lesson does that."
            ),
        },
        right="When it stands on the left, is hidden by a mask, and places are counted after it",
    ),
}
