# SPDX-License-Identifier: Apache-2.0
"""Renders the posts of a worked corpus as HTML: Telegram Desktop's export and t.me/s pages.

Shapes are those of Telegram Desktop (export_output_html.cpp) and of saved t.me pages; what no
reader looks at (pictures' addresses, drawings) is left out to keep the files small.
"""
import base64
import html
import json
import re
from datetime import datetime, timedelta, timezone

IN_A_FILE = 10          # the exporter puts 1000; here ten files are wanted
ON_A_PAGE = 20
JOIN_WITHIN = 900       # seconds in which a message of the same author is joined
EXPORT_ZONE = timezone(timedelta(hours=3))
MONTHS = ("January February March April May June July August September October November "
          "December").split()
TAGS = {"bold": "strong", "italic": "em", "underline": "u", "strikethrough": "s", "code": "code",
        "pre": "pre", "blockquote": "blockquote"}
NOT_INCLUDED = "Not included, change data exporting settings to download."


def utc(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


# --- Telegram Desktop -----------------------------------------------------------------------------

class Tree:
    """The exporter's writer: a blank more for each level, a blank line between tags."""

    def __init__(self):
        self.out, self.depth = ["<!DOCTYPE html>\n"], 0

    def line(self, text):
        self.out.append("\n" + " " * self.depth + text + "\n")

    def open(self, tag, **attributes):
        pairs = "".join(f' {k.rstrip("_")}="{v}"' for k, v in attributes.items())
        self.line(f"<{tag}{pairs}>")
        self.depth += 1

    def close(self, tag):
        self.depth -= 1
        self.line(f"</{tag}>")

    def text(self, text):
        self.out.append(text + "\n")

    def block(self, class_, text, tag="div", **more):
        self.open(tag, class_=class_, **more)
        self.text(text)
        self.depth -= 1
        self.out.append(" " * self.depth + f"</{tag}>\n")


def escape(text):
    """The exporter's own: these five, control bytes as numbers, line ends as <br>."""
    for c, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        text = text.replace(c, name)
    return re.sub("[\n\u2028\u2029]", "<br>", text)


def desktop_part(part):
    if isinstance(part, str):
        return escape(part)
    kind, text = part["type"], escape(part["text"])
    if kind in TAGS:
        return f"<{TAGS[kind]}>{text}</{TAGS[kind]}>"
    if kind == "spoiler":
        return ('<span class="spoiler hidden" onclick="ShowSpoiler(this)">'
                f'<span aria-hidden="true">{text}</span></span>')
    if kind == "custom_emoji":
        return f'<a href="" onclick="return ShowNotLoadedEmoji();">{text}</a>'
    if kind == "hashtag":
        name = escape(part["text"].lstrip("#"))
        return f'<a href="" onclick="return ShowHashtag(&quot;{name}&quot;)">{text}</a>'
    target = {"text_link": part.get("href", ""), "link": part["text"],
              "mention": "https://t.me/" + part["text"].lstrip("@"),
              "email": "mailto:" + part["text"], "phone": "tel:" + part["text"]}.get(kind)
    return text if target is None else f'<a href="{escape(target)}">{text}</a>'


def desktop_media(tree, post):
    kind, _, sign = post.get("media", "").partition(" ")
    title, class_, status = {
        "photo": ("Photo", "media_photo", "1280x853"),
        "video": ("Video file", "media_video", f"00:{post['id'] % 60:02}"),
        "voice": ("Voice message", "media_voice_message", f"00:{post['id'] % 60:02}"),
        "sticker": ("Sticker", "media_photo", sign),
    }[kind]
    tree.open("div", class_="media_wrap clearfix")
    tree.open("div", class_=f"media clearfix pull_left {class_}")
    tree.block("fill pull_left", "")
    tree.open("div", class_="body")
    tree.block("title bold", title)
    tree.block("description", NOT_INCLUDED)
    tree.block("status details", status)
    for _ in range(3):
        tree.close("div")


def desktop_poll(tree, poll):
    tree.open("div", class_="media_wrap clearfix")
    tree.open("div", class_="media_poll")
    tree.block("question bold", escape(poll["question"]))
    tree.block("details", "Anonymous poll")
    for text, n in poll["answers"]:
        tree.block("answer", f'- {escape(text)} <span class="details">{n} votes</span>')
    tree.block("total details", f"{sum(n for _, n in poll['answers'])} votes")
    tree.close("div")
    tree.close("div")


def desktop_reactions(tree, post):
    tree.open("span", class_="reactions")
    for sign, n in post["reactions"]:
        tree.open("span", class_="reaction")
        tree.block("emoji", sign, "span")
        tree.block("count", str(n), "span")
        tree.close("span")
    tree.close("span")


def desktop_divider(tree, number, text):
    tree.open("div", class_="message service", id=f"message{number}")
    tree.block("body details", text)
    tree.close("div")


def service_text(post, channel):
    title = escape(channel["title"])
    return {"create_channel": f"Channel &laquo;{title}&raquo; created",
            "edit_group_title": f"Channel title changed to &laquo;{title}&raquo;",
            "edit_group_photo": "Channel photo changed",
            "pin_message": f"{title} pinned "
                           f'<a href="#go_to_message{post.get("reply_to")}" onclick="return '
                           f'GoToMessage({post.get("reply_to")})">this message</a>'}[post["action"]]


def userpic(tree, name):
    tree.open("div", class_="pull_left userpic_wrap")
    tree.open("div", class_="userpic userpic4", style="width: 42px; height: 42px")
    tree.block("initials", "".join(word[0] for word in name.split()[:2]),
               style="line-height: 42px")
    tree.close("div")
    tree.close("div")


def desktop_body(tree, post, channel, where):
    local = utc(post["date"]).astimezone(EXPORT_ZONE)
    forwarded = "forwarded_from" in post
    if forwarded:
        name = post["forwarded_from"] or "Deleted Account"
        userpic(tree, name)
        tree.open("div", class_="forwarded body")
        tree.block("from_name", f'{escape(name)} <span class="date details" '
                   f'title="{local:%d.%m.%Y %H:%M:%S} UTC+03:00"> '
                   f"{local:%d.%m.%Y %H:%M:%S}</span>")
    if "reply_to" in post:
        number = post["reply_to"]
        here = "" if number in where else "messages.html"
        tree.block("reply_to details", f'In reply to <a href="{here}#go_to_message{number}" '
                   f'onclick="return GoToMessage({number})">this message</a>')
    if "media" in post:
        desktop_media(tree, post)
    if "poll" in post:
        desktop_poll(tree, post["poll"])
    text = "".join(desktop_part(p) for p in post["text"])
    if post["type"] == "unsupported":
        text = ("This message is not supported by this version of Telegram Desktop. "
                "Please update the application.")
    if text:
        tree.block("text", text)
    if forwarded:
        tree.close("div")
    if "author" in post:
        tree.block("signature details", escape(post["author"]))
    if post.get("reactions"):
        desktop_reactions(tree, post)


def desktop_message(tree, post, channel, joined, where):
    local = utc(post["date"]).astimezone(EXPORT_ZONE)
    tree.open("div", class_="message default clearfix" + (" joined" if joined else ""),
              id=f"message{post['id']}")
    if not joined:
        userpic(tree, channel["title"])
    tree.open("div", class_="body")
    tree.block("pull_right date details", f"{local:%H:%M}",
               title=f"{local:%d.%m.%Y %H:%M:%S} UTC+03:00")
    if not joined:
        tree.block("from_name", escape(channel["title"]) + " ")
    desktop_body(tree, post, channel, where)
    tree.close("div")
    tree.close("div")


def is_joined(post, last):
    """A forwarded message needs the same source and the same second."""
    if last is None or last["type"] == "service":
        return False
    now, then = utc(post["date"]), utc(last["date"])
    near = 1 if "forwarded_from" in post else JOIN_WITHIN
    return (post.get("forwarded_from") == last.get("forwarded_from")
            and (now - then).total_seconds() < near
            and now.astimezone(EXPORT_ZONE).date() == then.astimezone(EXPORT_ZONE).date())


def desktop_page(posts, channel, number, count):
    tree, last, day = Tree(), None, None
    tree.open("html")
    tree.open("head")
    tree.line('<meta charset="utf-8"/>')
    tree.text("<title>Exported Data</title>")
    tree.line('<link href="css/style.css" rel="stylesheet"/>')
    tree.open("script", src="js/script.js", type="text/javascript")
    tree.close("script")
    tree.close("head")
    tree.open("body", onload="CheckLocation();")
    tree.open("div", class_="page_wrap")
    tree.open("div", class_="page_header")
    tree.open("div", class_="content")
    tree.block("text bold", escape(channel["title"]) + " ")
    tree.close("div")
    tree.close("div")
    tree.open("div", class_="page_body chat_page")
    tree.open("div", class_="history")
    if number > 1:
        before = "" if number == 2 else str(number - 1)
        tree.block("pagination block_link", "Previous messages", "a", href=f"messages{before}.html")
    where = {p["id"] for p in posts}
    for post in posts:
        local = utc(post["date"]).astimezone(EXPORT_ZONE)
        if local.date() != day:
            day, last = local.date(), None
            desktop_divider(tree, -(number * 100 + post["id"] % 100),
                            f"{local.day} {MONTHS[local.month - 1]} {local.year}")
        if post["type"] == "service":
            desktop_divider(tree, post["id"], service_text(post, channel))
        else:
            desktop_message(tree, post, channel, is_joined(post, last), where)
        last = post
    if number < count:
        tree.block("pagination block_link", "Next messages", "a", href=f"messages{number + 1}.html")
    for tag in ("div", "div", "div", "body", "html"):
        tree.close(tag)
    return "".join(tree.out)


def desktop_files(posts, channel):
    """File names and their contents."""
    pages = [posts[i:i + IN_A_FILE] for i in range(0, len(posts), IN_A_FILE)]
    return {f"messages{n if n > 1 else ''}.html": desktop_page(page, channel, n, len(pages))
            for n, page in enumerate(pages, 1)}


# --- t.me/s ---------------------------------------------------------------------------------------

EMOJI = re.compile("[\U0001F1E6-\U0001F1FF]{2}|[0-9#*]\uFE0F?\u20E3|"
                   "[\u231A-\u231B\u23E9-\u23FA\u2600-\u27BF\u2B50\u2B55\U0001F300-\U0001FAFF]"
                   "[\uFE0F\U0001F3FB-\U0001F3FF]*"
                   "(?:\u200D[\u2600-\u27BF\U0001F300-\U0001FAFF]\uFE0F?)*")


def picture(found):
    return f'<i class="emoji" style="width:1.25em"><b>{found.group()}</b></i>'


def tme_escape(text):
    return EMOJI.sub(picture, html.escape(text).replace("&#x27;", "&#39;")) \
        .replace("\n", "<br/>").replace("\u2028", "<br/>")


def tme_part(part):
    if isinstance(part, str):
        return tme_escape(part)
    kind, text = part["type"], tme_escape(part["text"])
    tag = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code",
           "pre": "pre", "blockquote": "blockquote", "spoiler": "tg-spoiler"}.get(kind)
    if tag:
        return f"<{tag}>{text}</{tag}>"
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="5368324170671202286">{text}</tg-emoji>'
    if kind == "hashtag":
        return f'<a href="?q=%23{html.escape(part["text"][1:])}">{text}</a>'
    if kind == "mention":
        return f'<a href="https://t.me/{html.escape(part["text"][1:])}" target="_blank">{text}</a>'
    if kind == "text_link":
        target = html.escape(html.escape(part["href"]))     # twice, since April 2024
        return (f'<a href="{target}" target="_blank" rel="noopener" '
                f'onclick="return confirm(this.href);">{text}</a>')
    if kind == "link":
        return f'<a href="{html.escape(part["text"])}" target="_blank" rel="noopener">{text}</a>'
    return text


