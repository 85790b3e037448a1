/** `/sign-in`. */
import type { ReactNode } from 'react';
import { FlowPage } from './flow-page.tsx';

export function SignInPage(): ReactNode {
  return <FlowPage name="sign-in" first={{ ask: 'credentials' }} />;
}
