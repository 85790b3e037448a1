/** Well-known authenticator apps and where to get them. The list is in no order of merit; any app of the standard works. */
import type { ReactNode } from 'react';
import { t } from '../texts.tsx';

interface App {
  readonly name: string;
  readonly ios?: string;
  readonly android?: string;
  readonly builtIn?: true;
}

const ios = 'https://apps.apple.com/app';
const android = 'https://play.google.com/store/apps/details?id=';

const apps: readonly App[] = [
  { name: '2FAS', ios: `${ios}/2fas-auth/id1217793794`, android: `${android}com.twofasapp` },
  { name: 'Aegis', android: `${android}com.beemdevelopment.aegis` },
  { name: 'Apple Passwords', builtIn: true },
  {
    name: 'Google Authenticator',
    ios: `${ios}/google-authenticator/id388497605`,
    android: `${android}com.google.android.apps.authenticator2`,
  },
  {
    name: 'Microsoft Authenticator',
    ios: `${ios}/microsoft-authenticator/id983156458`,
    android: `${android}com.azure.authenticator`,
  },
];

function Store({ app, store, to }: { app: string; store: string; to: string }): ReactNode {
  return (
    <a href={to} target="_blank" rel="noreferrer" aria-label={t('scan.store', { app, store })}>
      {store}
    </a>
  );
}

export function AppList(): ReactNode {
  return (
    <details className="apps">
      <summary>{t('scan.app.which')}</summary>
      <ul>
        {apps.map((app) => (
          <li key={app.name}>
            <span>{app.name}</span>
            <span className="stores">
              {app.builtIn && t('scan.app.built-in')}
              {app.ios && <Store app={app.name} store={t('scan.app.ios')} to={app.ios} />}
              {app.android && <Store app={app.name} store={t('scan.app.android')} to={app.android} />}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
