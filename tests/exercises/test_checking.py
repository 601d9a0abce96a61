"""A check observes, judges and remembers; what an answer makes up is no verdict."""

from course_utils.exercises.checking import checks_in, judge
from course_utils.exercises.feedback import right, unanswered
from course_utils.session import learner

CHECK = checks_in("pretraining")["diagnosis"]
RIGHT, WRONG = "b", "a"


def test_a_right_answer_is_remembered_and_no_other(live: None) -> None:
    for answer in (WRONG, ...):
        assert CHECK(answer).status != "right"
        assert learner.remembered("exercises") == {}
    assert CHECK(RIGHT).status == "right"
    assert learner.remembered("exercises") == {"pretraining diagnosis": True}
    CHECK(WRONG)
    assert learner.remembered("exercises") == {"pretraining diagnosis": True}


def test_a_batch_run_remembers_no_answer(own_file: None) -> None:
    assert CHECK(RIGHT).status == "right"
    assert learner.remembered("exercises") == {}


def test_feedback_in_place_of_an_answer_is_passed_on_but_never_makes_it_right(live: None) -> None:
    assert judge("pretraining", "diagnosis", unanswered("Choose.")) == unanswered("Choose.")
    assert judge("pretraining", "diagnosis", right("It is.")).status == "wrong"
    assert learner.remembered("exercises") == {}
