"""Words that make a mandate's desk put a letter aside (Code of Conduct, article 9 (c): not abusive)."""

import re

ABUSIVE = (
    # English
    "animals? beasts? barbarians? barbaric bloodthirsty bloodsucking brutes? butchers? cockroach(?:es)? criminals? "
    "cult devils? diabolical evil fascists? filthy henchm[ae]n monsters? monstrous mullahs? puppets? rats? sadists? "
    "satanic savages? scum tyrants? thugs? vermin "
    # French
    "barbares? bourreaux? bouchers? criminelle?s? monstrueu(?:x|ses?) ordures? racaille sanguinaires? tyrans? vermine "
    # Spanish
    "asesinos? bárbar[oa]s? carniceros? criminales esbirros? monstruos? sanguinari[oa]s? tiranos? verdugos?"
)
_PATTERN = re.compile(r"\b(?:" + "|".join(ABUSIVE.split()) + r")\b", re.IGNORECASE)


def abusive_words(text: str) -> list[str]:
    """The words of `text` on the list, each once, in the order they come."""
    return list(dict.fromkeys(word.lower() for word in _PATTERN.findall(text)))
