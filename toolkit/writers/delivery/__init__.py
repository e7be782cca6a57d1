"""Sending digests: mail and the robots of 企业微信, 钉钉 and 飞书. `sender` is the way in."""
