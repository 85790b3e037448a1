/** `/`: to the account, or to sign in. */
import { type ReactNode, useEffect } from 'react';
import { call } from '../api.ts';
import { go } from '../navigation.tsx';

export function HomePage(): ReactNode {
  useEffect(() => {
    call('GET', '/account').then(
      () => go('/account', 'replace'),
      () => go('/sign-in', 'replace'),
    );
  }, []);
  return null;
}
