/** The frame of the account's pages: where one is, where one can go, and the way out. */
import { type ReactNode, useState } from 'react';
import { call } from '../api.ts';
import { Link, usePath } from '../navigation.tsx';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';
import { Button } from '../ui/button.tsx';
import mark from '../ui/mark.svg';
import { leftOver } from './data.ts';
import { wordsOf } from './dialog.tsx';
import { useTell } from './told.tsx';

const sections = [
  { path: '/account', name: 'account.security' },
  { path: '/account/sessions', name: 'account.sessions' },
  { path: '/account/activity', name: 'account.activity' },
  { path: '/account/profile', name: 'account.profile' },
] as const;

/** Ends the session on the server, then leaves this page for good, with all that it remembers. */
function SignOut(): ReactNode {
  const tell = useTell();
  const [busy, setBusy] = useState(false);
  const signOut = async () => {
    setBusy(true);
    try {
      await call('POST', '/account/sign-out', {});
      window.location.replace('/sign-in');
    } catch (thrown) {
      setBusy(false);
      if (!leftOver(thrown)) tell(wordsOf(thrown));
    }
  };
  return (
    <Button busy={busy} onClick={signOut}>
      {t('account.sign-out')}
    </Button>
  );
}

export function Layout({ children }: { children: ReactNode }): ReactNode {
  const path = usePath().replace(/\/$/, '');
  return (
    <div className="account">
      <a className="skip" href="#content">
        {t('account.skip')}
      </a>
      <header className="account-bar">
        <Link to="/account" className="account-brand">
          <img src={mark} alt="" width="32" height="32" />
          <span>{pageMeta.service}</span>
        </Link>
        <SignOut />
        <nav aria-label={t('account.nav')}>
          <ul>
            {sections.map((section) => (
              <li key={section.path}>
                <Link to={section.path} aria-current={path === section.path ? 'page' : undefined}>
                  {t(section.name)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main className="account-content" id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
