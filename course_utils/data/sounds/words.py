"""Words to be spoken: the ten digits, and two hundred others that sound like none of them."""

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
# Words that are spoken like a digit: in a source they would be digits under other names.
HOMOPHONES = ("won", "to", "too", "for", "fore", "ate", "sicks")
# What a backbone learns from. Each differs from each digit by more than one sound, in every
# accent: "tree" and "sun" are left out, since "three" and "one" are near. A test asks eSpeak NG.
WORDS = """
angel apple arrow bad ball banana basket big bird bitter black blanket blue boat book bottle
bread bridge brown butter button cake camera candle carpet cat chair cheese cherry clean close
cloud coat coffee cold cotton cow dark desk dinner dirty doctor dog dolphin down dragon dream
duck eagle earth egg elbow engine fast father feather finger fish flag flower fog forest frog
garden ginger girl glass go goat good grass gravel green grey guitar hammer happy hard hat honey
horse hot hotel house hunter ice insect iron island jacket jam judge juice jungle kettle key king
kitchen kitten ladder lamp leaf left leg lemon letter light lion loud map market meat milk mirror
monkey moon mother mountain mouse napkin nation needle no nose nut ocean oil old onion open
orange oven page palace paper pencil pepper pig pink plane queen quiet rabbit rain red ribbon
rice rich right ring river road rocket rope salad salt sand sheep ship shirt silver slow small
snake snow soft soup sour stone stop sugar summer sweet table tap thunder tiger tomato train
umbrella uncle up valley van vest village voice wagon water wave web wheel white window winter
yard yellow yes yogurt zebra
"""
SOURCE_WORDS = tuple(WORDS.split())