def rounded(n):
    for unit, sign in ((1000000, "M"), (1000, "K")):
        if n >= unit:
            return f"{n / unit:.1f}".removesuffix(".0") + sign
    return str(n)


M = "tgme_widget_message"


def not_supported(label):
    return ('<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
            f'<div class="message_media_not_supported_label">{label}</div>'
            '<span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span></div></div>')


def tme_media(post, url):
    kind = post.get("media", "").split(" ")[0]
    label = not_supported("This media is not supported in your browser")
    if kind == "photo":
        return (f'<a class="{M}_photo_wrap" href="{url}"><div class="{M}_photo" '
                'style="padding-top:66.6%"></div></a>')
    if kind == "video":
        return (f'<a class="{M}_video_player js-message_video_player" href="{url}"><time '
                'class="message_video_duration js-message_video_duration">0:27</time>'
                f"{label}</a>")
    if kind == "voice":
        return (f'<a class="{M}_voice_player js-message_voice_player" href="{url}"><audio '
                f'class="{M}_voice js-message_voice"></audio><time class="{M}_voice_duration">0:12'
                "</time></a>")
    if kind == "sticker":
        return (f'<div class="{M}_sticker_wrap media_supported_cont"><a href="{url}"><i '
                f'class="{M}_sticker js-sticker_image"></i></a></div>{label}')
    return ""


