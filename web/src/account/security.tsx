/** The first page of the account: how well it is protected, and what can be done about it. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from '../navigation.tsx';
import { t } from '../texts.tsx';
import { Heading } from '../ui/heading.tsx';
import { AdviceList } from './advice.tsx';
import { Backup } from './backup.tsx';
import { type Account, accountQuery, factorsQuery } from './data.ts';
import { dayOf } from './dates.ts';
import { Methods } from './methods.tsx';
import { useAccepted } from './passkeys/signal.ts';
import { Reading } from './reading.tsx';

function State({ account }: { account: Account }): ReactNode {
  const safe = account.secondFactor;
  return (
    <section className={`state ${safe ? 'state-safe' : 'state-open'}`}>
      <div className={`small-lock shackles-${safe ? 2 : 1}`} aria-hidden="true">
        <span />
        <span />
      </div>
      <div className="state-words">
        <h2>{safe ? t('state.safe.title') : t('state.open.title')}</h2>
        <p>{safe ? t('state.safe.lead') : t('state.open.lead')}</p>
        {safe && <AdviceList advice={account.advice} />}
        {!safe && (
          <Link to="/account/add" className="button button-primary">
            {t('state.open.go')}
          </Link>
        )}
      </div>
    </section>
  );
}

function Password({ account }: { account: Account }): ReactNode {
  return (
    <section className="panel">
      <div className="item">
        <div className="item-words">
          <h2>{t('password.section')}</h2>
          <p className="item-more">{t('password.changed', { date: dayOf(account.passwordChangedAt) })}</p>
        </div>
        <Link to="/account/password" className="button button-plain">
          {t('account.change')}
          <span className="for-ears"> {t('password.section')}</span>
        </Link>
      </div>
    </section>
  );
}

export function Security(): ReactNode {
  const account = useQuery(accountQuery);
  const factors = useQuery(factorsQuery);
  useAccepted(factors);
  return (
    <>
      <Heading focus>{t('account.security')}</Heading>
      <Reading of={[account, factors]}>
        {account.data && factors.data && (
          <>
            <State account={account.data} />
            <Methods account={account.data} factors={factors.data} />
            <Backup account={account.data} factors={factors.data.factors} />
            <Password account={account.data} />
          </>
        )}
      </Reading>
    </>
  );
}
