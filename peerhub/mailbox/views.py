"""The pages of /courriels/: whoever reaches the demo may read them, as its accounts are public too."""

from itertools import islice

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from peerhub.mailbox import mails

SHOWN = 100
# Links of a mail open in a tab of their own, which is an ordinary one again; nothing runs or loads inside.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_MAIL_POLICY: dict[str, list[str]] = {
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": SANDBOX.split(),
}


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip()
    found = list(islice(mails.latest_mails(search), SHOWN))
    return render(request, "mailbox/mail_list.html", {"mails": found, "search": search, "shown": SHOWN})


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "mailbox/mail.html", {"mail": _mail_or_404(key), "sandbox": SANDBOX})


@require_safe
@xframe_options_sameorigin
@csp(_MAIL_POLICY)  # type: ignore[arg-type]
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    html = _mail_or_404(key).html
    if html is None:
        raise Http404
    return HttpResponse(f'<base target="_blank">{html}')


@require_safe
def mail_attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    attachments = _mail_or_404(key).attachments
    if number >= len(attachments):
        raise Http404
    chosen = attachments[number]
    disposition = content_disposition_header(True, chosen.filename)
    return HttpResponse(
        chosen.content, content_type=chosen.content_type, headers={"Content-Disposition": disposition or "attachment"}
    )


def _mail_or_404(key: str) -> mails.Mail:
    try:
        return mails.mail_for(key)
    except mails.MailNotFound as absent:
        raise Http404 from absent
