r"""The grammar of filters, read by lark (https://lark-parser.readthedocs.io), LALR(1).

A `>` is a comparison after a field that it touches (`cost>1`) or where a number follows
(`cost > 1`), else the relation of parent and child (`agent > llm`): the terminal FIELD looks ahead.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tracetui.filter.errors import FilterError

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

GRAMMAR = r"""
?either: chain (_OR chain)*
?chain: both
    | chain DESCENDANT both -> below
    | chain CHILD both -> below
?both: unary (_AND? unary)*
?unary: (_NOT | _MINUS) unary -> negated
    | FIELD OPERATOR values -> comparison
    | STRING -> said
    | BARE -> word
    | FUNCTION "(" either ")" -> function
    | COUNT "(" either ")" OPERATOR WORD -> counted
    | "(" either ")"
values: (WORD | STRING) ("," (WORD | STRING))*

FIELD.6: /[A-Za-z_][\w.]*(?=\s*(?:[:~=<]|!=|>=|>\s*(?:$|[-+]?[$@.]?\d))|>[^\s>])/
COUNT.5: /count(?=\s*\()/i
FUNCTION.5: /(?:any|all|parent|ancestor|child|descendant)(?=\s*\()/i
_OR.4: /or(?=[\s()"]|$)/i
_AND.4: /and(?=[\s()"]|$)/i
_NOT.4: /not(?=[\s()"]|$)/i
_MINUS.4: /-(?=\S)/
BARE: /[^\s()",<>=:~!\-][^\s()",<>=:~!]*/
OPERATOR: /!=|<=|>=|[:=~<>]/
DESCENDANT.2: ">>"
CHILD: ">"
STRING: /"(?:\\.|[^"\\])*"/s
WORD: /(?:\\.|[^\s()",])+/s
%ignore /\s+/
"""

_WORDS = {
    "FIELD": "a field",
    "BARE": "a kind",
    "STRING": '"text"',
    "WORD": "a value",
    "OPERATOR": "a comparison",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "DESCENDANT": ">>",
    "_OR": "or",
    "$END": "the end",
}
"""What an error says of a terminal; those left out are understood."""


@lru_cache(maxsize=1)
def parser() -> "Lark":
    """Return the parser; lark is imported when the first filter is read."""
    from lark import Lark  # noqa: PLC0415 - only who filters waits for it

    return Lark(GRAMMAR, start="either", parser="lalr", propagate_positions=True)


def parsed(text: str) -> "Tree[Token]":
    """Return the syntax tree of a filter that is not empty.

    Raises:
        FilterError: If it is none.
    """
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - as above

    try:
        return parser().parse(text)
    except UnexpectedInput as unexpected:
        raise _explained(text, unexpected) from None


def expected_after(text: str) -> frozenset[str]:
    """Return the names of the terminals that may follow `text`; none if it has a fault."""
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - as above

    state: Any = parser().parse_interactive(text)
    try:
        for _ in state.iter_parse():
            pass
    except UnexpectedInput:
        return frozenset()
    return frozenset(state.accepts())


def _explained(text: str, unexpected: Any) -> FilterError:
    from lark.exceptions import UnexpectedCharacters  # noqa: PLC0415 - as above

    if isinstance(unexpected, UnexpectedCharacters):
        start: int = unexpected.pos_in_stream
        stop, allowed = start + 1, set(unexpected.allowed)
    else:
        token: Any = unexpected.token
        allowed = set(unexpected.interactive_parser.accepts())
        ended = token.type == "$END"
        start = len(text.rstrip()) if ended else token.start_pos
        stop = start if ended else token.end_pos
    expected = tuple(words for name, words in _WORDS.items() if name in allowed)
    seen = text[start:stop]
    if not seen:
        message = "something is missing here" if "RPAR" not in allowed else "a ) is missing"
        return FilterError(text, start, stop, message, expected if "RPAR" not in allowed else ())
    if seen == '"' and "STRING" in allowed:
        return FilterError(text, start, len(text), "this text has no closing quote")
    if seen == ")" and "RPAR" not in allowed and "FIELD" not in allowed:
        return FilterError(text, start, stop, "there is no ( for this )")
    return FilterError(text, start, stop, f"{seen} cannot stand here", expected)
