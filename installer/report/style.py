"""How a report looks in a browser, on a screen and on paper. In a PDF it looks as `ui/printing.py` says."""

CSS = """
:root {
  color-scheme: light dark;
  --window: #F6F7F9; --card: #FFFFFF; --line: #E3E6EB; --text: #14181F; --secondary: #5B6472;
  --good: #147A4B; --good-ground: #E5F4EC; --caution: #9A5B00; --caution-ground: #FCF1DF;
  --bad: #B3261E; --bad-ground: #FBE9E7; --accent: #2F5DE6; --accent-ground: #E8EEFD; --neutral-ground: #EEF0F4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --window: #14171C; --card: #1C2027; --line: #2D333D; --text: #E9ECF1; --secondary: #A3ACBA;
    --good: #5CCB94; --good-ground: #17302A; --caution: #E9B65C; --caution-ground: #332914;
    --bad: #FF8A80; --bad-ground: #3A1E1D; --accent: #7C9CFF; --accent-ground: #202A45; --neutral-ground: #101318;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 40px 24px 64px; background: var(--window); color: var(--text);
  font: 14px/1.5 Inter, system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere;
}
main { display: block; max-width: 880px; margin: 0 auto; }
h1 { margin: 0 0 4px; font-size: 24px; font-weight: 680; line-height: 1.25; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 16px; font-weight: 640; line-height: 1.4; }
h3 { margin: 20px 0 4px; font-size: 14px; font-weight: 620; line-height: 1.4; }
p { margin: 0 0 8px; }
.eyebrow { margin: 0 0 4px; color: var(--secondary); }
.meta, .secondary { color: var(--secondary); font-size: 12px; }
.lead { color: var(--secondary); }
.card { margin: 16px 0 0; padding: 20px 24px 12px; border: 1px solid var(--line); border-radius: 12px;
  background: var(--card); }
table { width: 100%; margin: 8px 0 0; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 8px 16px 8px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
  font-weight: inherit; }
th { color: var(--secondary); }
td:last-child { padding-right: 0; }
td p { margin: 0; }
td p + p { margin-top: 2px; }
code, pre { font-family: "JetBrains Mono", ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-variant-ligatures: none; }
code { font-size: 13px; }
.secondary code { font-size: 12px; }
pre { margin: 8px 0 8px; padding: 16px; border: 1px solid var(--line); border-radius: 8px; background: var(--window);
  font-size: 12px; line-height: 1.5; white-space: pre-wrap; }
blockquote { margin: 12px 0 4px; padding: 12px 16px; border-radius: 10px; background: var(--accent-ground); }
blockquote p { margin: 0 0 4px; }
.by { color: var(--accent); font-weight: 620; }
.pill { display: inline-block; padding: 1px 10px; border-radius: 999px; font-size: 11px; font-weight: 600;
  line-height: 1.6; white-space: nowrap; color: var(--secondary); background: var(--neutral-ground); }
.good { color: var(--good); background: var(--good-ground); }
.caution { color: var(--caution); background: var(--caution-ground); }
.bad { color: var(--bad); background: var(--bad-ground); }
.accent { color: var(--accent); background: var(--accent-ground); }
@media (max-width: 640px) {
  table, tbody, tr, th, td { display: block; width: auto; }
  th, td { padding: 0; border: 0; }
  tr { padding: 8px 0; border-top: 1px solid var(--line); }
}
@page { margin: 18mm 16mm; }
@media print {
  :root {
    color-scheme: light;
    --window: #FFFFFF; --card: #FFFFFF; --line: #DDE2EA; --text: #14181F; --secondary: #5B6472;
    --good: #147A4B; --good-ground: #FFFFFF; --caution: #9A5B00; --caution-ground: #FFFFFF;
    --bad: #B3261E; --bad-ground: #FFFFFF; --accent: #2F5DE6; --accent-ground: #FFFFFF; --neutral-ground: #FFFFFF;
  }
  body { padding: 0; font-size: 10pt; }
  main { max-width: none; }
  .card { padding: 0; border: 0; margin-top: 20px; }
  .pill { padding: 0; }
  blockquote { padding: 0 0 0 12px; border-left: 3px solid var(--accent); border-radius: 0; }
  pre { padding: 0; border: 0; }
  h1, h2, h3 { break-after: avoid; }
  tr { break-inside: avoid; }
}
"""
