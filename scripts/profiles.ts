/** `npm run manual` also writes docs/profiles.md from the table in server/src/policy/profiles.ts. */
import { paceOf } from '../server/src/policy/limits.ts';
import { type Profile, profileNames, profiles } from '../server/src/policy/profiles.ts';

const head = `# Profiles

Generated from \`server/src/policy/profiles.ts\` by \`npm run manual\`; change it there.

One switch, \`SECONDLOCK_PROFILE\`, sets every limit, length and term. \`balanced\` is the default; \`nist\` follows NIST SP
800-63B-4, \`pci\` follows PCI DSS 4.0.1, \`psd2\` tightens \`pci\` for payment services. Where a value belongs to a factor or
a page that this version does not have, it stands here for whoever builds it.

`;

/** \`90000\` as \`1 min 30 s\`. */
function term(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  let left = ms;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    if (count > 0) parts.push(`${count} ${unit}`);
    left -= count * size;
  }
  return parts.join(' ') || 'never';
}

const yes = (value: boolean): string => (value ? 'yes' : 'no');

const rows: readonly (readonly [string, (profile: Profile) => string])[] = [
  ['A mailbox may be a second factor (C1)', (p) => yes(p.mailboxFactor)],
  ['Digits typed on the phone to approve (C2)', (p) => String(p.pushDigits)],
  ['Longest term of a trusted browser (C3)', (p) => term(p.trustedBrowserMost)],
  ['One verdict at the end of both steps (C4)', (p) => yes(p.strict)],
  ['Guesses for each question (C5)', (p) => String(p.guesses.perChallenge)],
  [
    'Pauses between guesses, from the first; the last, the block, doubles each time, to 32-fold (C5)',
    (p) =>
      paceOf(p)
        .pauses.map((ms) => (ms ? term(ms) : '0'))
        .join(', '),
  ],
  ['Failures in a row that disable a factor (C5)', (p) => String(p.guesses.disableAt)],
  ['Shortest password where it may be alone (C6)', (p) => String(p.password.alone)],
  ['Shortest password beside a second factor (C6)', (p) => String(p.password.withSecond)],
  ['Longest password', (p) => String(p.password.most)],
  ['Least estimated strength, of 4 (C6)', (p) => String(p.password.score)],
  ['Periodic change of password (C7)', () => 'none'],
  ['Steps that an authenticator app may be off (C8)', (p) => `±${p.totpWindow}`],
  ['Life of a mailed recovery link (C9)', (p) => term(p.recoveryLink)],
  ['Life of a mailed recovery code (C9)', (p) => term(p.recoveryCode)],
  ['Longest session (C13)', (p) => term(p.session.absolute)],
  ['Longest session left idle (C13)', (p) => term(p.session.idle)],
  ['Longest session of a console role (C13)', (p) => term(p.consoleSession.absolute)],
  ['Longest console session left idle (C13)', (p) => term(p.consoleSession.idle)],
  ['How long a proof is fresh enough for a dangerous action', (p) => term(p.stepUp)],
  ['Asking again makes a new code at sign-in (C14)', (p) => yes(p.newCodeOnResend)],
  ['Who can replace a paper key (C15)', (p) => `its ${p.paperKeyReplacedBy}`],
];

/** The text of docs/profiles.md. */
export function profilesManual(): string {
  const names = `| what | ${profileNames.map((name) => `\`${name}\``).join(' | ')} |\n`;
  const line = `| --- |${profileNames.map(() => ' --- |').join('')}\n`;
  const body = rows.map(
    ([what, of]) => `| ${what} | ${profileNames.map((name) => of(profiles[name])).join(' | ')} |\n`,
  );
  return head + names + line + body.join('');
}
