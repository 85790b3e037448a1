/** `/account`: the signed-in person's own pages. */
import { QueryClientProvider } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import { usePath } from '../navigation.tsx';
import { Activity } from './activity.tsx';
import './account.css';
import { AddFactor } from './add-factor.tsx';
import { ChangeAddress, ChangePassword, NewBackupCodes, NewPaperKey } from './changes.tsx';
import { client } from './data.ts';
import { Layout } from './layout.tsx';
import { Profile } from './profile.tsx';
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
};

export default function AccountPages(): ReactNode {
  const path = usePath().replace(/\/$/, '');
  const Page = pages[path] ?? Security;
  return (
    <QueryClientProvider client={client}>
      <Told>
        <StepUp>
          <Layout>
            <Page key={path} />
          </Layout>
        </StepUp>
      </Told>
    </QueryClientProvider>
  );
}
