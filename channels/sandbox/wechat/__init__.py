"""The WeChat platform's stand-in, one module a family of calls; `platform` puts them together, `api` is its HTTP face."""
