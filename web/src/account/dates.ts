/** Days and times as people say them. */
import { locale } from '../texts.tsx';

const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const spans = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A day: 3 May 2026. */
export const dayOf = (iso: string): string => days.format(new Date(iso));

/** A moment: 3 May 2026, 14:05. */
export const momentOf = (iso: string): string => moments.format(new Date(iso));

/** How long ago, for the last week; the day before that. */
export function ago(iso: string): string {
  const seconds = Math.round((Date.parse(iso) - Date.now()) / 1000);
  const span = Math.abs(seconds);
  if (span < minute) return spans.format(0, 'second');
  if (span < hour) return spans.format(Math.round(seconds / minute), 'minute');
  if (span < day) return spans.format(Math.round(seconds / hour), 'hour');
  return span < 7 * day ? spans.format(Math.round(seconds / day), 'day') : dayOf(iso);
}
