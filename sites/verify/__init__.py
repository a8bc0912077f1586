"""官方信息核验: whether a link, a code or a text that carries one is an official item, and which version of it holds."""
