// Small icons of verdicts, severities and buttons, on a 16 × 16 grid. Each has a shape of its own, because colour alone says
// nothing to some visitors. They are hidden from assistive technology: a word stands beside each.

const SHAPES = {
  good: 'M8 1.5a6.500 6.500 0 1 1 0 13a6.500 6.500 0 0 1 0-13zM4.900 8.200l2.200 2.200l4-4.500',
  ok: 'M8 1.800L15 14H1zM8 6v4M8 11.700v.600',
  bad: 'M5.300 1.500h5.400l3.800 3.800v5.400l-3.800 3.800H5.300L1.500 10.700V5.300zM5.500 5.500l5 5M10.500 5.500l-5 5',
  noData: 'M3 8h.010M8 8h.010M13 8h.010',
  info: 'M8 1.500a6.500 6.500 0 1 1 0 13a6.500 6.500 0 0 1 0-13zM8 7.300v4M8 4.700v.300',
  back: 'M10 3L5 8l5 5',
  search: 'M7 2a5 5 0 1 1 0 10a5 5 0 0 1 0-10zM10.800 10.800L14.500 14.500',
  link: 'M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 0 1 4.500 4.500L11.500 9M9 11.500L7.500 13A3 3 0 0 1 3 8.500L4.500 7',
  key: 'M10.500 1.800a3.700 3.700 0 1 1 0 7.400a3.700 3.700 0 0 1 0-7.400zM8 8L2 14v0h2.500v-2h2v-2',
  kick: 'M9 2.500H3v11h6M7 8h7.500M11.500 5l3 3l-3 3',
  end: 'M3.500 3.500h9v9h-9z',
} as const;

export type GlyphName = keyof typeof SHAPES;

const SVG = 'http://www.w3.org/2000/svg';

/** The icon as an SVG element, drawn in the colour of the text. */
export function glyph(name: GlyphName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'glyph');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', SHAPES[name]);
  svg.append(path);
  return svg;
}
