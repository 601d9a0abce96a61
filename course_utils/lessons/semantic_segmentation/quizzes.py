"""The quizzes of lesson 09."""

from course_utils.widgets.quiz import Question

QUESTIONS = {
    "09 nothing but paper": Question(
        "Nine of ten pixels of the scenes are paper. A segmenter says paper for every pixel, and "
        "so has a pixel accuracy of 0.90. What is that worth?",
        {
            "A good start: nine of ten pixels are right": (
                "They are right because they are paper. It has found no digit at all, and was "
                "built without looking at a picture."
            ),
            "Much: whoever guesses gets one of eleven right": (
                "Only who guesses each class equally often. What anybody reaches who always names "
                "the most frequent class is the number to beat."
            ),
            "Nothing: it says what the scenes are made of, not what was learned": (
                "Mean IoU shows it: 0.90 for paper, 0 for each of ten digits, and 0.08 in the "
                "mean. Look at what the most frequent class alone would get before you look at any "
                "pixel accuracy."
            ),
            "Nothing: pixel accuracy is no honest score": (
                "It is computed right, and tells two segmenters apart as well. But alone, without "
                "the share of the paper beside it, it flatters."
            ),
        },
        right="Nothing: it says what the scenes are made of, not what was learned",
    ),
    "09 what the stride takes": Question(
        "A head says for each cell of 4 x 4 pixels what is there, and its logits are scaled up to "
        "the size of the scene. There are no skip connections. What is lost, however long it "
        "learns?",
        {
            "Which digit it is": (
                "A cell sees far more of the scene than its own 16 pixels, and most digits get "
                "their right name."
            ),
            "Thin strokes, and where digits end": (
                "A stroke is about three pixels wide, and each cell that it crosses gives one "
                "answer. Even cells that are told the true map lose some of the mean IoU. Skip "
                "connections bring along the finer levels, which still know the edges."
            ),
            "Nothing: scaling up brings the pixels back": (
                "Scaling fills in between the cells. What none of them knew, such as a gap between "
                "two strokes, does not come back."
            ),
            "Whole digits, as they are hardly larger than a cell": (
                "They are some ten pixels high, so each lies on several cells. A cell would have "
                "to be far larger to lose one."
            ),
        },
        right="Thin strokes, and where digits end",
    ),
    "09 mean of scenes": Question(
        "Somebody computes mean IoU for each scene by itself, over the classes that are there or "
        "were predicted, and takes the mean over all scenes. How does it compare with mean IoU "
        "from one matrix over all scenes?",
        {
            "It is the same: the same pixels are counted": (
                "They are counted in other shares. One matrix asks of each class how many of all "
                "its pixels are found; here each scene asks anew."
            ),
            "It is higher: in each scene paper is one class of a few": (
                "Paper is half of the mean of a scene with one digit, a third with two, and all of "
                "it in an empty scene; and it is nearly always right. In one matrix it is one of "
                "eleven. Nothing but paper gets about 0.45 in this way, and 0.08 from the matrix."
            ),
            "It is lower: a mistake in a small scene costs more": (
                "It does: a few pixels of a wrong class are a whole class with 0 there. Over the "
                "digits alone the mean of scenes is the lower one. But paper outweighs that."
            ),
            "It is higher: classes that a scene lacks count as right": (
                "They would if they counted as 1, and then it would be higher still. Here they are "
                "left out."
            ),
        },
        right="It is higher: in each scene paper is one class of a few",
    ),
}
