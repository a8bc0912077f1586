"""Stand-ins of the remote systems: the WeChat platform and receivers of signed posts.

For the demo (its own process, `python -m channels.sandbox`), for drills (演练) with faults, and for tests on loopback
(`channels.sandbox.running`). Strict where the real systems are strict, and where their behaviour is not known, as
unkind as it could be. Knows nothing of the hub.
"""
