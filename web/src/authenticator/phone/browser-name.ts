/** What this browser calls itself, so that one finds the phone again on the account page: “Chrome on Android”. */

const browsers: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\b(FxiOS|Firefox)\//, 'Firefox'],
  [/\b(EdgA|EdgiOS|Edg)\//, 'Edge'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(OPR|OPT)\//, 'Opera'],
  [/\b(CriOS|Chrome|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
];

/** Named by its identification; tablets that pose as a Mac are told by their touch screen. */
export function browserName(agent: string, touchPoints: number): string {
  const named = (list: typeof browsers) => list.find(([mark]) => mark.test(agent))?.[1];
  const system = named(systems);
  const device = system === 'Mac' && touchPoints > 1 ? 'iPad' : system;
  return [named(browsers) ?? 'Browser', device].filter(Boolean).join(' on ');
}
