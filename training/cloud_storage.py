"""Objects of a Cloud Storage bucket over its JSON API, with the standard library alone: the notebook has this file before it has
anything else. Every transfer goes on at the byte after a cut, is held against its MD5 and appears whole or not at all."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

GOOGLE = "https://storage.googleapis.com"
METADATA = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
CHUNK_BYTES = 8 * 2**20  # a multiple of 256 KiB, as the service wants it
TIMEOUT_SECONDS = 120
FIELDS = "name,generation,size,md5Hash,updated"
SIGN_IN = (
    "Google does not accept the sign-in any more. Training goes on. Interrupt this cell, run the cell 'Google sign-in' again, "
    "then this one: nothing is lost."
)


class StorageError(Exception):
    """What no waiting mends."""


class LostError(StorageError):
    """The line or the service does not answer: trying again helps."""


class BrokenSessionError(StorageError):
    """An upload's session is over, or counts other bytes than we do: a new one is begun."""


class SignInError(StorageError):
    """Somebody has to sign in (again)."""


class ChangedError(StorageError):
    """Somebody else wrote the object meanwhile: nothing was written."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """308 is how an upload's session says that it wants more."""

    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_NoRedirect)


class Bucket:
    """One bucket. STORAGE_EMULATOR_HOST, where it is set, is spoken to instead of Google, and nobody signs in."""

    def __init__(self, name, emulator=None):
        self.name = name
        emulator = emulator or os.environ.get("STORAGE_EMULATOR_HOST") or ""
        self.is_emulator = bool(emulator)
        self.endpoint = (emulator if "://" in emulator else f"http://{emulator}").rstrip("/") if emulator else GOOGLE
        self.token = None

    def send(self, method, url, body=None, headers=None, accept=()):
        """(status, headers, body). Raises LostError, SignInError, StorageError."""
        status, answered, content = self._send_once(method, url, body, headers or {})
        if status == 401:  # a token may have been withdrawn before its time: once more with a new one
            self.token = None
            status, answered, content = self._send_once(method, url, body, headers or {})
        if 200 <= status < 300 or status in accept:
            return status, answered, content
        if status == 401:
            raise SignInError(SIGN_IN)
        if status == 412:
            raise ChangedError(f"an object of gs://{self.name} was changed meanwhile")
        if status in (408, 429) or status >= 500:
            raise LostError(f"Cloud Storage answered HTTP {status}")
        raise StorageError(f"gs://{self.name} answered HTTP {status}: {read_message(content)}")

    def _send_once(self, method, url, body, headers):
        request = urllib.request.Request(self._whole(url), data=body, method=method, headers=headers)
        self._authorize(request)
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, read_all(error)
        except (OSError, http.client.HTTPException) as error:
            raise LostError(f"Cloud Storage does not answer: {error}") from error

    def _whole(self, url):
        return self.endpoint + url if url.startswith("/") else url

    def _authorize(self, request):
        if self.is_emulator:
            return
        self.token = self.token or find_token()
        request.add_header("Authorization", f"Bearer {self.token}")

    def _objects(self, name=None):
        path = f"/storage/v1/b/{urllib.parse.quote(self.name, safe='')}/o"
        return path if name is None else f"{path}/{urllib.parse.quote(name, safe='')}"

    def list(self, prefix):
        """What the bucket says of every object whose name begins so, by name."""
        found, token = {}, None
        while True:
            query = {"prefix": prefix, "fields": f"items({FIELDS}),nextPageToken"}
            if token:
                query["pageToken"] = token
            page = parse(self.send("GET", f"{self._objects()}?{urllib.parse.urlencode(query)}")[2])
            found.update({item["name"]: item for item in page.get("items", [])})
            token = page.get("nextPageToken")
            if not token:
                return dict(sorted(found.items()))

    def stat(self, name):
        """None where there is none."""
        status, _, body = self.send("GET", f"{self._objects(name)}?fields={FIELDS}", accept=(404,))
        return None if status == 404 else parse(body)

    def look(self, name):
        """What the bucket says of an object and the seconds since it was written, both by the service's own clock, which every
        machine shares; (None, 0) where there is none."""
        status, headers, body = self.send("GET", f"{self._objects(name)}?fields={FIELDS}", accept=(404,))
        if status == 404:
            return None, 0.0
        there = parse(body)
        now = headers.get("Date")
        answered = parsedate_to_datetime(now) if now else datetime.now(UTC)
        written = datetime.fromisoformat(there["updated"].replace("Z", "+00:00"))
        return there, max(0.0, (answered - written).total_seconds())

    def read(self, name):
        """A small object, whole; None where there is none."""
        status, headers, body = self.send("GET", f"{self._objects(name)}?alt=media", accept=(404,))
        if status == 404:
            return None
        if len(body) != int(headers.get("Content-Length") or len(body)):
            raise LostError("the answer was cut")
        return body

    def delete(self, name):
        self.send("DELETE", self._objects(name), accept=(404,))

    def write(self, name, content, instead_of=None):
        """A small object in one request, whole or not at all; its generation. instead_of: only in place of this generation ("0":
        where there is none), else ChangedError."""
        md5 = hash_bytes(content)
        mark = hashlib.sha256(content).hexdigest()
        head = f"--{mark}\r\nContent-Type: application/json\r\n\r\n{json.dumps({'name': name, 'md5Hash': md5})}\r\n"
        head += f"--{mark}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/related; boundary={mark}"}
        _, _, answer = self.send("POST", self._upload_url("multipart", name, instead_of), body, headers)
        written = parse(answer)
        if written.get("md5Hash") != md5:
            raise LostError(f"{name} arrived damaged")
        return written.get("generation")

    def _upload_url(self, kind, name, instead_of=None):
        only = {} if instead_of is None else {"ifGenerationMatch": instead_of}
        query = urllib.parse.urlencode({"uploadType": kind, "name": name, **only})
        return f"/upload/storage/v1/b/{urllib.parse.quote(self.name, safe='')}/o?{query}"

    def upload(self, path, name, there=None, chunk_bytes=CHUNK_BYTES):
        """A file into the bucket; {path, size, md5} of it. What is there already is not sent."""
        size, md5 = hash_file(path)
        there = there or self.stat(name)
        if there is None or there.get("md5Hash") != md5:
            if size <= chunk_bytes:
                with open(path, "rb") as file:
                    self.write(name, file.read())
            else:
                self._upload_in_sessions(path, name, size, md5, chunk_bytes)
        return {"size": size, "md5": md5}

    def _upload_in_sessions(self, *upload):
        for left in (3, 2, 1, 0):
            try:
                return self._upload_in_parts(*upload)
            except BrokenSessionError:
                if left == 0:
                    raise
        return None

    def _upload_in_parts(self, path, name, size, md5, chunk_bytes):
        headers = {"Content-Type": "application/json", "X-Upload-Content-Length": str(size)}
        about = json.dumps({"name": name, "md5Hash": md5}).encode()
        _, answered, _ = self.send("POST", self._upload_url("resumable", name), about, headers)
        session, offset, lost = answered.get("Location"), 0, 0
        if not session:
            raise LostError("no upload session was opened")
        with open(path, "rb") as file:
            while offset is not None:
                file.seek(offset)
                chunk = file.read(min(chunk_bytes, size - offset))
                try:
                    offset = self._put(session, chunk, f"bytes {offset}-{offset + len(chunk) - 1}/{size}", md5)
                    lost = 0
                except LostError:
                    lost += 1
                    if lost > 8:
                        raise
                    time.sleep(min(0.2 * 2**lost, 30))
                    offset = self._put(session, b"", f"bytes */{size}", md5)

    def _put(self, session, chunk, content_range, md5):
        """How many bytes are there; None once it is whole."""
        status, headers, body = self.send("PUT", session, chunk, {"Content-Range": content_range}, (308, 400, 404, 410))
        if status in (400, 404, 410):
            raise BrokenSessionError(f"the upload's session broke: {read_message(body)}")
        if status == 308:
            last = (headers.get("Range") or "").rpartition("-")[2]
            return int(last) + 1 if last.isdigit() else 0
        if parse(body).get("md5Hash") != md5:
            raise LostError("what arrived is not what was sent")
        return None

    def download(self, name, path, there=None):
        """An object into a file, aside first. Whether anything was brought: a file with the same hash is left alone."""
        path = Path(path)
        for _ in range(4):
            there = there or self.stat(name)
            if there is None:
                raise StorageError(f"gs://{self.name}/{name} is not there")
            if path.is_file() and path.stat().st_size == int(there["size"]) and hash_file(path)[1] == there["md5Hash"]:
                return False
            aside = path.with_name(f".{path.name}.{there['generation']}.part")
            path.parent.mkdir(parents=True, exist_ok=True)
            if self._bring_rest(name, aside, there) and hash_file(aside)[1] == there["md5Hash"]:
                aside.replace(path)
                return True
            with contextlib.suppress(FileNotFoundError):
                aside.unlink()
            there = None
        raise StorageError(f"gs://{self.name}/{name} does not arrive as it is there")

    def _bring_rest(self, name, aside, there):
        """False where the object is another one by now. Goes on where it was cut."""
        size, lost = int(there["size"]), 0
        query = urllib.parse.urlencode({"alt": "media", "generation": there["generation"]})
        with open(aside, "ab") as file:
            while file.tell() < size:
                start = file.tell()
                try:
                    if not self._append(file, f"{self._objects(name)}?{query}", start, size):
                        return False
                except LostError:
                    lost = 0 if file.tell() > start else lost + 1
                    if lost > 8:
                        raise
                    time.sleep(min(0.2 * 2**lost, 30))
            file.flush()
            os.fsync(file.fileno())
            return file.tell() == size

    def _append(self, file, url, start, size):
        last = min(start + CHUNK_BYTES, size) - 1
        status, headers, body = self._get_part(url, f"bytes={start}-{last}")
        whole_range = f"bytes {start}-{last}/{size}"
        if status != 206 or headers.get("Content-Range") != whole_range:
            return False
        file.write(body)
        return True

    def _get_part(self, url, wanted):
        """As `send`, but what came before a cut is kept."""
        request = urllib.request.Request(self._whole(url), headers={"Range": wanted})
        self._authorize(request)
        try:
            with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                try:
                    return answer.status, answer.headers, answer.read()
                except http.client.IncompleteRead as cut:
                    if not cut.partial:
                        raise LostError("the download was cut") from cut
                    return answer.status, answer.headers, cut.partial
        except urllib.error.HTTPError:
            return self.send("GET", url, headers={"Range": wanted}, accept=(404, 416))
        except (OSError, http.client.HTTPException) as error:
            raise LostError(f"the download was cut: {error}") from error


