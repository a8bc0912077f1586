"""What an official account does beside carrying items: pushes to followers, replies, menus, figures.

Stands on the platform's calls in channels/adapters/wechat_mp/api and on the engine's tables; the desk calls its verbs.
Placements of items stay the engine's: what happens here reaches them through channels.outbox alone.
"""
