/** What is worth doing, in the server's order, with the way to it. */
import type { ReactNode } from 'react';
import { Link } from '../navigation.tsx';
import { AppList } from '../sign-in/app-list.tsx';
import { tAny } from '../texts.tsx';

/** What is advised to add, by advice. */
const added: Readonly<Record<string, string>> = { 'add-phone': 'sms', 'app-instead-of-sms': 'totp' };

/** Advice whose deed has no button of its own on the page: straight to it. */
function Go({ to }: { to: string }): ReactNode {
  const words = tAny([`advice.${to}.go`], '');
  return words === '' ? null : <Link to={`/account/add?kind=${added[to] ?? ''}`}>{words}</Link>;
}

export function AdviceList({ advice }: { advice: readonly string[] }): ReactNode {
  const known = advice.filter((key) => tAny([`advice.${key}`], '') !== '');
  if (known.length === 0) return null;
  return (
    <ul className="advice">
      {known.map((key) => (
        <li key={key}>
          {tAny([`advice.${key}`], '')} <Go to={key} />
          {key === 'app-instead-of-sms' && <AppList />}
        </li>
      ))}
    </ul>
  );
}