def read_all(answer):
    try:
        return answer.read()
    except (OSError, http.client.HTTPException):
        return b""


def read_message(body):
    try:
        return json.loads(body)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return body[:200].decode("utf-8", "replace")


def parse(body):
    try:
        value = json.loads(body)
    except ValueError as error:
        raise LostError("the answer was not understood") from error
    if not isinstance(value, dict):
        raise LostError("the answer was not understood")
    return value


def hash_bytes(content):
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def hash_file(path):
    """Size and MD5, as Cloud Storage writes it."""
    digest, size = hashlib.md5(usedforsecurity=False), 0
    with open(path, "rb") as file:
        while part := file.read(2**20):
            digest.update(part)
            size += len(part)
    return size, base64.b64encode(digest.digest()).decode()


def find_token():
    """By google-auth where it is installed (Colab has it), by gcloud, or of the machine itself on Google's cloud."""
    for find in (token_of_library, token_of_gcloud, token_of_machine):
        token = find()
        if token:
            return token
    raise SignInError("Nobody is signed in to Google here. Run the cell 'Google sign-in', or `gcloud auth login`.")


def token_of_library():
    try:
        import google.auth
        import google.auth.transport.requests as transport

        scope = "https://www.googleapis.com/auth/devstorage.read_write"
        credentials, _ = google.auth.default(scopes=[scope])
        credentials.refresh(transport.Request())
        return credentials.token
    except Exception:  # each of its versions and kinds of credential has errors of its own
        return None


def token_of_gcloud():
    try:
        command = ["gcloud", "auth", "print-access-token", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def token_of_machine():
    try:
        request = urllib.request.Request(METADATA, headers={"Metadata-Flavor": "Google"})
        with _opener.open(request, timeout=3) as answer:
            return json.load(answer)["access_token"]
    except (OSError, ValueError, KeyError):
        return None
