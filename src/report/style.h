/* SPDX-License-Identifier: Apache-2.0 */
/* style.h - the page's style sheet. Colours of Okabe and Ito, told apart by all eyes. */
#ifndef TM_REPORT_STYLE_H
#define TM_REPORT_STYLE_H

static const char *const style[] = {
    ":root{color-scheme:light dark;--page:#fff;--ink:#1a1c1f;--soft:#55595f;--line:#d9dce0;"
    "--card:#f6f7f9;--c0:#0072b2;--c1:#d55e00;--c2:#00795a;--c3:#8f4a78;--gone:#c98a72;--shade:#0003;--link:#005a8f}\n",
    "@media screen and (prefers-color-scheme:dark){:root{--page:#14161a;--ink:#e8eaed;--soft:#a9afb8;"
    "--line:#3a3f47;--card:#1d2025;--c0:#56b4e9;--c1:#f0a04b;--c2:#3fc79a;--c3:#dd9cc8;--gone:#8f5f4e;--shade:#fff4;"
    "--link:#8ccbf5}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"
    "\"Segoe UI\",\"Noto Sans\",\"DejaVu Sans\",sans-serif}\n",
    "header,main,nav,footer{max-width:1180px;margin:0 auto;padding:0 16px}\n",
    "header{padding-top:32px}\n",
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .2em}\n",
    "h1 small{font-weight:400;color:var(--soft);font-size:1.1rem}\n",
    "h2{font-size:1.35rem;margin:2.4em 0 .5em;padding-top:.5em;border-top:2px solid var(--line)}\n",
    "p{max-width:72ch;margin:.5em 0 1em}\n",
    "a{color:var(--link)}\n",
    ".note,.source{color:var(--soft);font-size:.875rem}\n",
    "nav ol{columns:3 14em;padding-left:1.8em;margin:.6em 0}\n",
    "dl.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;"
    "margin:20px 0}\n",
    "dl.tiles div{background:var(--card);border-radius:8px;padding:12px 14px}\n",
    "dl.tiles dt{color:var(--soft);font-size:.875rem}\n",
    "dl.tiles dd{margin:0;font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}\n",
    "dl.tiles dd small{display:block;font-size:.8rem;font-weight:400;color:var(--soft)}\n",
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));"
    "gap:20px;align-items:start}\n",
    ".three{grid-template-columns:repeat(auto-fill,minmax(min(100%,340px),1fr))}\n",
    ".grid>*{min-width:0}\n",
    "figure{margin:0 0 8px;background:var(--card);border-radius:8px;padding:14px;min-width:0}\n",
    "figcaption{font-size:.9rem;line-height:1.4;margin-bottom:6px}\n",
    "figcaption strong{display:block;font-size:1rem}\n",
    "figcaption span{color:var(--soft)}\n",
    ".small figcaption{min-height:4.3em}\n",
    ".legend{margin:0 0 4px;font-size:.875rem}\n",
    ".legend span{margin-right:1em;white-space:nowrap}\n",
    ".key{width:.75em;height:.75em;margin-right:.4em}\n",
    "svg.plot{display:block;width:100%;max-width:560px;height:auto;margin:0 auto;"
    "overflow:visible}\n",
    "svg.plot text{font-size:11px;fill:var(--ink)}\n",
    ".small svg.plot text{font-size:13px}\n",
    ".m{text-anchor:middle}.e{text-anchor:end}\n",
    ".f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}\n",
    ".l0,.l1,.l2,.l3{fill:none;stroke-width:1.6}\n",
    ".l0{stroke:var(--c0)}.l1{stroke:var(--c1);stroke-dasharray:6 3}"
    ".l2{stroke:var(--c2);stroke-dasharray:2 2}"
    ".l3{stroke:var(--c3);stroke-dasharray:8 2 2 2}\n",
    "path.grid{stroke:var(--line);stroke-width:.8;fill:none}\n",
    ".axis{stroke:var(--soft);stroke-width:1}\n",
    ".cut{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3;fill:none}\n",
    "svg.plot .cutname{font-size:12px;paint-order:stroke;stroke:var(--card);stroke-width:3px}\n",
    ".stream{fill:var(--c0)}.leaving{fill:var(--gone)}\n",
    "svg.plot .mark{font-weight:700}\n",
    "details{margin-top:6px}\n",
    "summary{cursor:pointer;color:var(--link);font-size:.875rem}\n",
    ".records>summary{font-size:1rem;font-weight:600;padding:.4em 0}\n",
    /* A table that is wider than the screen has a shadow where it goes on. */
    ".table{overflow-x:auto;margin:0 0 12px;position:relative;--under:var(--page);"
    "background:linear-gradient(90deg,var(--under) 40%,transparent) 0 0/36px 100% no-repeat local,"
    "linear-gradient(270deg,var(--under) 40%,transparent) 100% 0/36px 100% no-repeat local,"
    "linear-gradient(90deg,var(--shade),transparent) 0 0/12px 100% no-repeat scroll,"
    "linear-gradient(270deg,var(--shade),transparent) 100% 0/12px 100% no-repeat scroll}\n",
    "figure .table{--under:var(--card)}\n",
    ".table .note{margin:.3em 0 0}\n",
    "table{border-collapse:collapse;font-size:.875rem;width:100%}\n",
    "caption{text-align:left;font-weight:600;font-size:1rem;padding:4px 0}\n",
    "figure caption{font-size:.875rem;font-weight:400;color:var(--soft)}\n",
    "th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid var(--line);"
    "vertical-align:top;font-weight:400}\n",
    "thead th{color:var(--soft);vertical-align:bottom}\n",
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n",
    ".t{overflow-wrap:anywhere;min-width:9em}\n",
    ".n+.t{padding-left:14px}.i{white-space:nowrap}\n",
    ".bar{display:block;width:100%;min-width:60px;height:4px;margin-top:2px}\n",
    ".char{display:inline-block;min-width:1.6em;font-size:1.05rem}\n",
    "article{border-left:3px solid var(--line);margin:0 0 14px;padding:2px 0 2px 14px}\n",
    "blockquote{margin:0;max-width:76ch;white-space:pre-wrap;overflow-wrap:anywhere;"
    "unicode-bidi:isolate}\n",
    ".source{margin:.3em 0 0;overflow-wrap:anywhere}"
    ".source code{display:inline-block;max-width:100%}\n",
    "cite{font-style:normal;unicode-bidi:isolate}\n",
    "code{font-size:.85em;overflow-wrap:anywhere}\n",
    "footer{color:var(--soft);font-size:.875rem;padding-bottom:40px;margin-top:40px}\n",
    "@media (max-width:600px){svg.plot text{font-size:13px}figure{padding:12px 10px}"
    "table{font-size:.8125rem}th,td{padding-right:7px}.n+.t{padding-left:7px}"
    ".i{white-space:normal;overflow-wrap:anywhere;min-width:9em}.w{min-width:24em}}\n",
    /* On paper: smaller, no colours but those that say something, nothing left closed. */
    "@media print{html{font-size:75%}body{font-size:1rem}nav,figure details,.note:has(>a[download]){display:none}"
    "dl.tiles{grid-template-columns:repeat(5,1fr)}.grid,.three{grid-template-columns:1fr 1fr}"
    "svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "figure,dl.tiles div{background:none;border:1px solid var(--line)}"
    "figure,article,p,tr,caption,thead{break-inside:avoid}"
    "h2,h2+p,summary,caption,thead{break-after:avoid}"
    "tbody tr:nth-child(-n+2){break-before:avoid}.table{overflow:visible}"
    "details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}"
    "h2{margin-top:1.6em}a{color:inherit;text-decoration:none}}\n",
};

#endif
