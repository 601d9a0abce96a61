"""Names as people give them to classes and files: signs of money, other scripts, sentences."""

ODD_NAMES = (
    "$5_$10",  # mathematics to matplotlib
    "$20 & $50",
    "$100_{",
    "a\\b$",
    "_background",  # left out of matplotlib's legends
    "<b>dog</b>",
    "猫",
    "фен 🦉",
    "a" * 120 + "1",
    "a" * 120 + "2",
    "b" * 200,
)
