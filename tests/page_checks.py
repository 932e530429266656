"""What is asked of every page by script: contrast of its words, focus that is seen, nothing wider than the window."""

from __future__ import annotations

from typing import Any

POOR_WORDS = """() => {
  const parse = (text) => {
    const srgb = text.match(/^color\\(srgb ([^)]+)\\)$/);
    const n = (srgb ? srgb[1] : text).match(/[\\d.]+(e-?\\d+)?/g).map(Number);
    const scale = srgb ? 255 : 1;
    return [n[0] * scale, n[1] * scale, n[2] * scale, n[3] ?? 1];
  };
  const over = (top, under) => [0, 1, 2].map((k) => top[k] * top[3] + under[k] * (1 - top[3])).concat(1);
  const ground = (el) => {
    const layers = [];
    for (let one = el; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = c.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const el = node.parentElement, words = node.textContent.trim();
    if (!words || !el.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
    if (el.closest(".q-icon, [disabled], .disabled, [aria-hidden=true], script, style")) continue;
    const box = el.getBoundingClientRect();
    if (!box.width || box.right < 0) continue;
    const style = getComputedStyle(el), behind = ground(el), colour = over(parse(style.color), behind);
    const [a, b] = [light(colour), light(behind)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5) - 0.01)
      poor[words.slice(0, 40)] = ratio.toFixed(2) + " " + (el.className || el.tagName);
  }
  return poor;
}"""
"""Words in sight whose contrast is below WCAG 2.2 AA: text -> contrast and class."""

FOCUS_SEEN = """() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const words = (el.getAttribute("aria-label") || el.textContent || "").trim().slice(0, 40);
  const told = el.tagName + "." + el.className + " " + words;
  const seen = (one, pseudo) => {
    const s = getComputedStyle(one, pseudo);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  };
  const field = el.closest(".q-field");
  const ok = seen(el) || (field && field.classList.contains("q-field--focused")) || seen(el, "::after")
    || !!el.closest(".ag-root");  // the grid draws its own
  return { told, ok, inside: !!el.closest(".ag-root") };
}"""
"""The control that has the focus and whether that is seen; null where nothing has it."""


def too_wide(page: Any) -> int:
    """By how many pixels a page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def navigation_cut(page: Any) -> list[str]:
    """Links of the navigation that are not whole in the window."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('.pw-nav a')].filter((a) => { const b = a.getBoundingClientRect();
        const n = a.parentElement.getBoundingClientRect();
        return b.left < 0 || b.right > window.innerWidth + 0.5 || b.right > n.right + 0.5; })
        .map((a) => a.textContent)"""
    )
    return found


def poor_words(page: Any) -> dict[str, str]:
    """Words in sight of too little contrast."""
    found: dict[str, str] = page.evaluate(POOR_WORDS)
    return found


def unseen_focus(page: Any, most: int = 120) -> list[str]:
    """Controls that are reached by the Tab key and do not show that they are."""
    found: list[str] = []
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    first = None
    for _ in range(most):
        page.keyboard.press("Tab")
        one = page.evaluate(FOCUS_SEEN)
        if one is None or one["told"] == first:
            break
        first = first or one["told"]
        if not one["ok"]:
            found.append(one["told"])
    return found
