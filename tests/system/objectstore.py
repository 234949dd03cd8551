"""An object store on the loopback interface: an emulator that speaks S3."""

import re
import sys
from pathlib import Path
from urllib.request import Request, urlopen

from .processes import HOST, Process


class ObjectStore(Process):
    name = "objectstore"

    def __init__(self, folder: Path, bucket: str = "kept") -> None:
        super().__init__(folder)
        self.bucket = bucket

    def start(self) -> "ObjectStore":
        super().start()
        self.put("", b"")
        return self

    def put(self, key: str, content: bytes) -> None:
        address = f"http://{HOST}:{self.port}/{self.bucket}/{key}"
        kind = {"Content-Type": "application/octet-stream"}
        urlopen(Request(address, content, kind, method="PUT")).close()

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]

    def url(self, folder: str) -> str:
        return f"s3+http://key:secret@{HOST}:{self.port}/{self.bucket}/{folder}?region=us-east-1"

    def names(self, of: str = "list-type=2") -> list[str]:
        """Of the objects that there are whole."""
        return re.findall("<Key>(.*?)</Key>", self._listed(of))

    def checksums(self, folder: str) -> dict[str, str]:
        """What the store says of the bytes of each object in there, by its name in there."""
        found = re.findall("<Key>(.*?)</Key>.*?<ETag>(.*?)</ETag>", self._listed("list-type=2"))
        inside = f"{folder}/"
        return {key.removeprefix(inside): tag for key, tag in found if key.startswith(inside)}

    def _listed(self, of: str) -> str:
        with urlopen(f"http://{HOST}:{self.port}/{self.bucket}?{of}") as answer:
            return answer.read().decode()

    def begun(self) -> list[str]:
        """The keys of what is being sent in parts, or was until somebody died."""
        return self.names("uploads")

    def was_asked(self, *words: str) -> bool:
        """Whether one request had all of these in its first line."""
        lines = self.log.read_text().splitlines()
        return any(all(word in line for word in words) for line in lines)
