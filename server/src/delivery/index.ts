/** The providers of every channel, as a list that can be read. */
import { emailProviders } from './email/index.ts';

/** All providers; a form for each can be drawn from its options. */
const providers = [...emailProviders] as const;

/** The provider of this name. Throws where there is none. */
export function providerNamed(name: (typeof providers)[number]['name']) {
  const found = providers.find((provider) => provider.name === name);
  if (!found) throw new Error(`there is no provider ${name}`);
  return found;
}
