/** `/account`: the signed-in person's own pages. */
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import { usePath } from '../navigation.tsx';
import { Shell } from '../ui/shell.tsx';
import { Activity } from './activity.tsx';
import './account.css';
import './dialog.css';
import { AddFactor } from './add-factor.tsx';
import { ChangeAddress, ChangePassword, NewBackupCodes, NewPaperKey, Resynchronise } from './changes.tsx';
import { accountQuery, client } from './data.ts';
import { Layout } from './layout.tsx';
import { Profile } from './profile.tsx';
import { Reading } from './reading.tsx';
import { Security } from './security.tsx';
import { Sessions } from './sessions.tsx';
import { StepUp } from './step-up.tsx';
import { Told } from './told.tsx';

const pages: Readonly<Record<string, ComponentType>> = {
  '/account': Security,
  '/account/sessions': Sessions,
  '/account/activity': Activity,
  '/account/profile': Profile,
  '/account/add': AddFactor,
  '/account/password': ChangePassword,
  '/account/address': ChangeAddress,
  '/account/backup-codes': NewBackupCodes,
  '/account/paper-key': NewPaperKey,
  '/account/resynchronise': Resynchronise,
};

/** Shows nothing of the account before it is known that somebody is signed in. */
function SignedIn({ children }: { children: ReactNode }): ReactNode {
  const account = useQuery(accountQuery);
  if (account.data) return <Layout>{children}</Layout>;
  return (
    <Shell locks={0}>
      <Reading of={[account]}>{null}</Reading>
    </Shell>
  );
}

export default function AccountPages(): ReactNode {
  const path = usePath().replace(/\/$/, '');
  const Page = pages[path] ?? Security;
  return (
    <QueryClientProvider client={client}>
      <Told>
        <StepUp>
          <SignedIn>
            <Page key={path} />
          </SignedIn>
        </StepUp>
      </Told>
    </QueryClientProvider>
  );
}
