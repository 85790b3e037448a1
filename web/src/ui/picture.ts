/** An SVG drawing as the address of a picture: drawn by the browser, never part of the page's own markup. */
export const picture = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;
