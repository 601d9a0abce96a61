"""The quizzes of lesson 11."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "11 why mel and logarithm": Question(
        "A picture of sound has bands that are equally wide in mel, and the logarithm of their "
        "power. What would be worse with bands equally wide in Hz, and power itself?",
        {
            "The picture would no longer hold enough of the sound to tell words apart": (
                "The power spectrum, from which both are made, holds more than either of them. "
                "What differs is how well a small picture shows it."
            ),
            "Few bands would be left for the low frequencies, where vowels differ, and a few "
            "loud spots would hide the rest": (
                "The lowest resonance of the throat tells vowels apart, and lies between 200 and "
                "900 Hz. Of 16 bands, equal steps in Hz give it three, equal steps in mel six. And "
                "power differs by a factor of thousands: all but the loudest spots would be white."
            ),
            "Loud recordings would get other answers, since a logarithm makes all sounds "
            "equally loud": (
                "It does not: twice the pressure adds about the same number to all bands. What "
                "takes loudness away is dividing by the loudest sample, and the mean that is taken "
                "off."
            ),
            "The network would need more weights, since the picture would be larger": (
                "It has as many bands and steps as before. Only what stands in them is another."
            ),
        },
        right=(
            "Few bands would be left for the low frequencies, where vowels differ, and a few loud "
            "spots would hide the rest"
        ),
    ),
    "11 by take or by voice": Question(
        "A model scores 0.99 on new takes of the voices it learned from, and 0.73 on voices that "
        "it never heard. It will be used at the counter of a shop. Which number says how well it "
        "will do there?",
        {
            "0.99: its test takes were new, so nothing was in both parts": (
                "No take was. But the voice was, with its throat and microphone, and a model can "
                "know a word by the voice that says it. Customers bring new voices."
            ),
            "0.73: customers are voices that it never heard": (
                "A test answers for what it was drawn from. This one was drawn from new voices, as "
                "customers are. The other one answers how well it knows a voice that was recorded "
                "before, as on one owner's telephone."
            ),
            "0.86, the mean: some customers come again": (
                "They come again, but nothing of theirs was learned. Unless the model is trained "
                "on their recordings, each customer stays a new voice."
            ),
            "None: both were measured on test sets, and only real use can tell": (
                "Real use may differ in more than the voice, that is so. But of these two, one has "
                "the same question as the shop, and the other has not."
            ),
        },
        right="0.73: customers are voices that it never heard",
    ),
    "11 what is n": Question(
        "Six speakers said 300 digits each, and a model was tested on each speaker after it "
        "learned from the other five. An interval for its accuracy on speakers in general: from "
        "how many independent examples?",
        {
            "1,800: each recording was tested once": (
                "Each was, but recordings of one speaker are right or wrong together: who mumbles, "
                "mumbles 300 times. An interval from 1,800 is far too narrow."
            ),
            "6: what is drawn anew is the speaker": (
                "A new speaker brings a new voice, and all of its recordings with it. So there are "
                "six scores, and their spread makes the interval. It is wide, and honestly so: "
                "more recordings of the same six would hardly narrow it."
            ),
            "60: each digit of each speaker is an example": (
                "The ten digits of a speaker share the voice, the microphone and the room. They "
                "are no more independent of each other than recordings are."
            ),
            "5: one speaker is held out each time": (
                "That is from how many the model learned. The scores are one for each speaker held "
                "out, and each was held out once. Five is what is left of six for the spread, "
                "which the t interval takes into account."
            ),
        },
        right="6: what is drawn anew is the speaker",
    ),
    "11 which source": Question(
        "Pictures of sound are grey pictures of 16 by 16, as letters are. There are five labels a "
        "digit. Yet a frozen backbone that learned letters did worse than one with random "
        "weights. Why can that be?",
        {
            "Its weights cannot read such pictures, as their size or channels differ": (
                "They have the same size and one channel. It computes features without complaint, "
                "which is why the mistake is easy to make."
            ),
            "Five labels a digit are too few for any source to help": (
                "Fewer labels are where a source that fits helps most: a backbone that learned "
                "words was ahead of both."
            ),
            "Random weights do well for another reason: their batch norm does nothing yet. "
            "Settled, they lose that lead": (
                "Random weights as they are hand a picture on nearly unchanged (lesson 02). Once "
                "their averages are true, as those of a trained backbone are, the lead is gone. So "
                "letters taught little that helps here, if anything: a source has to share with "
                "the task what matters there."
            ),
            "Pretraining never helps with sounds": (
                "It does: words that are no digits, spoken by other voices, helped. It is the "
                "source that has to fit."
            ),
        },
        right=(
            "Random weights do well for another reason: their batch norm does nothing yet. "
            "Settled, they lose that lead"
        ),
    ),
}
