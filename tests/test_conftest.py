"""The guard against the network, and the tiny data set."""

import socket
import threading

import pytest
import torch


@pytest.mark.parametrize("host", ["192.0.2.1", "8.8.8.8", "example.org"])
def test_unit_tests_cannot_reach_beyond_this_machine(host: str) -> None:
    with pytest.raises(RuntimeError, match=f"reached for the network: {host}"):
        socket.create_connection((host, 80), timeout=1)
    with socket.socket() as client, pytest.raises(RuntimeError, match="reached for the network"):
        client.connect((host, 80))
    with socket.socket() as client, pytest.raises(RuntimeError, match="reached for the network"):
        client.connect_ex((host, 80))


def test_unit_tests_can_talk_to_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
        thread.join()


def test_the_tiny_data_set_is_as_it_says(
    tiny_images_labels: tuple[torch.Tensor, torch.Tensor],
) -> None:
    images, labels = tiny_images_labels
    assert (images.shape, images.dtype) == ((12, 3, 8, 8), torch.float32)
    assert 0 <= images.min() < images.max() <= 1
    assert labels.bincount().tolist() == [4, 4, 4]
