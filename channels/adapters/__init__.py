"""The channels of the hub: one folder each, one line each. channels.registry imports a class when it is first used."""

from __future__ import annotations

CHANNELS: dict[str, str] = {
    "hosted": "channels.adapters.hosted.adapter.HostedAdapter",
    "feed": "channels.adapters.feed.adapter.FeedAdapter",
    "wechat_mp": "channels.adapters.wechat_mp.adapter.WeChatAdapter",
    "wordpress": "channels.adapters.wordpress.adapter.WordPressAdapter",
    "web_post": "channels.adapters.web_post.adapter.WebPostAdapter",
    "handoff": "channels.adapters.handoff.adapter.HandoffAdapter",
}
