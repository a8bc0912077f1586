"""The WebSub hub of all feeds (W3C Recommendation of 2018-01-23): subscriptions in, changes out.

views -> intake: a request is checked, noted and answered with 202. tasks -> distributor: a worker verifies requests at
their callbacks (confirming) and sends the newest document to whoever has not got it (looking, claiming, recording).
"""
