// The countries of the world as paths of SVG, by ISO 3166 code, from the shapes of world-atlas (Natural Earth).
import { readFile } from "node:fs/promises";
import { geoNaturalEarth1, geoPath } from "d3-geo";
import iso from "i18n-iso-countries";
import { feature } from "topojson-client";

const WIDTH = 960, HEIGHT = 470;
const SMALL = 6; // square pixels under which a shape cannot be seen
const FINE = 0.35; // pixels between points that are kept

export async function world() {
  const atlas = JSON.parse(await readFile("node_modules/world-atlas/countries-50m.json", "utf8"));
  const land = feature(atlas, atlas.objects.countries).features.filter(({ properties }) => properties.name !== "Antarctica");
  const projection = geoNaturalEarth1().fitExtent([[4, 4], [WIDTH - 4, HEIGHT - 4]], { type: "FeatureCollection", features: land });
  const path = geoPath(projection);
  // one shape for each code: of Australia and of the islets that are listed with its code, the larger
  const isLargest = (shape) => shape.id === undefined
    || land.every((other) => other.id !== shape.id || path.area(other) <= path.area(shape));
  const countries = land.filter(isLargest).map((shape) => {
    const a2 = iso.numericToAlpha2(shape.id) ?? null;
    const [x, y] = path.centroid(shape).map((value) => Math.round(value * 10) / 10);
    return {
      a2, a3: a2 && iso.alpha2ToAlpha3(a2), name: shape.properties.name, x, y,
      small: path.area(shape) < SMALL || undefined, d: thinned(path(shape) ?? ""),
    };
  });
  return { width: WIDTH, height: HEIGHT, countries };
}

/** Leaves out points that lie next to one another, and rings that become nothing; writes steps instead of places. */
function thinned(path) {
  return path.split("Z").filter(Boolean).map((ring) => {
    const points = ring.slice(1).split("L").map((point) => point.split(",").map(Number));
    const kept = [];
    for (const [x, y] of points) {
      const last = kept.at(-1);
      if (!last || Math.hypot(x - last[0], y - last[1]) >= FINE) kept.push([x, y]);
    }
    const rounded = kept.map((point) => point.map((value) => Math.round(value * 10)));
    if (rounded.length < 3) return "";
    let [px, py] = rounded[0];
    const steps = rounded.slice(1).map(([x, y]) => {
      const step = `${tenths(x - px)} ${tenths(y - py)}`;
      [px, py] = [x, y];
      return step;
    });
    return `M${tenths(rounded[0][0])} ${tenths(rounded[0][1])}l${steps.join(" ")}z`;
  }).join("").replaceAll(" -", "-");
}

const tenths = (value) => String(value / 10).replace(/^(-?)0\./, "$1.");
