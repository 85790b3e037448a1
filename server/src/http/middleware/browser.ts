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

/** Of what a program calls itself only a plain name is kept: it stands in mails, where nobody shall read its wishes. */
const plain = (name: string | undefined): string =>
  /^[A-Za-z0-9][A-Za-z0-9 _-]{0,30}/.exec(name ?? '')?.[0].trim() ?? '';

function parse(text: string): string {
  if (text === '') return 'Unknown program';
  const { browser, os } = Bowser.parse(text);
  const [name, system] = [plain(browser.name) || plain(text), plain(os.name)];
  if (name === '') return 'Unknown program';
  return system === '' ? name : `${name} on ${system}`;
}