def tme_poll(poll):
    total = sum(n for _, n in poll["answers"])
    options = "".join(
        f'<div class="{M}_poll_option"><div class="{M}_poll_option_percent">{100 * n // total}%</div>'
        f'<div class="{M}_poll_option_value"><div class="{M}_poll_option_text">{tme_escape(text)}'
        "</div></div></div>" for text, n in poll["answers"])
    return (f'<div class="{M}_poll js-poll"><div class="{M}_poll_question">'
            f'{tme_escape(poll["question"])}</div><div class="{M}_poll_type">Anonymous Poll</div>'
            f'<div class="{M}_poll_options">{options}</div></div>')


def tme_reply(post, by_id, channel):
    quoted = by_id.get(post["reply_to"])
    text = "".join(p if isinstance(p, str) else p["text"] for p in quoted["text"]) if quoted else ""
    inner = (f'<div class="{M}_text js-message_reply_text" dir="auto">{tme_escape(text[:60])}</div>'
             if text else f'<div class="{M}_metatext js-message_reply_text" dir="auto">Photo</div>')
    return (f'<a class="{M}_reply" href="https://t.me/{channel["username"]}/{post["reply_to"]}">'
            f'<div class="{M}_author accent_color"><span class="{M}_author_name" dir="auto">'
            f'{tme_escape(channel["title"])}</span></div>{inner}</a>')


