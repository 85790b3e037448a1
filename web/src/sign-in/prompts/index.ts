/** The page of every prompt. A prompt without a page does not compile. */
import { type ComponentType, lazy } from 'react';
import type { Prompt } from '../../../../server/src/flows/prompt.ts';
import { loadNextTexts } from '../../texts.tsx';
import { Credentials } from './credentials.tsx';
import { Identifier } from './identifier.tsx';
import type { PromptProps } from './prompt-props.ts';

type Later = typeof import('./later.ts')['laterPrompts'];

/** Fetches the prompts that no flow begins with, and what they say. */
export async function fetchLater(): Promise<Later> {
  const [{ laterPrompts }] = await Promise.all([import('./later.ts'), loadNextTexts()]);
  return laterPrompts;
}

const later = <Ask extends keyof Later>(ask: Ask) => lazy(async () => ({ default: (await fetchLater())[ask] }));

const prompts = {
  identifier: Identifier,
  credentials: Credentials,
  password: later('password'),
  fill: later('fill'),
  choose: later('choose'),
  code: later('code'),
  'scan-and-code': later('scan-and-code'),
  'passkey-create': later('passkey-create'),
  'passkey-use': later('passkey-use'),
  wait: later('wait'),
  keep: later('keep'),
  'new-password': later('new-password'),
  offer: later('offer'),
  done: later('done'),
} satisfies { readonly [Ask in Prompt['ask']]: ComponentType<PromptProps<Ask>> };

/** The page of a prompt, or nothing for one that a newer server asks. */
export const pageOf = (ask: Prompt['ask']): ComponentType<PromptProps<Prompt['ask']>> | undefined =>
  (prompts as Readonly<Record<string, ComponentType<never>>>)[ask] as
    | ComponentType<PromptProps<Prompt['ask']>>
    | undefined;
