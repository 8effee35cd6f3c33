"""Files for tests, through the service that production calls."""

import io

from peerhub.files.models import StoredFile
from peerhub.files.services.storing import file_storage, store_file
from peerhub.people.models import Network, User
from tests.files.corpus import picture


def make_file(owner: User, network: Network, name: str = "Budget.txt", content: bytes = b"Douze euros.") -> StoredFile:
    return store_file(owner=owner, network=network, name=name, content=io.BytesIO(content))


def make_image(owner: User, network: Network, name: str = "plan.png", alt: str = "Le plan") -> StoredFile:
    return store_file(owner=owner, network=network, name=name, content=io.BytesIO(picture(size=(900, 600))), alt=alt)


def blob_of(name: str) -> bytes:
    with file_storage().open(name) as opened:
        return bytes(opened.read())
