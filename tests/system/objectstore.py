"""An object store on the loopback interface: an emulator that speaks S3."""

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
        urlopen(Request(f"http://{HOST}:{self.port}/{self.bucket}", method="PUT")).close()
        return self

    def command(self) -> list[str]:
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(self.port)]

    def url(self, folder: str) -> str:
        return f"s3+http://key:secret@{HOST}:{self.port}/{self.bucket}/{folder}?region=us-east-1"
