// Lists what is hard to read or to press on a page: text below 4.5:1 against what is behind it (3:1 if large), and
// buttons, links and fields below 24 by 24 pixels (WCAG 2.2, 1.4.3 and 2.5.8).
(() => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const luminance = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage.includes("gradient")) return style.backgroundImage.match(/rgba?\([^)]*\)/g).map(parse);
      const colour = parse(style.backgroundColor);
      if (colour.a > 0.99) return [colour];
    }
    return [parse("rgb(255, 255, 255)")];
  };
  const flaws = [];
  for (const e of document.querySelectorAll("body *:not(svg *)")) {
    const style = getComputedStyle(e);
    const text = [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join(" ").trim();
    if (!e.checkVisibility() || e.closest(".unseen")) continue;
    if (text) {
      const size = parseFloat(style.fontSize);
      const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
      const got = Math.min(...behind(e).map((b) => contrast(parse(style.color), b)));
      if (got < needed) flaws.push(`“${text.slice(0, 40)}” has a contrast of ${got.toFixed(2)}`);
    }
    if (e.matches("a, button, input")) {
      const box = e.getBoundingClientRect();
      if (box.width < 24 || (box.height < 24 && style.display !== "inline")) flaws.push(`“${text.slice(0, 40)}” is only ${box.width} × ${box.height}`);
    }
  }
  return flaws;
})()
