"""The dialects pushes are told in, by the name that `Partner.dialect` and `Subscription.dialect` carry."""

from partners import native
from partners.dialects import pushes
from partners.outgoing import Renderer

RENDERERS: dict[str, Renderer] = {"native": native.RENDERER, **pushes.RENDERERS}
