"""Answer of ``twins``: test pictures whose group was learned from."""

from course_utils.exercises.tables import Table
from course_utils.lessons.your_own_pictures.cases import group_lists
from course_utils.lessons.your_own_pictures.exercises import observe_twins


def leaking(train: list[str], test: list[str]) -> list[int]:
    """Places of the test pictures with a picture of their group in training."""
    return [place for place, group in enumerate(test) if group in set(train)]


def in_train(train: list[str], test: list[str]) -> list[int]:
    """Places of the training pictures instead."""
    return leaking(test, train)


def named(train: list[str], test: list[str]) -> list[str]:
    """The groups instead of the pictures."""
    return sorted(set(train) & set(test))


def first_of_each(train: list[str], test: list[str]) -> list[int]:
    """Only one picture of each group."""
    return [test.index(group) for group in sorted(set(train) & set(test))]


def named_for_each(train: list[str], test: list[str]) -> list[str]:
    """The group of each picture that leaks."""
    return [test[place] for place in leaking(train, test)]


def found_by_index(train: list[str], test: list[str]) -> list[int]:
    """Asks the list where a group stands, and gets the first place each time."""
    return [test.index(group) for group in test if group in train]


def once_a_pair(train: list[str], test: list[str]) -> list[int]:
    """A place for each pair of a test picture and one to learn from."""
    return [place for place, group in enumerate(test) for other in train if group == other]


def capitals_ignored(train: list[str], test: list[str]) -> list[int]:
    """Takes Cat for cat."""
    return leaking([group.lower() for group in train], [group.lower() for group in test])


def clean(train: list[str], test: list[str]) -> list[int]:
    """The pictures that do not leak."""
    return [place for place, group in enumerate(test) if group not in train]


def at_the_same_place(train: list[str], test: list[str]) -> list[int]:
    """Compares picture by picture."""
    return [k for k, pair in enumerate(zip(train, test, strict=False)) if pair[0] == pair[1]]


def twins_inside(train: list[str], test: list[str]) -> list[int]:
    """Pictures that have a twin in the test part itself."""
    return [place for place, group in enumerate(test) if test.count(group) > 1]


def parts_of_names(train: list[str], test: list[str]) -> list[int]:
    """Takes a name inside a longer one for the same."""
    return [k for k, group in enumerate(test) if any(g in group or group in g for g in train)]


ANSWER = Table(
    observe_twins,
    right=leaking,
    praise="Their group is known, so their score says nothing about new groups.",
    wrong={
        "places-in-train": in_train,
        "groups-named": [named, named_for_each],
        "first-of-each": first_of_each,
        "index-finds-first": found_by_index,
        "once-a-pair": once_a_pair,
        "clean-ones": clean,
        "same-place": at_the_same_place,
        "twins-inside-test": twins_inside,
        "parts-of-names": parts_of_names,
        "capitals-ignored": capitals_ignored,
        "counts-from-1": lambda train, test: [place + 1 for place in leaking(train, test)],
    },
    messages={
        "places-in-train": "These are places of pictures to learn from. Which test pictures leak?",
        "groups-named": "These are names of groups. Return the places of the test pictures.",
        "first-of-each": "Of each group only one test picture is named, and all of them leak.",
        "index-finds-first": "A place stands here several times: `index` finds only the first "
        "of equal names. Count the places as you go.",
        "once-a-pair": "A place stands here once for each picture that was learned from. Name "
        "each test picture once.",
        "clean-ones": "These are the pictures that do *not* leak.",
        "same-place": "Pictures stand in no order: compare each test picture with all that were "
        "learned from, not with the one at its place.",
        "twins-inside-test": "Pictures of one group inside the test part do no harm to a score; it "
        "is training that must not know the group.",
        "parts-of-names": "A name that holds another, such as dogs and dog, is another name.",
        "capitals-ignored": "Names with a capital and without one, such as Cat and cat, are "
        "different names.",
        "counts-from-1": "Each place is one too large: the first picture has place 0.",
        "count": "Return the places of these pictures, such as [0, 3], not how many there are.",
        "mask": "Return the places themselves, such as [0, 3], not True and False.",
    },
    otherwise="With groups {case[0]} to learn from and {case[1]} in the test, the places are "
    "{truth}; yours are {found}.",
    cases=group_lists,
)
