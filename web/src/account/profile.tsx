/** Name and address. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { call } from '../api.ts';
import { Link } from '../navigation.tsx';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { Heading } from '../ui/heading.tsx';
import { type Account, accountQuery } from './data.ts';
import { dayOf } from './dates.ts';
import { wordsOf } from './dialog.tsx';
import { Reading } from './reading.tsx';
import { useGuard } from './step-up.tsx';
import { useTell } from './told.tsx';

function Name({ account }: { account: Account }): ReactNode {
  const guard = useGuard();
  const tell = useTell();
  const client = useQueryClient();
  const [name, setName] = useState(account.name);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await guard(() => call('PATCH', '/account', { name: name.trim() }));
      await client.invalidateQueries({ queryKey: accountQuery.queryKey });
      tell(t('profile.saved'));
    } catch (thrown) {
      setFault(wordsOf(thrown));
    }
    setBusy(false);
  };
  return (
    <form className="panel" noValidate onSubmit={save}>
      <Field
        label={t('profile.name')}
        hint={t('profile.name.hint')}
        value={name}
        onValue={setName}
        fault={fault}
        name="name"
        type="text"
        autoComplete="name"
        maxLength={100}
      />
      <div>
        <Button type="submit" look="primary" busy={busy}>
          {t('account.save')}
        </Button>
      </div>
    </form>
  );
}

function Facts({ account }: { account: Account }): ReactNode {
  return (
    <section className="panel">
      <div className="item">
        <div className="item-words">
          <p className="item-name">{t('profile.email')}</p>
          <p className="item-more">{account.email}</p>
        </div>
        <Link to="/account/address" className="button button-plain">
          {t('account.change')}
          <span className="for-ears"> {t('profile.email')}</span>
        </Link>
      </div>
      {account.roles.length > 0 && (
        <div className="item">
          <div className="item-words">
            <p className="item-name">{t('profile.roles')}</p>
            <p className="item-more">{account.roles.join(', ')}</p>
          </div>
        </div>
      )}
      <p className="item-more">{t('profile.since', { date: dayOf(account.createdAt) })}</p>
    </section>
  );
}

export function Profile(): ReactNode {
  const account = useQuery(accountQuery);
  return (
    <>
      <Heading focus>{t('profile.title')}</Heading>
      <Reading of={[account]}>
        {account.data && (
          <>
            <Name account={account.data} />
            <Facts account={account.data} />
          </>
        )}
      </Reading>
    </>
  );
}
