/** What stands around everything: whose authenticator this is, and its two halves. */
import type { ReactNode } from 'react';
import { pageMeta } from '../page-meta.ts';
import { t } from '../texts.tsx';
import mark from '../ui/mark.svg';
import { Icon } from './icons.tsx';

export type View = 'requests' | 'codes';

const views: readonly View[] = ['requests', 'codes'];

interface FrameProps {
  readonly view: View;
  readonly waiting: number;
  readonly onView: (view: View) => void;
  readonly children: ReactNode;
}

function Tabs({ view, waiting, onView }: Omit<FrameProps, 'children'>): ReactNode {
  return (
    <nav className="halves" aria-label={t('phone.nav')}>
      {views.map((name) => (
        <button key={name} type="button" aria-current={name === view ? 'page' : undefined} onClick={() => onView(name)}>
          <Icon name={name} />
          <span>{t(`phone.${name}`)}</span>
          {name === 'requests' && waiting > 0 && (
            <span className="count">
              {waiting}
              <span className="for-ears"> {t('phone.waiting')}</span>
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}

export function Frame({ children, ...tabs }: FrameProps): ReactNode {
  return (
    <div className="phone">
      <header className="phone-bar">
        <img src={mark} alt="" width="36" height="36" />
        <p>
          <b>{pageMeta.service}</b> {t('phone.name')}
        </p>
      </header>
      <Tabs {...tabs} />
      <main className="phone-content">{children}</main>
    </div>
  );
}
