"""What a browser calls itself, in the two words that people know it by."""

# The first that is found counts: each name stands before those that it also claims to be.
BROWSERS = {
    "MicroMessenger": "WeChat", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "QQBrowser": "QQ",
    "MetaSr": "Sogou", "Chrome": "Chrome", "CriOS": "Chrome", "FxiOS": "Firefox", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "HarmonyOS": "HarmonyOS", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad",
    "Windows": "Windows", "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip


def device_words(agent: str) -> tuple[str, str]:
    """(browser, system) from a User-Agent; empty where it is not one of the usual."""
    browser = next((word for sign, word in BROWSERS.items() if sign in agent), "")
    return browser, next((word for sign, word in SYSTEMS.items() if sign in agent), "")
