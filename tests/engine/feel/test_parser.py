"""Text to tree: precedence, brackets, names, and what isn't FEEL."""

from __future__ import annotations

import pytest

from engine.feel import BUILTINS, FeelSyntaxError
from engine.feel.properties import NAMES
from engine.feel.syntax.names import layer
from engine.feel.syntax.parser import parse, parse_tests
from tests.engine.feel.evaluating import table
from tests.engine.feel.sexpr import shown


def tree(text: str, *names: str, components: tuple[str, ...] = ()) -> str:
    return shown(parse(text, (BUILTINS.layer, layer(names)), NAMES | set(components)))


OPERATORS = table("""
    1 + 2 * 3 ⇒ (1 + (2 * 3))
    1 - 2 - 3 ⇒ ((1 - 2) - 3)
    1 + 2 - 3 + 4 ⇒ (((1 + 2) - 3) + 4)
    1 + 2 + 3 ⇒ (1 + 2 + 3)
    8 / 4 / 2 ⇒ ((8 / 4) / 2)
    2 ** 3 ** 2 ⇒ ((2 ** 3) ** 2)
    -2 ** 2 ⇒ (-2 ** 2)
    -a ** 2 ⇒ ((- <a>) ** 2)
    --a ⇒ (- (- <a>))
    - 1 ⇒ -1
    1 -1 ⇒ (1 - 1)
    1 - -1 ⇒ (1 - -1)
    a or b and c ⇒ (<a> or (<b> and <c>))
    a and b or c and d ⇒ ((<a> and <b>) or (<c> and <d>))
    a and b and c ⇒ (<a> and <b> and <c>)
    a = b and c ⇒ ((<a> = <b>) and <c>)
    a < b = c ⇒ ((<a> < <b>) = <c>)
    a + b < c * d ⇒ ((<a> + <b>) < (<c> * <d>))
    a between 1 and 2 and b ⇒ ((<a> between 1 and 2) and <b>)
    a between b + 1 and c + 2 ⇒ (<a> between (<b> + 1) and (<c> + 2))
    -1 instance of number ⇒ (-1 instance of number)
    a.b instance of string ⇒ (<a>.<b> instance of string)
    a + b instance of number ⇒ (<a> + (<b> instance of number))
    a in b ⇒ (<a> in (<b>))
    a in b and c ⇒ ((<a> in (<b>)) and <c>)
    a in < 5 ⇒ (<a> in ((< 5)))
    a in (1, < 2, [3..4]) ⇒ (<a> in (1, (< 2), [3..4]))
    a in (1..2) ⇒ (<a> in ((1..2)))
    a in ((1..2]) ⇒ (<a> in ((1..2]))
    a in (b) ⇒ (<a> in (<b>))
    a in [1, 2] ⇒ (<a> in ([1, 2]))
    not(a) and b ⇒ (<not>(<a>) and <b>)
    (a) ⇒ <a>
    (a + b) * c ⇒ ((<a> + <b>) * <c>)
""")


@pytest.mark.parametrize(("text", "expected"), OPERATORS)
def test_operators_bind_as_the_standard_says(text, expected):
    assert tree(text) == expected


