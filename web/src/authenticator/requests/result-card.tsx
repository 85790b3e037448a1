/** What came of a request, until it was read. */
import { type ReactNode, useEffect, useRef } from 'react';
import { t, tAny } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../icons.tsx';
import type { Card, Outcome } from './cards.ts';
import { isSignIn } from './request-card.tsx';

interface ResultCardProps {
  readonly card: Card & { readonly outcome: Outcome };
  /** Whether the person on this page brought it about, so that the focus was in what is gone now. */
  readonly mine: boolean;
  readonly onClose: () => void;
}

/** A place of this server only, so that no answer can lead elsewhere. */
const ownPlace = (next: string | undefined): string | undefined => (next && /^\/(?!\/)/.test(next) ? next : undefined);

export function ResultCard({ card, mine, onClose }: ResultCardProps): ReactNode {
  const { outcome, request } = card;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (mine) heading.current?.focus();
  }, [mine]);
  const good = outcome.is === 'approved';
  const next = ownPlace(outcome.next);
  const kind = isSignIn(request) ? outcome.is : (`${outcome.is}-change` as const);
  const parameters = { account: request.account, service: request.service };
  return (
    <article className={`slab result ${good ? 'result-good' : ''}`}>
      <Icon name={good ? 'done' : 'stop'} />
      <div role="status">
        <h2 ref={heading} tabIndex={-1} className="heading">
          {t(`result.${outcome.is}.title`)}
        </h2>
        <p>{tAny([`result.${kind}.lead`], t(`result.${outcome.is}.lead`, parameters), parameters)}</p>
      </div>
      <div className="row">
        {next && (
          <a href={next} className="button button-primary">
            {t('result.next')}
          </a>
        )}
        <Button onClick={onClose}>{t('result.close')}</Button>
      </div>
    </article>
  );
}
