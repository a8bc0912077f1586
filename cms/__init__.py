"""The single source: what people write, sign and watch. Hands editions to `channels`; knows no public template."""