FORMS = table("""
    if a then b else c + 1 ⇒ (if <a> then <b> else (<c> + 1))
    if a then if b then 1 else 2 else 3 ⇒ (if <a> then (if <b> then 1 else 2) else 3)
    for i in a return i ⇒ (for <i> in <a> return <i>)
    for i in 1..n, j in [1, 2] return i * j ⇒ (for <i> in 1..<n>, <j> in [1, 2] return (<i> * <j>))
    for i in -1..-5 return i ⇒ (for <i> in -1..-5 return <i>)
    for a b in c return a b + 1 ⇒ (for <a b> in <c> return (<a b> + 1))
    for i in 1..2 return partial[-1] ⇒ (for <i> in 1..2 return <partial>[-1])
    some a in b satisfies a > 1 and c ⇒ (some <a> in <b> satisfies ((<a> > 1) and <c>))
    every a in b, c in a satisfies c ⇒ (every <a> in <b>, <c> in <a> satisfies <c>)
    function(a, b c: number) a + b c ⇒ (function(<a>, <b c>: number) (<a> + <b c>))
    function() 1 ⇒ (function() 1)
    function(a) external {java: {}} ⇒ (function(<a>) external {<java>: {}})
    (function(a) a)(1) ⇒ (function(<a>) <a>)(1)
    f() ⇒ <f>()
    f(1, 2) ⇒ <f>(1, 2)
    f(a: 1, b c: 2) ⇒ <f>(<a>: 1, <b c>: 2)
    f(g(1), h(x: 2)) ⇒ <f>(<g>(1), <h>(<x>: 2))
    f({a: 1}) ⇒ <f>({<a>: 1})
    f(1)(2)[3].a ⇒ <f>(1)(2)[3].<a>
    substring(string: "a", start position: 1) ⇒ <substring>(<string>: "a", <start position>: 1)
    {} ⇒ {}
    {a: 1, b c: 2, "d e": 3} ⇒ {<a>: 1, <b c>: 2, <d e>: 3}
    {a b: 1, c: a b + 1} ⇒ {<a b>: 1, <c>: (<a b> + 1)}
    {if: 1, in: 2} ⇒ {<if>: 1, <in>: 2}
    {a-b: 1, c: a-b} ⇒ {<a-b>: 1, <c>: <a-b>}
    [] ⇒ []
    [1, "a", [b]] ⇒ [1, "a", [<b>]]
    a[1] ⇒ <a>[1]
    a[b > 1].c[2] ⇒ <a>[(<b> > 1)].<c>[2]
    a [1] ⇒ <a>[1]
    a.b.c ⇒ <a>.<b>.<c>
    a . b ⇒ <a>.<b>
    "a".b ⇒ "a".<b>
    @"2020-01-01".year ⇒ @"2020-01-01".<year>
    a.time offset ⇒ <a>.<time offset>
    a.start included ⇒ <a>.<start included>
    null ⇒ null
    true ⇒ true
""")


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_forms(text, expected):
    assert tree(text) == expected


RANGES = table("""
    [1..2] ⇒ [1..2]
    (1..2) ⇒ (1..2)
    ]1..2[ ⇒ (1..2)
    [1..2[ ⇒ [1..2)
    ]1..2] ⇒ (1..2]
    [a..b] ⇒ [<a>..<b>]
    [a..b[ and c ⇒ ([<a>..<b>) and <c>)
    [a..b[1]] ⇒ [<a>..<b>[1]]
    ]a..b[1]] ⇒ (<a>..<b>[1]]
    [2..7[.end ⇒ [2..7).<end>
    [f(a)..b[, ⇒ error
    [1 + 2..3 * 4) ⇒ [(1 + 2)..(3 * 4))
    (< 5) ⇒ (< 5)
    (>= a + 1) ⇒ (>= (<a> + 1))
    (= 5) ⇒ (= 5)
    [@"2020-01-01"..@"2021-01-01") ⇒ [@"2020-01-01"..@"2021-01-01")
    [.5..1.5] ⇒ [0.5..1.5]
""")


@pytest.mark.parametrize(("text", "expected"), RANGES)
def test_ranges(text, expected):
    if expected == "error":
        with pytest.raises(FeelSyntaxError):
            tree(text)
    else:
        assert tree(text) == expected


TYPES = table("""
    a instance of date and time ⇒ (<a> instance of date and time)
    a instance of date and b ⇒ ((<a> instance of date) and <b>)
    a instance of days and time duration and b ⇒ ((<a> instance of days and time duration) and <b>)
    a instance of list<number> ⇒ (<a> instance of list<number>)
    a instance of list<list<number>> = b ⇒ ((<a> instance of list<list<number>>) = <b>)
    a instance of context<b: number, c d: date> ⇒ (<a> instance of context<b: number, c d: date>)
    a instance of function<number, string>->boolean ⇒ (<a> instance of function<number, string>->boolean)
    a instance of function<>->Any ⇒ (<a> instance of function->Any)
    a instance of range<date> ⇒ (<a> instance of range<date>)
    a instance of rates.tRate ⇒ (<a> instance of rates.tRate)
    function(a: list<number>, b: range<date>) a ⇒ (function(<a>: list<number>, <b>: range<date>) <a>)
""")


