/** The page of every prompt. A prompt without a page does not compile. */
import type { ComponentType } from 'react';
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import { Choose } from './choose.tsx';
import { Code } from './code.tsx';
import { Credentials } from './credentials.tsx';
import { Done } from './done.tsx';
import { Fill } from './fill.tsx';
import { Identifier } from './identifier.tsx';
import { Keep } from './keep.tsx';
import { NewPassword } from './new-password.tsx';
import { Offer } from './offer.tsx';
import { Password } from './password.tsx';
import type { PromptProps } from './prompt-props.ts';
import { ScanAndCode } from './scan-and-code.tsx';

const prompts = {
  identifier: Identifier,
  credentials: Credentials,
  password: Password,
  fill: Fill,
  choose: Choose,
  code: Code,
  'scan-and-code': ScanAndCode,
  keep: Keep,
  'new-password': NewPassword,
  offer: Offer,
  done: Done,
} satisfies { readonly [Ask in Prompt['ask']]: ComponentType<PromptProps<Ask>> };

/** The page of a prompt, or nothing for one that a newer server asks. */
export const pageOf = (ask: Prompt['ask']): ComponentType<PromptProps<Prompt['ask']>> | undefined =>
  (prompts as Readonly<Record<string, ComponentType<never>>>)[ask] as
    | ComponentType<PromptProps<Prompt['ask']>>
    | undefined;
