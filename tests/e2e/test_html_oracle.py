"""Words of posts in HTML beside those that libxml2's tree gives: the worked corpus, and real pages
where they are at hand (TOLMACH_REAL_DATA names their folder)."""
import collections
import glob
import json
import re

import lxml.html

from lib import HARBOUR, REAL, Case, main

LEAST = 0.99
ENDS = ("br", "pre", "blockquote", "div", "p")


def words(text):
    return collections.Counter(re.findall(r"\w+", text))


def has(name):
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def text_of(element):
    """Its text nodes; elements that end a line part words, others do not."""
    out = [element.text or ""]
    for child in element:
        gap = "\n" if child.tag in ENDS else ""
        out += [gap, text_of(child) if isinstance(child.tag, str) else "", gap, child.tail or ""]
    return "".join(out)


def desktop_posts(tree):
    for message in tree.xpath(f"//div[{has('message')} and {has('default')}]"):
        text = "".join(map(text_of, message.xpath(f".//div[{has('text')}]")))
        if not text.strip().startswith("This message is not supported by this version of Telegram"):
            yield message.get("id").removeprefix("message"), text


def tme_posts(tree):
    for message in tree.xpath(f"//div[{has('tgme_widget_message')} and @data-post]"):
        if "service_message" in message.get("class").split():
            continue
        texts = message.xpath(f".//div[{has('js-message_text')}]"
                              f"[not(ancestor::div[{has('js-message_text')}])]")
        yield message.get("data-post").rsplit("/", 1)[1], "".join(map(text_of, texts))


class Oracle(Case):
    def compare(self, name, posts_of, files):
        """Every post on its own, so that a text under the wrong id counts twice as wrong."""
        self.assertTrue(files, name)
        for file in files:
            with open(file, encoding="utf-8") as page:
                want = dict(posts_of(lxml.html.document_fromstring(page.read())))
            out, _ = self.run_tolmach("read", file)
            got = {d["doc_id"].rsplit("-", 1)[1]: d["text"]
                   for d in map(json.loads, out.splitlines())}
            same = said = wanted = 0
            for number in set(want) | set(got):
                w, g = words(want.get(number, "")), words(got.get(number, ""))
                same += (w & g).total()
                wanted += w.total()
                said += g.total()
            precision = same / said if said else float(wanted == 0)
            recall = same / wanted if wanted else float(said == 0)
            short = "/".join(str(file).rsplit("/", 2)[1:])
            print(f"  {short}: {len(got)} posts, {wanted} words, precision {precision:.4f}, "
                  f"recall {recall:.4f}")
            self.assertGreaterEqual(precision, LEAST, file)
            self.assertGreaterEqual(recall, LEAST, file)
            self.assertLessEqual(set(got), set(want), file)

    def test_worked_corpus(self):
        self.compare("html", desktop_posts, sorted(HARBOUR.glob("raw/*.html/*.html")))
        self.compare("tme", tme_posts, sorted(HARBOUR.glob("raw/*.tme/*.html")))


if REAL:
    class RealPages(Oracle):
        test_worked_corpus = None

        def test_real_pages(self):
            self.compare("html", desktop_posts,
                         sorted(glob.glob(f"{REAL}/telegram/desktop-html/*.html")))
            pages = sorted(glob.glob(f"{REAL}/telegram/tme-preview/*.html"))
            empty = [p for p in pages if "channel_info" in p or "no_posts" in p]
            for page in empty:
                out, err = self.run_tolmach("read", page)
                self.assertEqual(out, "")
                self.assertIn("posts", err)
            self.compare("tme", tme_posts, [p for p in pages if p not in empty])


if __name__ == "__main__":
    main()
