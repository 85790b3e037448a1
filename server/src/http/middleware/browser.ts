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

/** Programs that say who they are. */
const programs = /^(curl|Wget|node|python-requests|Go-http-client|PostmanRuntime|okhttp|undici|axios)\b/;

const browsers = new Set<string>(Object.values(Bowser.BROWSER_MAP));
const systems = new Set<string>(Object.values(Bowser.OS_MAP));

/** Only names from these lists: the label stands in mails, where a stranger's text must not (OOB-10). */
function parse(text: string): string {
  const { browser, os } = Bowser.parse(text || 'none');
  if (!browser.name || !browsers.has(browser.name)) return programs.exec(text)?.[1] ?? 'Unknown program';
  return os.name && systems.has(os.name) ? `${browser.name} on ${os.name}` : browser.name;
}
