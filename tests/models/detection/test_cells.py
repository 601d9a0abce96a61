"""Which cell learns which box, and what boxes cells say."""

import torch

from course_utils.models.detection.cells import boxes_of_distances, cell_centres, cells_of_boxes

STRIDE = 4


def test_centres_lie_in_the_middle_of_their_cells() -> None:
    centres = cell_centres(2, 3, STRIDE)
    assert centres.shape == (2, 3, 2)
    assert centres[0, 0].tolist() == [2, 2]
    assert centres[1, 2].tolist() == [10, 6]  # x of the last column, y of the second row


def test_distances_from_a_centre_give_the_box_they_were_measured_to() -> None:
    box = torch.tensor([3.0, 1.0, 11.0, 8.0])
    x, y = cell_centres(2, 3, STRIDE)[1, 2].tolist()
    distances = torch.zeros(1, 4, 2, 3)
    distances[0, :, 1, 2] = torch.tensor([x - box[0], y - box[1], box[2] - x, box[3] - y])
    assert boxes_of_distances(distances, STRIDE)[0, 1, 2].tolist() == box.tolist()


def test_near_0_gives_each_box_the_one_cell_that_holds_its_middle() -> None:
    boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [5.0, 9.0, 16.0, 16.0]])
    owner = cells_of_boxes(boxes, 4, 4, STRIDE, near=0)
    assert (owner >= 0).sum() == 2
    assert owner[0, 0] == 0
    assert owner[3, 2] == 1  # middle (10.5, 12.5)


def test_cells_near_the_middle_learn_a_box_if_they_lie_in_it() -> None:
    boxes = torch.tensor([[2.0, 2.0, 14.0, 14.0]])
    owner = cells_of_boxes(boxes, 4, 4, STRIDE, near=3)
    assert (owner >= 0).nonzero().tolist() == [[1, 1], [1, 2], [2, 1], [2, 2]]
    assert (cells_of_boxes(boxes, 4, 4, STRIDE, near=100) >= 0).sum() == 4  # others are outside
    thin = torch.tensor([[7.5, 2.0, 8.5, 14.0]])  # no centre lies in it
    assert (cells_of_boxes(thin, 4, 4, STRIDE, near=3) >= 0).nonzero().tolist() == [[2, 2]]


def test_the_smaller_of_two_boxes_gets_the_cell_that_both_ask_for() -> None:
    large, small = [0.0, 0.0, 16.0, 16.0], [4.0, 4.0, 12.0, 12.0]
    for boxes, place in (([large, small], 1), ([small, large], 0)):
        owner = cells_of_boxes(torch.tensor(boxes), 4, 4, STRIDE, near=2)
        assert set(owner[1:3, 1:3].flatten().tolist()) == {place}


def test_without_boxes_no_cell_learns_one_and_a_middle_at_the_edge_stays_in_the_grid() -> None:
    assert (cells_of_boxes(torch.zeros(0, 4), 2, 2, STRIDE) == -1).all()
    at_edge = torch.tensor([[8.0, 8.0, 8.0, 8.0]])
    assert cells_of_boxes(at_edge, 2, 2, STRIDE)[1, 1] == 0
