/** What happened in the account. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { t, tAny } from '../texts.tsx';
import { Heading } from '../ui/heading.tsx';
import { activityQuery, type Happening } from './data.ts';
import { momentOf } from './dates.ts';
import { Reading } from './reading.tsx';

/** The words for an event, also for one that this page does not know. */
const nameOf = (type: string): string =>
  tAny(
    [`event.${type}`],
    type.replaceAll(/[.-]/g, ' ').replace(/^./, (first) => first.toUpperCase()),
  );

function Row({ event }: { event: Happening }): ReactNode {
  return (
    <li className="item">
      <div className="item-words">
        <p className="item-name">{nameOf(event.type)}</p>
        <p className="item-more">
          {[event.for, event.browser, event.place, event.address].filter(Boolean).join(' · ')}
        </p>
      </div>
      <time className="item-more" dateTime={event.at}>
        {momentOf(event.at)}
      </time>
    </li>
  );
}

export function Activity(): ReactNode {
  const activity = useQuery(activityQuery);
  const events = activity.data?.events ?? [];
  return (
    <>
      <Heading focus>{t('activity.title')}</Heading>
      <p className="lead">{t('activity.lead')}</p>
      <Reading of={[activity]}>
        <section className="panel">
          {events.length === 0 && <p className="item-more">{t('activity.none')}</p>}
          <ul>
            {events.map((event) => (
              <Row key={event.id} event={event} />
            ))}
          </ul>
        </section>
      </Reading>
    </>
  );
}
