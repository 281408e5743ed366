// The player's icons, on a 24 x 24 grid, in the colour of the text.

const SHAPES = {
  play: ['M8 5.5v13l11-6.5z'],
  pause: ['M7 5h3.500v14H7zM13.5 5H17v14h-3.500z'],
  sound: ['M4 9.500v5h3.500L12 18.500v-13L7.5 9.500z', 'M14.5 9a4 4 0 0 1 0 6M17 6.500a8 8 0 0 1 0 11'],
  muted: ['M4 9.500v5h3.500L12 18.500v-13L7.5 9.500z', 'M15 9.500l5 5M20 9.500l-5 5'],
  captions: ['', 'M4 6h16v12H4zM10.5 10.500a2 2 0 1 0 0 3M16.5 10.500a2 2 0 1 0 0 3'],
  pip: ['M12 12.500h7v5h-7z', 'M3 5h18v14H3z'],
  settings: [
    '',
    'M12 15.200a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400zM19 12a7 7 0 0 0-.1-1.200l2-1.500-2-3.400-2.300.9a7 7 0 0 0-2.100-1.200L14.200 3.200h-4.400l-.3 2.400a7 7 0 0 0-2.100 1.200l-2.300-.9-2 3.400 2 1.500a7 7 0 0 0 0 2.400l-2 1.500 2 3.400 2.300-.9a7 7 0 0 0 2.100 1.200l.3 2.400h4.400l.3-2.400a7 7 0 0 0 2.100-1.200l2.300.9 2-3.400-2-1.500A7 7 0 0 0 19 12z',
  ],
  airplay: ['M12 15.500l5 5.500H7z', 'M7 17H4V5h16v12h-3'],
  share: ['', 'M12 15V4M8 7.500L12 3.500l4 4M6 11.500H5V20h14v-8.500h-1'],
  bell: ['', 'M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10.500 20.500a1.700 1.700 0 0 0 3 0'],
  close: ['', 'M6 6l12 12M18 6L6 18'],
  fullscreen: ['', 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5'],
  windowed: ['', 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5'],
} as const satisfies Readonly<Record<string, readonly [filled: string, drawn?: string]>>;

/** The name of an icon. */
export type IconName = keyof typeof SHAPES;

const SVG = 'http://www.w3.org/2000/svg';

/** The icon as an SVG element. It is hidden from assistive technology, because the button has the name. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const [filled, drawn = '']: readonly [string, string?] = SHAPES[name];
  if (filled !== '') svg.append(path(filled, 'icon-filled'));
  if (drawn !== '') svg.append(path(drawn, 'icon-drawn'));
  return svg;
}

function path(shape: string, className: string): SVGPathElement {
  const node = document.createElementNS(SVG, 'path');
  node.setAttribute('d', shape);
  node.setAttribute('class', className);
  return node;
}
