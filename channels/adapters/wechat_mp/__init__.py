"""WeChat official accounts (微信公众号): drafts, publishing and deletion through the platform's API."""
