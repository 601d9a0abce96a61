"""Rows of several lengths in one tensor, filled up on the right."""

import pytest
import torch
from torch import Tensor

from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.padding import PADDING, count_real, is_real, pad_rows
from course_utils.models.text.streams import draw_windows, text_rows, token_stream


def test_rows_are_filled_up_on_the_right() -> None:
    tokens = pad_rows([[1, 2, 3], [4], [0, 5]])
    expected = [[1, 2, 3], [4, PADDING, PADDING], [0, 5, PADDING]]
    assert tokens.tolist() == expected and tokens.dtype == torch.int64
    assert is_real(tokens).sum() == 6
    assert count_real(tokens).tolist() == [3, 1, 2]


def test_rows_without_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="there are no rows"):
        pad_rows([])
    with pytest.raises(ValueError, match="row 1 holds no token"):
        pad_rows([[1], []])
    with pytest.raises(ValueError, match="row 1 is padding alone"):
        count_real(torch.tensor([[1, 2], [PADDING, PADDING]]))


def test_padding_on_the_left_or_between_is_refused() -> None:
    for row in ([PADDING, 1, 2], [1, PADDING, 2]):
        with pytest.raises(ValueError, match="padding stands before a token"):
            count_real(torch.tensor([[1, 2, 3], row]))


def test_a_stream_has_the_end_around_every_text(tokenizer: Tokenizer) -> None:
    stream = token_stream(tokenizer, ["mean", "axis"])
    end = tokenizer.end
    expected = [end, *tokenizer.encode("mean"), end, *tokenizer.encode("axis"), end]
    assert stream.tolist() == expected and stream.dtype == torch.int64
    assert token_stream(tokenizer, []).tolist() == [end]


def test_windows_are_pieces_of_the_stream_from_all_its_places() -> None:
    stream = torch.arange(100, 110)
    draws = draw_windows(stream, 8, 200, torch.Generator().manual_seed(0))
    assert draws.shape == (200, 8) and (draws.diff(dim=1) == 1).all()
    assert draws[:, 0].unique().tolist() == [100, 101, 102]
    again = draw_windows(stream, 8, 200, torch.Generator().manual_seed(0))
    assert torch.equal(draws, again)
    assert torch.equal(draw_windows(stream, 10, 1, torch.Generator())[0], stream)


def test_a_stream_shorter_than_a_window_is_refused(tokens: Tensor) -> None:
    with pytest.raises(ValueError, match="has 10 tokens, fewer than a window of 11"):
        draw_windows(tokens[0], 11, 1, torch.Generator())


def test_a_row_of_a_text_begins_with_the_end_and_is_cut(tokenizer: Tokenizer) -> None:
    rows = text_rows(tokenizer, ["mean of the axis", "z"], 4)
    assert rows.tolist() == [
        [tokenizer.end, *tokenizer.encode("mean of the axis")[:3]],
        [tokenizer.end, ord("z"), PADDING, PADDING],
    ]
    with pytest.raises(ValueError, match="longest must be at least 1, got 0"):
        text_rows(tokenizer, ["z"], 0)
