/** The prompts that no flow begins with: fetched while the first answer is judged, so that the first page stays small. */
import type { ComponentType } from 'react';
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import { Choose } from './choose.tsx';
import { Code } from './code.tsx';
import { Done } from './done.tsx';
import { Fill } from './fill.tsx';
import { Keep } from './keep.tsx';
import { NewPassword } from './new-password.tsx';
import { Offer } from './offer.tsx';
import { PasskeyCreate } from './passkey-create.tsx';
import { PasskeyUse } from './passkey-use.tsx';
import { Password } from './password.tsx';
import type { PromptProps } from './prompt-props.ts';
import { ScanAndCode } from './scan-and-code.tsx';
import { Wait } from './wait.tsx';

/** What is asked later than first. */
type LaterAsk = Exclude<Prompt['ask'], 'identifier' | 'credentials'>;

export const laterPrompts = {
  password: Password,
  fill: Fill,
  choose: Choose,
  code: Code,
  'scan-and-code': ScanAndCode,
  'passkey-create': PasskeyCreate,
  'passkey-use': PasskeyUse,
  wait: Wait,
  keep: Keep,
  'new-password': NewPassword,
  offer: Offer,
  done: Done,
} satisfies { readonly [Ask in LaterAsk]: ComponentType<PromptProps<Ask>> };
