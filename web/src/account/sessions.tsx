/** Where one is signed in. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { call } from '../api.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Heading } from '../ui/heading.tsx';
import { type Session, sessionsQuery } from './data.ts';
import { ago, dayOf } from './dates.ts';
import { Confirm, wordsOf } from './dialog.tsx';
import { Reading } from './reading.tsx';
import { useGuard } from './step-up.tsx';
import { useTell } from './told.tsx';

interface Ending {
  readonly one: (session: Session) => Promise<void>;
  readonly others: () => Promise<void>;
}

function useEnding(): Ending {
  const guard = useGuard();
  const tell = useTell();
  const client = useQueryClient();
  const end = async (path: string, said: string) => {
    await guard(() => call('DELETE', path));
    await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    tell(said);
  };
  return {
    one: (session) =>
      end(`/account/sessions/${encodeURIComponent(session.id)}`, t('sessions.ended')).catch((thrown: unknown) =>
        tell(wordsOf(thrown)),
      ),
    others: () => end('/account/sessions', t('sessions.ended-others')),
  };
}

function Row({ session, onEnd }: { session: Session; onEnd: (session: Session) => Promise<void> }): ReactNode {
  const [busy, setBusy] = useState(false);
  const browser = session.browser || t('sessions.unknown-browser');
  const where = [session.place, session.address].filter(Boolean).join(' · ');
  const end = async () => {
    setBusy(true);
    await onEnd(session);
    setBusy(false);
  };
  return (
    <li className="item">
      <div className="item-words">
        <p className="item-name">
          {browser}
          {session.current && <em className="badge">{t('sessions.current')}</em>}
        </p>
        <p className="item-more">{where}</p>
        <p className="item-more">
          {t('sessions.seen', { date: ago(session.lastSeenAt) })} ·{' '}
          {t('sessions.began', { date: dayOf(session.createdAt) })}
        </p>
      </div>
      {!session.current && (
        <Button busy={busy} onClick={end} aria-label={t('sessions.end-this', { browser })}>
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}

export function Sessions(): ReactNode {
  const sessions = useQuery(sessionsQuery);
  const ending = useEnding();
  const [asking, setAsking] = useState(false);
  const all = sessions.data?.sessions ?? [];
  return (
    <>
      <Heading focus>{t('sessions.title')}</Heading>
      <p className="lead">{t('sessions.lead')}</p>
      <Reading of={[sessions]}>
        <section className="panel">
          <ul>
            {all.map((session) => (
              <Row key={session.id} session={session} onEnd={ending.one} />
            ))}
          </ul>
          {all.length > 1 && <Button onClick={() => setAsking(true)}>{t('sessions.end-others')}</Button>}
        </section>
      </Reading>
      {asking && (
        <Confirm
          danger
          title={t('sessions.end-others.title')}
          lead={t('sessions.end-others.lead')}
          action={t('sessions.end-others')}
          onConfirm={ending.others}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
