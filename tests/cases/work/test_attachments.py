"""Files on a case: kept once, handed out as downloads, to those who see the case, told in the record."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from behind import NOW, make_case, make_person, make_team
from cases.attachments import BYTES_MAX, LostError, attach, folder, open_file
from cases.file_kinds import FileRefusedError
from cases.models import Attachment, Case
from files import evil_files, jpeg, pdf, png
from staff.models import Role, User
from staff.once import FIELD, new_key
from staff.sealing import unseal

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def case(agent: User) -> Case:
    return make_case(owner=agent)


def upload(name: str = "proof.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png() if content is None else content)


def send(client: Client, case: Case, file: SimpleUploadedFile, key: str = "") -> Any:
    data = {FIELD: key or new_key(), "note": "Proof of illness", "file": file}
    return client.post(reverse("case_attach", args=[case.pk]), data)


def test_a_file_is_kept_by_digest_and_encrypted(agent: User, case: Case) -> None:
    row = attach(case, upload(), by=agent, at=NOW)

    [path] = folder().iterdir()
    assert (row.name, row.kind, row.size) == ("proof.png", "png", len(png()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert png() not in path.read_bytes()
    assert unseal(path.read_bytes()) == open_file(row, by=agent, at=NOW) == png()
    assert Entry.objects.filter(action="cases.attached").count() == 1
    assert "proof" not in Entry.objects.get(action="cases.attached").facts


@pytest.mark.django_db(transaction=True)
def test_a_file_takes_its_name_after_the_commit_and_one_without_a_row_is_swept(agent: User, case: Case) -> None:
    row = attach(case, upload(), by=agent, at=NOW)
    with transaction.atomic():
        attach(case, upload("other.png"), by=agent, at=NOW)
        transaction.set_rollback(True)

    attach(case, upload("later.png"), by=agent, at=NOW + timedelta(days=2))

    assert {path.name for path in folder().iterdir()} == set(Attachment.objects.values_list("key", flat=True))
    assert (folder() / row.key).exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_whose_renaming_was_lost_is_still_handed_out_and_gets_its_name(agent: User, case: Case) -> None:
    row = attach(case, upload(), by=agent, at=NOW)
    (folder() / row.key).rename(folder() / f"{row.key}.part")
    assert open_file(row, by=agent, at=NOW) == png()

    attach(case, upload(), by=agent, at=NOW + timedelta(days=40_000))

    assert (folder() / row.key).exists()


@pytest.mark.parametrize("change", ["gone", "other"])
def test_bytes_that_do_not_answer_the_digest_are_not_handed_out(
    agent: User, case: Case, sign_in: SignIn, change: str
) -> None:
    row = attach(case, upload(), by=agent, at=NOW)
    other = attach(case, upload(content=png(5, 5)), by=agent, at=NOW)
    path, theirs = folder() / f"{row.key}.part", folder() / f"{other.key}.part"
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(theirs.read_bytes())

    with pytest.raises(LostError):
        open_file(row, by=agent, at=NOW)
    assert sign_in(agent).get(reverse("case_file", args=[case.pk, row.pk])).status_code == 404
    assert not Entry.objects.filter(action="cases.attachment_opened").exists()


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.png", "..\\boot.png", "a\0b.png", "proof.png.exe", "proof.pdf", "cod\u202egnp.exe", "a\nb.png", "..", ""],
)  # fmt: skip
def test_a_name_that_climbs_turns_or_lies_is_refused(agent: User, case: Case, name: str) -> None:
    file = upload()
    file.__dict__["_name"] = name  # what a form's parser would have cleaned

    with pytest.raises(FileRefusedError):
        attach(case, file, by=agent, at=NOW)
    assert list(folder().iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("IMG_1", "IMG_1.png"), ("合同.2026", "合同.2026.png"), ("a" * 150, "a" * 115 + ".png"), ("A.PNG", "A.png")],
)
def test_a_name_is_kept_with_the_ending_of_its_kind(agent: User, case: Case, name: str, kept: str) -> None:
    assert attach(case, upload(name), by=agent, at=NOW).name == kept


def test_a_file_of_more_than_ten_megabytes_is_refused_by_the_service_too(agent: User, case: Case) -> None:
    with pytest.raises(FileRefusedError, match=r"10\.0"):
        attach(case, upload(content=b"%PDF-" + b"0" * BYTES_MAX), by=agent, at=NOW)


def test_the_drawer_takes_a_file_and_the_timeline_links_to_it(agent: User, case: Case, sign_in: SignIn) -> None:
    client = sign_in(agent)

    assert send(client, case, upload("资料.pdf", pdf())).status_code == 302

    row = Attachment.objects.get()
    page = client.get(reverse("case_page", args=[case.pk])).content.decode()
    assert reverse("case_file", args=[case.pk, row.pk]) in page
    assert "资料.pdf" in page
    assert "Proof of illness" in page


def test_a_file_leaves_as_a_download_and_is_told(agent: User, case: Case, sign_in: SignIn) -> None:
    row = attach(case, upload("收据.jpg", jpeg()), by=agent, at=NOW)

    answer = sign_in(agent).get(reverse("case_file", args=[case.pk, row.pk]))

    assert answer.content == jpeg()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Entry.objects.filter(action="cases.attachment_opened", subject_id=str(case.pk)).count() == 1


def test_the_same_form_twice_keeps_one_file(agent: User, case: Case, sign_in: SignIn) -> None:
    client, key = sign_in(agent), new_key()
    send(client, case, upload(), key)

    assert send(client, case, upload(), key).status_code == 302
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("name", ["SVG", "office with a macro", "a picture with an archive behind", "nothing"])
def test_an_evil_file_is_answered_plainly_and_what_was_typed_stays(
    agent: User, case: Case, sign_in: SignIn, name: str
) -> None:
    answer = send(sign_in(agent), case, upload("proof.pdf", evil_files()[name]))

    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert "Proof of illness" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_path_in_the_name_of_an_upload_never_becomes_a_place(agent: User, case: Case, sign_in: SignIn) -> None:
    file = upload()
    file.__dict__["_name"] = "../../../../tmp/x.png"

    send(sign_in(agent), case, file)

    assert Attachment.objects.get().name == "x.png"


class Endless:
    """A body that counts how much of it was read."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left, self.read_bytes = head, size, 0

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)

    def read(self, size: int = -1) -> bytes:
        found, self.head = self.head, b""
        found = found or b"0" * min(size if size > 0 else 65536, self.left)
        self.left -= len(found)
        self.read_bytes += len(found)
        return found


