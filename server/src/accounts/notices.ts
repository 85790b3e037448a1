import type { MessageKey } from '../delivery/deliver.ts';
import type { UserRow } from '../storage/tables.ts';
import type { Commit } from './commit.ts';

/** Notices that go to an account's owner. */
export type NoticeKey = Extract<MessageKey, `notice.${string}`>;

/** A factor as its owner is told of it: `Text message (+1 ••• ••• 8318)`, since somebody may have several. */
export const described = ({ label, hint }: { readonly label: string; readonly hint: string }): string =>
  hint === '' ? label : `${label} (${hint})`;

/** How each language writes a moment: to make one of these takes longer than all else of a notice. */
const ways = new Map<string, Intl.DateTimeFormat>();

/** `21 November 2026, 23:05 UTC`, in the reader's language. */
function moment(at: number, locale: string): string {
  const way =
    ways.get(locale) ?? new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  ways.set(locale, way);
  return `${way.format(at)} UTC`;
}

/**
 * Tells an account's owner what was done, when, from where, and how to object. It goes to the address on record,
 * whatever the action was proved with (NIST SP 800-63B-4 §4.6).
 */
export async function notify(
  commit: Commit,
  user: Pick<UserRow, 'id' | 'email' | 'locale'>,
  text: NoticeKey,
  parameters: { readonly what?: string; readonly to?: string } = {},
): Promise<void> {
  const { source, tenant } = commit;
  await commit.send({
    channel: 'email',
    to: parameters.to ?? user.email,
    text,
    locale: user.locale,
    userId: user.id,
    parameters: {
      service: tenant.name,
      origin: tenant.origin,
      what: parameters.what ?? '',
      when: moment(commit.now, user.locale),
      browser: source.browser,
      // A rough place where a database of places is configured.
      place: source.place ? `${source.address}, roughly ${source.place}` : source.address,
    },
  });
}
