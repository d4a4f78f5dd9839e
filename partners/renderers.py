"""The dialects pushes are told in, by the name `Partner.dialect` carries."""

from partners import native
from partners.outgoing import Renderer

RENDERERS: dict[str, Renderer] = {"native": native.RENDERER}