@pytest.mark.parametrize("announced", [200 * 1024 * 1024, BYTES_MAX + 1])
def test_a_file_that_is_too_large_is_refused_while_it_comes_in(
    agent: User, case: Case, sign_in: SignIn, announced: int
) -> None:
    head = (
        f'--x\r\nContent-Disposition: form-data; name="{FIELD}"\r\n\r\n{new_key()}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="letter.pdf.exe"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7"
    ).encode()
    body = Endless(head, announced + 1000)
    kind = "multipart/form-data; boundary=x"
    environ: Any = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(announced + 1000), "wsgi.input": body}

    answer = sign_in(agent).generic("POST", reverse("case_attach", args=[case.pk]), b"", **environ)

    assert answer.status_code == 422
    assert "larger than 10.0" in answer.content.decode()
    assert body.read_bytes < (300_000 if announced > BYTES_MAX + 65536 else BYTES_MAX + 300_000)
    assert not Attachment.objects.exists()


def test_a_page_that_asks_for_no_file_reads_none(agent: User, case: Case, sign_in: SignIn) -> None:
    data = {FIELD: new_key(), "text": "Works nights.", "file": upload()}

    answer = sign_in(agent).post(reverse("case_note", args=[case.pk]), data)

    assert answer.status_code == 302
    assert answer.wsgi_request.FILES == {}


def test_an_auditor_reads_files_and_attaches_none(agent: User, case: Case, sign_in: SignIn) -> None:
    row = attach(case, upload(), by=agent, at=NOW)
    client = sign_in(make_person("audit", Role.AUDITOR))

    assert client.get(reverse("case_file", args=[case.pk, row.pk])).status_code == 200
    assert send(client, case, upload()).status_code == 403


def test_a_stranger_is_told_that_there_is_no_such_file(agent: User, case: Case, sign_in: SignIn) -> None:
    row = attach(case, upload(), by=agent, at=NOW)
    stranger = make_person("sun", team=make_team("South"))
    mine = make_case("B2", owner=stranger)
    client = sign_in(stranger)

    for pk, file in ((case.pk, row.pk), (mine.pk, row.pk), (mine.pk, row.pk + 1)):
        assert client.get(reverse("case_file", args=[pk, file])).status_code == 404
    assert send(client, case, upload()).status_code == 404
    assert client.post(reverse("case_file", args=[mine.pk, row.pk])).status_code == 405


def test_the_database_keeps_attachments_as_they_are(agent: User, case: Case) -> None:
    row = attach(case, upload(), by=agent, at=NOW)

    for act in (lambda: Attachment.objects.filter(pk=row.pk).update(name="x"), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_database_refuses_an_attachment_of_nothing(agent: User, case: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(case=case, key="k", name="n", kind="png", size=0, sha256="0", at=NOW, by=agent)
