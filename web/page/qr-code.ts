// A QR code (ISO/IEC 18004) as a picture: dark on light in every colour scheme, because many scanners need that.
import qrcode from 'qrcode-generator';

const SVG = 'http://www.w3.org/2000/svg';
/** Modules of light around the code, as the standard asks. */
const QUIET = 4;

/** The code of `text`, with a name for screen readers. Throws for a text of more than 2,300 bytes. */
export function qrCode(text: string, label: string): SVGSVGElement {
  // The type number 0 takes the smallest that fits; M repairs 15 % of damage.
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const size = count + 2 * QUIET;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('class', 'qr');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.append(shape(`M0 0h${size}v${size}H0z`, '#ffffff'), shape(modules(code, count), '#000000'));
  return svg;
}

/** One path: a rectangle for each run of dark modules in a row. */
function modules(code: Pick<ReturnType<typeof qrcode>, 'isDark'>, count: number): string {
  const parts: string[] = [];
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      const from = column;
      while (column < count && code.isDark(row, column)) column += 1;
      if (column > from) parts.push(`M${from + QUIET} ${row + QUIET}h${column - from}v1h-${column - from}z`);
    }
  }
  return parts.join('');
}

function shape(d: string, fill: string): SVGPathElement {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  path.setAttribute('fill', fill);
  return path;
}
