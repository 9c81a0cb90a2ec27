"""Charts: lengths, shares and paths, and the table of their numbers."""

from django.template import Context, Template

from staff.charts import HEIGHT, LEFT, WIDTH, Bar, Line, draw_bars, draw_line, steps_shown


def test_longest_bar_fills_the_width() -> None:
    half, whole = draw_bars([Bar("M1", 50), Bar("M2", 100)])

    assert (half.length, whole.length) == ("50.00%", "100.00%")


def test_shares_are_of_the_sum() -> None:
    assert [drawn.share for drawn in draw_bars([Bar("M1", 1), Bar("M2", 3)])] == ["25.0%", "75.0%"]


def test_bars_without_anything_draw_nothing() -> None:
    assert [(drawn.length, drawn.share) for drawn in draw_bars([Bar("M1", 0)])] == [("0%", "–")]
    assert draw_bars([]) == []


def test_line_begins_at_the_left_and_ends_at_the_right() -> None:
    path = draw_line([10, 5, 0], 10)

    assert path.startswith(f"M{LEFT:.1f},10.0L")
    assert path.endswith(f"L{WIDTH:.1f},{HEIGHT - 20:.1f}")


def test_line_of_one_value_is_a_point() -> None:
    assert draw_line([5], 5) == f"M{LEFT:.1f},10.0"


def test_first_middle_and_last_step_are_named() -> None:
    assert [tick.text for tick in steps_shown(["a", "b", "c", "d", "e"])] == ["a", "c", "e"]
    assert steps_shown([]) == []


def test_bar_chart_is_a_table_with_its_numbers() -> None:
    page = Template("{% load charts %}{% bar_chart 'Arrears' bars %}")

    html = page.render(Context({"bars": [Bar("M1", 1_204, kind="m1")]}))

    assert "<caption>Arrears</caption>" in html
    assert "1,204" in html


def test_line_chart_has_its_numbers_in_a_table() -> None:
    page = Template("{% load charts %}{% line_chart 'Balance' lines labels %}")

    html = page.render(Context({"lines": [Line("Now", [12_000, 0])], "labels": ["2017-01", "2017-02"]}))

    assert html.count("<td") == 2
    assert 'aria-label="Balance"' in html