def tme_preview(post):
    for part in post["text"]:
        target = isinstance(part, dict) and (part.get("href") or
                                             (part["type"] == "link" and part["text"]))
        if target and "//t.me/" not in target:
            return (f'<a class="{M}_link_preview" href="{html.escape(target)}"><div '
                    'class="link_preview_site_name accent_color" dir="auto">Harbour site</div><div '
                    'class="link_preview_title" dir="auto">All the news of the harbour</div><div '
                    'class="link_preview_description" dir="auto">What another site says of itself'
                    "</div></a>")
    return ""


def tme_text(post, channel):
    if post["type"] == "service":
        text = {"create_channel": "Channel created",
                "edit_group_title": f"Channel name was changed to «{tme_escape(channel['title'])}»",
                "edit_group_photo": "Channel photo updated",
                "pin_message": f"{tme_escape(channel['title'])} pinned a photo"}[post["action"]]
    else:
        text = "".join(tme_part(p) for p in post["text"])
    if not text:
        return ""
    text = f'<div class="{M}_text js-message_text" dir="auto">{text}</div>'
    album = post.get("media") in ("photo", "video") and post["web"]["repeat"] in ("xyy", "yy")
    return f'<div class="{M}_text js-message_text" dir="auto">{text}</div>' if album else text


def tme_footer(post, url):
    views = f'<span class="{M}_views">{rounded(post["views"])}</span><span class="copyonly"> views' \
        "</span>" if "views" in post else ""
    author = f'<span class="{M}_from_author" dir="auto">{html.escape(post["author"])}</span>,&nbsp;' \
        if "author" in post else ""
    edited = "edited &nbsp;" if "edited" in post else ""
    when = utc(post["date"])
    return (f'<div class="{M}_footer compact js-message_footer"><div class="{M}_info short '
            f'js-message_info">{views}<span class="{M}_meta">{author}{edited}<a class="{M}_date" '
            f'href="{url}"><time datetime="{when:%Y-%m-%dT%H:%M:%S}+00:00" class="time">'
            f"{when:%H:%M}</time></a></span></div></div>")


