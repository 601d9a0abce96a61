"""A scheduler that is not there, says nothing, or is spoken to in the open."""

import socket
from collections.abc import Iterator

import pytest

from course_utils.runs import cluster
from course_utils.runs.cluster import Tls, cluster_at

pytest.importorskip("distributed", reason="pip install -r requirements/dask.txt")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers in these tests, however long one waits."""
    monkeypatch.setattr(cluster, "CONNECT_WITHIN", 0.5)


@pytest.fixture
def listens_only() -> Iterator[int]:
    """A port on which somebody listens and never says anything."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def refusal(address: str, tls: Tls | None = None) -> str:
    """What is said of this address."""
    with pytest.raises(ValueError) as raised, cluster_at(address, tls):
        pass
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_scheduler_that_is_not_there_is_named(free_port: int) -> None:
    address = f"tcp://127.0.0.1:{free_port}"
    assert refusal(address).startswith(f"no scheduler answers at {address}: ")


def test_one_that_only_listens_is_not_waited_for_for_ever(listens_only: int) -> None:
    address = f"tcp://127.0.0.1:{listens_only}"
    assert refusal(address) == f"no scheduler answers at {address}: nothing was said within 0.5 s"


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "http://127.0.0.1:1", "tcp://", ""])
def test_what_is_no_address_is_named(address: str) -> None:
    assert refusal(address).startswith(f"no scheduler answers at {address}: ")


def test_a_scheduler_that_takes_certificates_is_not_spoken_to_without(free_port: int) -> None:
    said = refusal(f"tls://127.0.0.1:{free_port}")
    assert said == (
        f"tls://127.0.0.1:{free_port} takes certificates: name them with --tls CA CERT KEY"
    )


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("tcp://127.0.0.1:{port}", False),
        ("tcp://localhost:{port}", False),
        ("tcp://[::1]:{port}", False),
        ("127.0.0.1:{port}", False),
        ("tls://192.0.2.1:{port}", False),
        ("tcp://192.0.2.1:{port}", True),
        ("192.0.2.1:{port}", True),
        ("tcp://somewhere.invalid:{port}", True),
    ],
)
def test_beyond_this_machine_one_line_names_the_risk_of_speaking_in_the_open(
    free_port: int, address: str, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    address = address.format(port=free_port)
    refusal(address)  # the guard of these tests lets nothing out
    said = capsys.readouterr().err
    risk = f"Warning: {address} is spoken to in the open. A scheduler runs the code of whoever"
    assert said.startswith(risk) if warned else said == ""
    assert said.count("\n") == warned
