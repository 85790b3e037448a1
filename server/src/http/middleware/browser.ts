import Bowser from 'bowser';

const kept = new Map<string, string>();
const most = 500;

/** `Firefox on Linux`, for people to recognise a session by; nothing is decided by it. */
export function browserOf(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 400);
  const known = kept.get(text);
  if (known !== undefined) return known;
  const label = parse(text);
  if (kept.size >= most) kept.clear();
  kept.set(text, label);
  return label;
}

function parse(text: string): string {
  if (text === '') return 'Unknown program';
  const { browser, os } = Bowser.parse(text);
  if (browser.name && os.name) return `${browser.name} on ${os.name}`;
  return browser.name || text.replace(/[^\w ./()-]/g, '').slice(0, 40);
}
