"""The notebook's side of Cloud Storage, against gcp-storage-emulator over a line that breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from training import cloud_storage
from training.cloud_storage import Bucket, LostError, SignInError, StorageError
from training.tests.emulator import BUCKET, BadLine, run_emulator

CHUNK = 256 * 1024
CUTS = [0, 1, 17, 100, 180, 250, 400, 1_000, 65_536, 200_000, 262_143, 262_144, 262_400]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_emulator() as found:
        yield found


@pytest.fixture
def line(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadLine]:
    monkeypatch.setattr(cloud_storage, "TIMEOUT_SECONDS", 10)
    monkeypatch.setattr(cloud_storage.time, "sleep", lambda _: None)
    found = BadLine(port)
    yield found
    found.close()


@pytest.fixture
def bucket(line: BadLine) -> Bucket:
    return Bucket(BUCKET, line.address)


def write(path: Path, size: int = 700_001) -> bytes:
    content = os.urandom(size)
    path.write_bytes(content)
    return content


def send_until_there(bucket: Bucket, path: Path, name: str) -> None:
    for _ in range(6):
        try:
            bucket.upload(path, name, chunk_bytes=CHUNK)
            return
        except (LostError, StorageError) as error:
            last = error
    raise last


def test_there_and_back_and_nothing_twice(bucket: Bucket, line: BadLine, tmp_path: Path) -> None:
    content = write(tmp_path / "a.bin")
    bucket.upload(tmp_path / "a.bin", "x/A file?.bin", chunk_bytes=CHUNK)
    assert bucket.download("x/A file?.bin", tmp_path / "b.bin")
    assert (tmp_path / "b.bin").read_bytes() == content
    line.requests.clear()
    bucket.upload(tmp_path / "a.bin", "x/A file?.bin", chunk_bytes=CHUNK)
    assert not bucket.download("x/A file?.bin", tmp_path / "b.bin")
    assert [request.split()[0] for request in line.requests] == ["GET", "GET"]
    assert list(bucket.list("x/")) == ["x/A file?.bin"]
    bucket.delete("x/A file?.bin")
    assert bucket.stat("x/A file?.bin") is None and bucket.read("x/A file?.bin") is None


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("at", CUTS)
def test_an_upload_goes_on_wherever_it_is_cut(bucket: Bucket, line: BadLine, tmp_path: Path, way: str, at: int) -> None:
    content = write(tmp_path / "a.bin")
    plain = bucket.send
    for nth in range(4):
        name, count = f"cut-{way}-{at}-{nth}", 0

        def send(method, *rest, **more):
            nonlocal count
            if method != "GET":
                if count == nth:  # noqa: B023
                    line.cut = (way, at)
                count += 1
            return plain(method, *rest, **more)

        bucket.send = send
        send_until_there(bucket, tmp_path / "a.bin", name)
        bucket.send = plain
        line.cut = None
        assert bucket.read(name) == content


@pytest.mark.parametrize("at", [*CUTS, 500_000, 700_000, 700_150, 700_250])
def test_a_download_goes_on_wherever_it_is_cut(bucket: Bucket, line: BadLine, tmp_path: Path, at: int) -> None:
    content = write(tmp_path / "a.bin")
    bucket.upload(tmp_path / "a.bin", f"down-{at}")
    there = bucket.stat(f"down-{at}")
    line.cut = ("down", at)
    assert bucket.download(f"down-{at}", tmp_path / "b.bin", there)
    assert (tmp_path / "b.bin").read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "b.bin"]


@pytest.mark.parametrize("from_end", [1, 1_000, 350_000, 700_001])
def test_a_changed_byte_is_found(bucket: Bucket, line: BadLine, tmp_path: Path, from_end: int) -> None:
    content = write(tmp_path / "a.bin")
    bucket.upload(tmp_path / "a.bin", "flip")
    there = bucket.stat("flip")
    line.flip = from_end
    line.requests.clear()
    assert bucket.download("flip", tmp_path / "b.bin", there)
    assert (tmp_path / "b.bin").read_bytes() == content
    assert sum("alt=media" in request for request in line.requests) == 2


def test_an_object_that_changes_meanwhile_is_begun_again(bucket: Bucket, tmp_path: Path) -> None:
    write(tmp_path / "a.bin")
    bucket.upload(tmp_path / "a.bin", "moving")
    there = bucket.stat("moving")
    content = write(tmp_path / "a.bin", 650_000)
    bucket.upload(tmp_path / "a.bin", "moving")
    assert bucket.download("moving", tmp_path / "b.bin", there)
    assert (tmp_path / "b.bin").read_bytes() == content


def test_an_expired_sign_in_says_what_to_do(bucket: Bucket, line: BadLine) -> None:
    line.answers = [401, 401]
    with pytest.raises(SignInError, match="run the cell 'Google sign-in' again"):
        bucket.write("x", b"x")
    line.answers = [401]  # once: the next token is taken
    bucket.write("x", b"y")
    assert bucket.read("x") == b"y"
    line.answers = [503]
    with pytest.raises(LostError, match="503"):
        bucket.read("x")
