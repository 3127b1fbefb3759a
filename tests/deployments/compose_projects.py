"""Compose projects made by chance, each from a number: what operators write, and what they may mistype."""

import json
from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

NAMES = ["APP_A", "APP_B", "APP_C", "APP_D"]
BESIDE = [
    "HOST=db",
    "PORT=5432",
    "EMPTY=",
    'QUOTED="two words"',
    "DOLLAR=a$$b",
    "CHAIN=${HOST}.internal",
    "APP_D=beside",
]
REFERENCES = [
    "${HOST}", "$HOST", "${EMPTY}", "${UNSET:-d}", "${UNSET-d}", "${EMPTY:-d}", "${EMPTY-d}", "${HOST:-d}",
    "${HOST:+o}", "${EMPTY:+o}", "${EMPTY+o}", "${UNSET:+o}", "${UNSET+o}", "${HOST:?m}", "${EMPTY?m}", "${HOST?m}",
    "${UNSET:-${HOST}}", "${UNSET:-a${EMPTY:-b}c}", "${UNSET-${UNSET2:-x}}", "${HOST:+${PORT}}", "${UNSET:-}",
    "${UNSET:-{}}", "${UNSET:-a{b}c}", "${UNSET:-$$}", "${UNSET:-$HOST}", "${CHAIN}", "${DOLLAR}", "${QUOTED}",
    "${UNSET:-a:-b}", "${UNSET-a:-b}", "${UNSET:-a-b}", "${UNSET:-x?y}", "${host:-low}", "${APP_D}", "${APP_A:-none}",
]  # fmt: skip
PLAIN = ["x", "word", "a b", "-", ":", "/", "5", "{", "}", "$$", "é", "#", " #", "=", ",", "'", "\\"]
BROKEN = [
    "$",
    "$5",
    "${",
    "${}",
    "${5}",
    "${HOST",
    "${HO-ST}",
    "${HOST%.*}",
    "${ HOST }",
    "$(x)",
    "${UNSET:?m}",
    "${HOST:}",
]
SCALARS = [
    "1e3", "0o17", "017", "0x1F", "0b11", "1.50", "1_000", "8080", "-5", "+5", "1e21", "1e20", "0.00001", "08",
    "9" * 25,
    "true", "True", "FALSE", "yes", "on", "Off", "null", "~", "", "2026-01-01", ".5", "5.", "1e6", "123456.5",
    "1e5", "999999.5", "0X1f", "1_0.5", "1:30", "0",
    "!!str 5", "1e-7", "123456789.5", "0.1", "-0", "-0.0", "12e03", "1E3", "+1.5", "0.", "1__0", "0o8", "'5'", '"5"',
]  # fmt: skip
ENV_LINES = [
    "{n}={v}", "{n}={v}", "{n}={v}", '{n}="{v}"', "{n}='{v}'", "export {n}={v}", "{n}: {v}", "{n} = {v}", "{n}=", "{n}",
    "{n}={v} # note", "{n}={v}#note", "{n}=#{v}", '{n}="{v}" # note', "{n}='{v}'# note", "# {n}={v}", "", "   ",
    '{n}="a\nb"', "{n}='a\nb'", '{n}="a\\nb\\t{v}"', "{n}=a\\nb", '{n}="say \\"{v}\\""', "{n}='it\\'s'",
    '{n}="pa\\$word"',
    "{n}=pa$word", "{n}=pa$$word", "{n}='pa$word'", '{n}="\\0101\\q\\\\"', "  {n}={v}", "\t{n}={v}",
    "{n}={v}   ", "{n}={v}\r",
    '{n}="{v}"\r', "{n}:{v}", "{n}= {v}", "{n}=\t{v}", "{n}.x={v}", "X-{n}={v}", "1{n}={v}", '{n}="{v}" {m}=2',
    "{n}={v} {m}=2",
    "export   {n}={v}", '{n}=""', "{n}=''", '{n}=a"b"c', "{n}=a'b'c", "{n}=a=b", "{n}[0]={v}", "{n}\u00a0={v}",
]  # fmt: skip
BAD_LINES = [
    '{n}="open',
    "{n}='open",
    "{n} word=5",
    "{n} {m}",
    "a!b=1",
    "=5",
    "{n}=${{",
    "just words here",
    "export",
    '"{n}"={v}',
]


