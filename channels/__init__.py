"""The publishing engine: how a signed edition reaches outlets, and how the hub knows that it did.

Knows no Wagtail page and no template of a site. Its only input is an Edition. docs/model.md is the map.
"""
