/** QR pictures. */
import { renderSVG } from 'uqr';

/**
 * Text as a QR code in SVG: black on white whatever the page's colours are, since many readers do not know inverted
 * codes, with the quiet zone of four modules that ISO/IEC 18004 asks for, and without seams between the modules.
 */
export const drawQr = (text: string): string =>
  renderSVG(text, { ecc: 'M', border: 4, pixelSize: 1, whiteColor: '#fff', blackColor: '#000' }).replace(
    '<svg ',
    '<svg shape-rendering="crispEdges" ',
  );