@pytest.mark.parametrize(("text", "expected"), TYPES)
def test_types(text, expected):
    assert tree(text).replace("function<>->", "function->") == expected


LITERALS = table(r"""
    1.50 ⇒ 1.50
    .5 ⇒ 0.5
    1.5e-3 ⇒ 0.0015
    1e3 ⇒ 1E+3
    "a" ⇒ "a"
    "a\nb" ⇒ "a
    "\u0041" ⇒ "A"
    "\U01F40E" ⇒ "🐎"
    "\uD83D\uDC0E" ⇒ "🐎"
    "\s+\d" ⇒ "\\s+\\d"
    "a\"b" ⇒ "a\"b"
    "a\\b" ⇒ "a\\b"
    "" ⇒ ""
    @"P1D" ⇒ @"P1D"
    /* all */ 1 // one ⇒ 1
    1 /* a * b / c */ + 2 ⇒ (1 + 2)
""")


@pytest.mark.parametrize(("text", "expected"), LITERALS)
def test_literals_and_comments(text, expected):
    assert tree(text).startswith(expected)


def test_any_white_space_of_the_standard_divides_tokens():
    assert tree("1\u00a0+\u2003\u30002\ufeff") == "(1 + 2)"


def test_letters_of_all_scripts_and_emoji_make_names():
    assert tree("größe + 身長 + 🐎") == "(<größe> + <身長> + <🐎>)"


WRONG = [
    "", "1 +", "+ 1", "(1", "1)", "[1", "{a}", "{a: }", "{a: 1", "if a then b", "if a else b", "for i return 1",
    "for i in 1..2", "some a in b", "f(1", "f(a: 1, 2)", "a.", "a..b", "[1..2", "1 2", '"a', "@", '@"a', "a b c (",
    "function(a", "function(a) ", "a instance of", "a instance of list<", "1 = = 2", "a between 1", "not", "\\",
    "a ? 1 : 2 ; 3", '"\\UFFFFFF"', '"\\uD83D"', "1e99999", "/* a", "x in ()", "(a, b)", "$a", "1..5", "a = ", "then",
]  # fmt: skip


@pytest.mark.parametrize("text", [text for text in WRONG if text != "not"])
def test_what_is_not_feel_is_refused(text):
    with pytest.raises(FeelSyntaxError):
        tree(text)


def test_a_syntax_error_says_what_and_where():
    with pytest.raises(FeelSyntaxError) as caught:
        parse("1 + (2 * )")
    assert caught.value.position == 9
    assert caught.value.message == "Expected a value, found ')'."
    assert str(caught.value).endswith("(at character 10)")


CELLS = table("""
    - ⇒ any()
    5 ⇒ any(5)
    -5 ⇒ any(-5)
    < 5 ⇒ any((< 5))
    != 5 ⇒ any((!= 5))
    "a", "b" ⇒ any("a", "b")
    not("a", "b") ⇒ not("a", "b")
    not(< 5) ⇒ not((< 5))
    not(a) and b ⇒ any((<not>(<a>) and <b>))
    not(a), b ⇒ any(<not>(<a>), <b>)
    [1..5), > 10 ⇒ any([1..5), (> 10))
    ]1..5[ ⇒ any((1..5))
    ? > 5 ⇒ any((<?> > 5))
    contains(?, "a") ⇒ any(<contains>(<?>, "a"))
    null ⇒ any(null)
    < a + 1 ⇒ any((< (<a> + 1)))
    date("2020-01-01") ⇒ any(<date>("2020-01-01"))
""")


@pytest.mark.parametrize(("text", "expected"), CELLS)
def test_cells(text, expected):
    assert shown(parse_tests(text, (BUILTINS.layer,))) == expected
