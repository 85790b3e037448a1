/** The pages there are, by path. Those for signing in come with the first load; the account is fetched when needed. */
import { type ComponentType, lazy } from 'react';
import { fetchAccount, inAccount } from './account-place.ts';
import { HomePage } from './sign-in/home-page.tsx';
import { LinkPage } from './sign-in/link-page.tsx';
import { RecoveryPage } from './sign-in/recovery-page.tsx';
import { RegistrationPage } from './sign-in/registration-page.tsx';
import { SignInPage } from './sign-in/sign-in-page.tsx';

const places: Readonly<Record<string, ComponentType>> = {
  '/': HomePage,
  '/sign-in': SignInPage,
  '/registration': RegistrationPage,
  '/recovery': RecoveryPage,
  '/set-up': LinkPage,
  '/invitation': LinkPage,
};

const Account = lazy(fetchAccount);

/** The page of a path, if there is one. */
export const pageAt = (path: string): ComponentType | undefined =>
  inAccount(path) ? Account : places[path.replace(/(?<=.)\/$/, '')];