def tme_message(post, channel, by_id):
    place = f"{channel['username']}/{post['id']}"
    url = "https://t.me/" + place
    view = json.dumps({"c": -channel["id"], "p": post["id"], "t": 1743465600, "h": "0123456789"},
                      separators=(",", ":"))
    view = base64.urlsafe_b64encode(view.encode()).decode().rstrip("=")
    service = " service_message" if post["type"] == "service" else ""
    body = []
    if post.get("forwarded_from"):
        name = f'<span dir="auto">{tme_escape(post["forwarded_from"])}</span>'
        body.append(f'<div class="{M}_forwarded_from accent_color">Forwarded from&nbsp;<a '
                    f'class="{M}_forwarded_from_name" href="https://t.me/elsewhere">{name}</a></div>')
    if "reply_to" in post and not service:
        body.append(tme_reply(post, by_id, channel))
    body.append(tme_media(post, url))
    if "poll" in post:
        body.append(tme_poll(post["poll"]))
    if post["type"] == "unsupported":
        body.append(not_supported("Please open Telegram to view this post"))
    body += [tme_text(post, channel), tme_preview(post)]
    if post.get("reactions"):
        body.append(f'<div class="{M}_reactions js-message_reactions">' + "".join(
            f'<span class="tgme_reaction">{EMOJI.sub(picture, sign)}{rounded(n)}</span>'
            for sign, n in post["reactions"]) + "</div>")
    return (f'<div class="{M}_wrap js-widget_message_wrap"><div class="{M} text_not_supported_wrap'
            f'{service} js-widget_message" data-post="{place}" data-view="{view}">\n'
            f'<div class="{M}_user"><a href="https://t.me/{channel["username"]}"><i '
            f'class="{M}_user_photo bgcolor6" data-content="{html.escape(channel["title"][0])}"></i>'
            f'</a></div>\n<div class="{M}_bubble">\n<i class="{M}_bubble_tail"><svg '
            'class="bubble_icon" width="9px" height="20px" viewBox="0 0 9 20"></svg></i>\n'
            f'<div class="{M}_author accent_color"><a class="{M}_owner_name" '
            f'href="https://t.me/{channel["username"]}"><span dir="auto">'
            f'{tme_escape(channel["title"])}</span></a></div>\n'
            + "\n".join(part for part in body if part) + "\n"
            + tme_footer(post, url) + "\n</div>\n</div></div>")


def tme_page(posts, channel, by_id):
    title = html.escape(channel["title"])
    name = channel["username"]
    return (f'<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>{title} – '
            'Telegram</title>\n    <meta property="og:title" content="' + title + '">\n'
            '    <meta property="og:description" content="News of an invented town">\n'
            '    <script>window.matchMedia&&window.matchMedia("(prefers-color-scheme: dark)")'
            ".matches&&document.documentElement.classList.add('theme_dark');</script>\n  </head>\n"
            '  <body class="widget_frame_base tgme_webpreview emoji_image">\n'
            '<header class="tgme_header search_collapsed"><div class="tgme_header_link"><div '
            f'class="tgme_header_title_wrap">{title}</div></div><a class="tgme_channel_join_telegram" '
            'href="//telegram.org/dl?tme=0">Don\'t have <strong>Telegram</strong> yet? Try it now!'
            f'</a></header>\n<main class="tgme_main" data-url="/{name}">\n'
            '<section class="tgme_channel_history js-message_history">\n'
            f'<div class="tme_messages_more_wrap js-messages_more_wrap"><a '
            f'href="/s/{name}?before={posts[0]["id"]}" class="tme_messages_more js-messages_more" '
            f'data-before="{posts[0]["id"]}"></a></div>\n'
            + "\n".join(tme_message(p, channel, by_id) for p in posts)
            + "\n</section>\n</main>\n  </body>\n</html>\n")


def tme_files(posts, channel):
    """File names and their contents: about twenty messages a page."""
    by_id = {p["id"]: p for p in posts}
    pages = [posts[i:i + ON_A_PAGE] for i in range(0, len(posts), ON_A_PAGE)]
    return {f"page{n}.html": tme_page(page, channel, by_id) for n, page in enumerate(pages, 1)}
