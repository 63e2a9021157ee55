"""Publish our signed metadata and keys for brokers. No person uses these addresses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from kanssa.identification import registry
from kanssa.identification.protocol import PublishesDocument
from kanssa.web.base.refusals import NoSuchPage


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    for key, method in registry.methods().items():
        if not isinstance(method, PublishesDocument):
            continue
        return_url = settings.BASE_URL + reverse("return", kwargs={"method": key})
        document = method.published(settings.BASE_URL + request.path, return_url=return_url, now=now())
        if document is not None:
            return HttpResponse(document.content, content_type=document.content_type)
    # An address that no method owns does not exist, whatever it looks like.
    raise NoSuchPage