class ComposeProject(Struct, frozen=True, kw_only=True):
    """Files by their names, and which of them are Compose's, in their order."""

    files: dict[str, str]
    composed: list[str]


def compose_project(seed: int) -> ComposeProject:
    """The project of a number."""
    return _Making(Random(seed)).project()  # noqa: S311 - no secret depends on it


class _Making:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.files: dict[str, str] = {}
        self.services: list[str] = []
        self.is_faulty = random.random() < 0.25
        self.folder = "deploy/" if random.random() < 0.2 else ""

    def project(self) -> ComposeProject:
        if self.maybe(0.85):
            self.files[f"{self.folder}.env"] = self.lines(
                [*(one for one in BESIDE if self.maybe(0.9)), *([self.env_line()] if self.maybe(0.5) else [])]
            )
        for name in ("one.env", "two.env", "sub/one.env", "sub/two.env", "sub/sub/one.env"):
            if not (self.is_faulty and self.maybe(0.1)):
                self.files[self.folder + name] = self.lines([self.env_line() for _ in range(self.random.randint(1, 4))])
        composed = [f"{self.folder}compose.yaml"]
        included = self.maybe(0.15)
        self.files[composed[0]] = self.compose(included=included, is_first=True)
        if included:
            self.files[f"{self.folder}sub/compose.yaml"] = "services:\n" + self.service(
                "side", "  ", image=True, extends=False
            )
            if self.maybe(0.6):
                self.files[f"{self.folder}sub/.env"] = self.lines(["HOST=sub", "UNSET2=sub"])
        self.files[f"{self.folder}sub/common.yaml"] = "services:\n" + self.service(
            "shared", "  ", image=self.maybe(0.7), extends=False
        )
        if self.maybe(0.35):
            composed.append(f"{self.folder}{self.random.choice(['compose.override.yaml', 'sub/compose.prod.yaml'])}")
            self.files[composed[-1]] = self.compose(included=False, is_first=False)
        return ComposeProject(files=self.files, composed=composed)

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def lines(self, lines: Sequence[str]) -> str:
        chosen = list(lines)
        self.random.shuffle(chosen)
        mark = "\ufeff" if self.maybe(0.05) else ""
        return mark + "\n".join(chosen) + ("" if self.maybe(0.15) else "\n")

    def env_line(self) -> str:
        line = self.random.choice(BAD_LINES if self.is_faulty and self.maybe(0.15) else ENV_LINES)
        name, other = self.random.sample([*NAMES, "HOST", "OWN"], 2)
        return line.replace("{n}", name).replace("{m}", other).replace("{v}", self.said()).replace("{{", "{")

    def said(self) -> str:
        pieces = [self.random.choice(self.random.choice([PLAIN, REFERENCES])) for _ in range(self.random.randint(0, 3))]
        if self.is_faulty and self.maybe(0.1):
            pieces.append(self.random.choice(BROKEN))
        return "".join(pieces)

    def compose(self, *, included: bool, is_first: bool) -> str:
        text = ""
        if self.maybe(0.3):
            text += f"x-common: &common\n  APP_A: {self.value()}\n  APP_B: {self.value()}\n"
        if included:
            text += self.random.choice(
                ["include: [sub/compose.yaml]\n", "include:\n  - path: sub/compose.yaml\n    env_file: one.env\n",
                 "include:\n  - path: [sub/compose.yaml]\n    project_directory: .\n"]
            )  # fmt: skip
        text += "services:\n"
        names = [name for name in ("api", "base", "worker") if name == "api" or self.maybe(0.5)]
        self.services = names if is_first else self.services
        for name in names:
            image = is_first or name not in self.services or self.maybe(0.2)
            anchor = "*common" if "&common" in text else ""
            text += self.service(
                name, "  ", image=image, anchor=anchor, extends=name == "api", siblings=names, resets=not is_first
            )
        return text

    def service(
        self, name: str, indent: str, *, image: bool, extends: bool, anchor: str = "", siblings: Sequence[str] = (),
        resets: bool = False,
    ) -> str:  # fmt: skip
        inside = f"{indent}  "
        text = f"{indent}{name}:\n"
        text += f"{inside}image: x\n" if image else f"{inside}restart: always\n"
        if self.is_faulty and self.maybe(0.05):
            text += f"{inside}command: 'echo {self.random.choice(BROKEN)}'\n"
        if self.maybe(0.1):
            text += f"{inside}profiles: [dev]\n"
        if extends and self.maybe(0.4):
            text += inside + self.extended(siblings)
        if self.maybe(0.6):
            text += inside + self.env_files(resets=resets)
        if self.maybe(0.85):
            text += inside + self.environment(inside, anchor, resets=resets)
        return text

    def extended(self, siblings: Sequence[str]) -> str:
        ways = ["extends: { file: sub/common.yaml, service: shared }\n"]
        ways += ["extends: base\n", "extends: { service: base }\n"] if "base" in siblings else []
        if self.is_faulty:
            ways += ["extends: nowhere\n", "extends: { file: away.yaml, service: x }\n", "extends: api\n",
                     "extends: { file: sub/common.yaml, service: nowhere }\n"]  # fmt: skip
        return self.random.choice(ways)

    def env_files(self, *, resets: bool) -> str:
        if resets and self.maybe(0.15):
            return self.random.choice(
                ["env_file: !reset null\n", "env_file: !override [two.env]\n", "env_file: !reset []\n"]
            )
        names = ["one.env", "two.env", "sub/one.env", "./one.env", "${UNSET-one}.env", "one.env", "${UNSET:-two}.env"]
        listed = []
        for _ in range(self.random.randint(1, 3)):
            name = self.random.choice([*names, "away.env"] if self.is_faulty and self.maybe(0.3) else names)
            ways = [name, name, f"{{ path: '{name}' }}", f"{{ path: '{name}', required: true }}",
                    f"{{ path: '{'away.env' if self.maybe(0.5) else name}', required: false }}",
                    f"{{ path: '{name}', format: raw }}"]  # fmt: skip
            listed.append(self.random.choice(ways))
        if len(listed) == 1 and not listed[0].startswith("{") and self.maybe(0.5):
            return f"env_file: {json.dumps(listed[0])}\n"
        return "env_file: [" + ", ".join(one if one.startswith("{") else json.dumps(one) for one in listed) + "]\n"

    def value(self) -> str:
        if self.maybe(0.3):
            return self.random.choice(SCALARS)
        said = self.said()
        return json.dumps(said) if self.maybe(0.5) else "'" + said.replace("'", "''") + "'"

    def environment(self, inside: str, anchor: str, *, resets: bool) -> str:
        if resets and self.maybe(0.2):
            return self.random.choice(
                ["environment: !reset null\n", f"environment: !override\n{inside}  APP_C: {self.value()}\n",
                 f"environment:\n{inside}  APP_A: !reset null\n{inside}  APP_B: x\n", "environment: !reset {}\n"]
            )  # fmt: skip
        names = self.random.sample(NAMES, self.random.randint(1, 3))
        if anchor and self.maybe(0.2):
            return f"environment: {anchor}\n"
        if self.maybe(0.5):
            lines = [f"{inside}  {name}: {self.value()}" for name in names]
            lines += [f"{inside}  <<: {anchor}"] if anchor and self.maybe(0.5) else []
            lines += [f"{inside}  {names[0]}: again"] if self.is_faulty and self.maybe(0.1) else []
        else:
            lines = [f"{inside}  - {self.entry(name)}" for name in (*names, *([names[0]] if self.maybe(0.1) else []))]
        return "environment:\n" + "\n".join(lines) + "\n"

    def entry(self, name: str) -> str:
        ways: list[Callable[[], str]] = [
            lambda: json.dumps(f"{name}={self.said()}"), lambda: json.dumps(f"{name}={self.said()}"),
            lambda: name, lambda: f"{name}={self.random.choice(SCALARS).strip('!')}",
        ]  # fmt: skip
        if self.is_faulty:
            ways += [lambda: f"'{name} = x'", lambda: f"{name}: x", lambda: "5", lambda: "'=x'", lambda: f"'{name}: x'"]
        return self.random.choice(ways)()
