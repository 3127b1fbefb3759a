"""How much of anything from outside is taken: each limit once, with its figure and its reason, for every parser.

What goes beyond one is a finding at its place, or an error of the request; nothing is cut off in silence.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

type Path = tuple[str | int, ...]


class Limit(Struct, frozen=True):
    """The most of something.

    Attributes:
        figure: how much still passes.
        unit: of what.
        reason: why there is a limit, and why this one.
        verb: how a message tells what is beyond it.
    """

    figure: int
    unit: str
    reason: str
    verb: str = "has more than"

    @property
    def breach(self) -> str:
        """What is wrong, after the name of what it is about: `is nested deeper than 64 levels`."""
        return f"{self.verb} {self}"

    def __str__(self) -> str:
        return f"{self.figure} {self.unit}"


DEPTH = Limit(64, "levels", "Readers of nested values recurse; nobody nests like this.", "is nested deeper than")
DIGITS = Limit(4300, "digits", "Python writes no longer number down (sys.int_info).", "holds a number of more than")
KEY = Limit(1000, "characters", "A key stands in every finding about it, and in URLs.", "holds a key of more than")
VALUES = Limit(50_000, "values", "Machines write such files; each takes some 100 µs in each environment.")
WORK = Limit(1_000_000, "values in all environments", "Values times sections: 2,000 keys in 200 environments, twice.")
SECTIONS = Limit(500, "sections", "Each may be an environment, and is then resolved and judged on its own.")
REPLAYED = Limit(10_000, "values", "What tokens or other letters are in, Dynaconf sets: in quadratic time.")
VARIABLES = Limit(2000, "variables", "Dynaconf merges a whole table again for each that sets a key in it.")
EXPANSION = Limit(1_000_000, "characters", "References double what they refer to: thirty lines would fill the memory.")
ALIASES = Limit(
    1_000_000,
    "values",
    "Forty lines of YAML that refer to each other would take forever; Go's readers refuse them in the same way.",
    "repeats by aliases more than",
)
GIVEN = Limit(
    200_000,
    "variables",
    "Thousands of processes may share thousands that are written once.",
    "gives its processes more than",
)
FINDINGS = Limit(2500, "findings", "Of one rule in one environment: more than it has keys that people keep in mind.")
TRIED = Limit(200, "fixes", "What mends lost keys is found by merging again; of more it is told untried.")
LINE = Limit(2000, "characters", "A source line is searched for secrets before it is quoted, and read by people.")
DEFINITIONS = Limit(20_000, "keys", "A model's definitions may refer to each other so that its keys double with each.")
WORD = Limit(100, "characters", "Whether a word is near another is compared letter by letter.")
WORDS = Limit(500, "words", "The nearest one is looked for among so many.")
STEPS = Limit(
    10_000,
    "expressions",
    "Of code, that are worked out, beside one for every two bytes: names double what they stand for.",
)
VALIDATORS = Limit(
    3000, "validators", "Of an application's code: Dynaconf takes half a millisecond for each, in each environment."
)
FOLLOWED = Limit(500_000, "places", "Of code, that settings are followed to: functions hand them on in circles.")
TIMES = Limit(1_000_000, "characters", "Two texts of code that are put into each other may come to their product.")
LISTED = Limit(50, "names", "A message that lists what is known is read by people.")
TEXT = Limit(4096, "characters", "The longest path of usual systems; no option is longer.", "holds a text of more than")
FILE = Limit(8 << 20, "bytes", "The largest file that is read; settings of that size are none.")
ANSWER = Limit(16 << 20, "bytes", "What a project's model may answer at once, beyond any JSON Schema.")
SEEN = Limit(100_000, "names", "What globs look at in folders, before they are given up.")
FOLDERS = Limit(32, "folders", "How deep `**` goes.")
NESTED = Limit(
    256, "folders", "A tree made by hand has thousands, and what takes folders away recurses.", "is nested deeper than"
)
FILES = Limit(1000, "files", "Each is looked for, and for each that is missing its neighbours are.")
CODE = Limit(20_000, "Python files", "Each is read for what it asks of the settings: a folder of more is a whole disk.")
UNMARKED = Limit(
    2_000, "folders", "Where nothing says that a project begins, no more is searched: it is a home, or a disk."
)
SEARCHED = Limit(50_000, "folders", "That many take seconds to walk through, and a disk has millions.")
NAME = Limit(255, "characters", "The longest name of a file or folder on usual file systems.")

LIMITS: Mapping[str, Limit] = {name: found for name, found in list(globals().items()) if isinstance(found, Limit)}
"""All of them, by their names here."""

DIGEST_KEY_LENGTH = 16
"""Characters that a key of digests has at least: one under a shorter could be guessed."""

_BITS = (10**DIGITS.figure).bit_length()


class Excess(Struct, frozen=True):
    """What goes beyond a limit: which one, and the path of the value in question."""

    limit: Limit
    path: Path = ()


def excess(value: Any, most: Limit = VALUES) -> Excess | None:
    """What of a parsed document goes beyond the limits; None where nothing does. Iterative, so that depth cannot hurt.

    Args:
        value: tables, lists and scalars, as a parser of TOML or JSON gives them.
        most: how many of them there may be.
    """
    waiting: list[tuple[Path, Any]] = [((), value)]
    count = 0
    while waiting:
        path, node = waiting.pop()
        if found := _beyond(path, node):
            return Excess(found, path)
        if not isinstance(node, Mapping | list):
            continue
        count += len(node)
        if count > most.figure:
            return Excess(most, path)
        items = node.items() if isinstance(node, Mapping) else enumerate(node)
        waiting.extend(((*path, key), item) for key, item in items)
    return None


def _beyond(path: Path, node: Any) -> Limit | None:
    if len(path) > DEPTH.figure:
        return DEPTH
    if path and isinstance(path[-1], str) and len(path[-1]) > KEY.figure:
        return KEY
    return DIGITS if isinstance(node, int) and is_long(node) else None


def is_long(number: int) -> bool:
    """Whether Python would refuse to write the number down."""
    return number.bit_length() >= _BITS and bool(abs(number) >= 10**DIGITS.figure)
