// Elements of SVG. Attributes only, never styles: the policy of the site forbids those in markup.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A picture that a screen reader announces by its title; what it shows stands in the table as well. */
export function picture(width, height, title, ...children) {
  // what has links in it is no image to go past, but a group to go into
  const role = children.some((child) => child.localName === "a") ? "group" : "img";
  return element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role, "aria-label": title }, ...children);
}

/** A part that leads to a thing's page, where there is one. */
export function linked(href, title, ...children) {
  const label = element("title", {}, title);
  return href ? element("a", { href }, label, ...children) : element("g", {}, label, ...children);
}

export const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
